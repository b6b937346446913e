import { afterEach, describe, expect, test, vi } from "vitest";
import { beat, sendAnswer, SessionProblem } from "./session-client";

const TASK = "00000000-0000-4000-8000-000000000001";
const GIVEN = { activityId: TASK, answer: { kind: "text" as const, text: "1" } };
const KNOWN = { version: 3, answered: 1 };

/** Answers the calls of the page one after another; `null` is a network that is away. */
function replies(...given: readonly (readonly [status: number, body: unknown] | null)[]) {
  const left = [...given];
  const fetched = vi.fn<typeof fetch>(() => {
    const next = left.shift();
    if (!next) return Promise.reject(new TypeError("Failed to fetch"));
    return Promise.resolve(Response.json(next[1], { status: next[0] }));
  });
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

const conflict = [409, { code: "conflict", detail: "It went on." }] as const;
const now = (version: number, answered: number, activityId: string | null = TASK, status = "active") =>
  [
    200,
    { session: { version, status, progress: { answered, goal: 10 } }, content: activityId && { activityId } },
  ] as const;

afterEach(() => vi.unstubAllGlobals());

describe("an answer that is sent", () => {
  test("is sent once more, to the version of now, where only a hint was taken elsewhere", async () => {
    const fetched = replies(conflict, now(4, 1), [200, { responseId: "r" }]);
    expect(await sendAnswer("s", GIVEN, KNOWN)).toBe("r");
    const versions = fetched.mock.calls.map(([, init]) => (init?.body ? JSON.parse(String(init.body)).version : null));
    expect(versions).toEqual([3, null, 4]);
  });

  test.each([
    ["another task is shown", now(4, 1, "00000000-0000-4000-8000-000000000002")],
    ["it was answered and is shown again", now(4, 2)],
    ["the session has ended", now(4, 1, null, "expired")],
    ["the session stands where it stood", now(3, 1)],
  ])("is refused where %s", async (_, known) => {
    const fetched = replies(conflict, known);
    await expect(sendAnswer("s", GIVEN, KNOWN)).rejects.toMatchObject({ code: "conflict", message: "It went on." });
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  test("says that nothing was sent when the network is away", async () => {
    replies(null);
    const refused = sendAnswer("s", GIVEN, KNOWN);
    await expect(refused).rejects.toBeInstanceOf(SessionProblem);
    await expect(refused).rejects.toMatchObject({ code: "offline" });
  });
});

test("a sign of life that is lost is told, and throws nothing", async () => {
  replies(null);
  expect(await beat("s", null)).toBe(false);
  replies([200, null]);
  expect(await beat("s", GIVEN)).toBe(true);
});

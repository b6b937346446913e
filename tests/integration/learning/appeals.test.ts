import { randomUUID } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { POST as decide } from "@/app/api/v1/admin/appeals/[id]/decision/route";
import { GET as list } from "@/app/api/v1/admin/appeals/route";
import { replay } from "@/lib/learning/mastery/apply-attempt";
import { readAttempts, readModel } from "@/lib/learning/mastery/store";
import { appealPageSchema, decidedSchema, type Appeal } from "@/lib/learning/review/schemas";
import { rightAnswer, wrongAnswer } from "../../support/learning-answers.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { type TestUser, useSupabase } from "../../support/supabase.ts";
import { call } from "../accounts/calls.ts";
import { responded, resumed, sessions, started } from "./session-calls.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const supabase = useSupabase();
useProductEnv({ supabase });

const LESSON = { trackSlug: "typescript-in-practice", lessonSlug: "null-safety" };
const WORDS = "The second reading is allowed too.";

/** Somebody whose answer failed, and who says that it should not have. */
async function appealed(user: TestUser | undefined = undefined) {
  const learner = user ?? (await supabase.asUser());
  const { id } = started(await sessions.start(learner, LESSON)).session;
  const answer = async (right: boolean) => {
    const { session, content } = resumed(await sessions.read(learner, id));
    const activityId = content?.activityId ?? "";
    const given = right ? rightAnswer(activityId) : wrongAnswer(activityId);
    return responded(await sessions.respond(learner, id, { activityId, answer: given, version: session.version }));
  };
  const failed = await answer(false);
  expect((await sessions.appeal(learner, id, failed.responseId, { words: WORDS })).status).toBe(202);
  return { learner, session: id, failed, answer, answerId: failed.responseId };
}

const deciding = (user: TestUser | null, id: string, json: unknown) =>
  call(decide, {
    method: "POST",
    path: `/api/v1/admin/appeals/${id}/decision`,
    params: { id },
    json,
    ...(user ? { token: user.accessToken } : {}),
  });

const page = (user: TestUser | null, query = "") =>
  call(list, { path: `/api/v1/admin/appeals${query}`, ...(user ? { token: user.accessToken } : {}) });

/** Each answer that waits, read page by page. */
async function allWaiting(operator: TestUser, limit: number): Promise<Appeal[]> {
  const all: Appeal[] = [];
  for (let cursor = ""; ;) {
    const { items, nextCursor } = appealPageSchema.parse((await page(operator, `?limit=${limit}${cursor}`)).body);
    all.push(...items);
    if (nextCursor === null) return all;
    cursor = `&cursor=${nextCursor}`;
  }
}

const UPHELD = { decision: "upheld", reason: "You are right: both readings hold." };

describe("GET /api/v1/admin/appeals", () => {
  test("shows operators what waits, the oldest first, page by page, without saying whose it is", async () => {
    const operator = await supabase.asUser({ roles: ["operator"] });
    const first = await appealed();
    const second = await appealed();
    const waiting = await allWaiting(operator, 1);
    expect(waiting.map(({ id }) => id)).toEqual([...new Set(waiting.map(({ id }) => id))]);
    const places = [first, second].map(({ answerId }) => waiting.findIndex(({ id }) => id === answerId));
    expect(places[0]).toBeGreaterThanOrEqual(0);
    expect(places[1]).toBeGreaterThan(places[0] ?? 0);
    const found = waiting[places[0] ?? 0];
    expect(found).toMatchObject({ standing: "appealed", words: WORDS, own: false, concept: "null-safety" });
    expect(found?.task?.prompt.length).toBeGreaterThan(0);
    expect(found?.criteria.some(({ status }) => status === "not_demonstrated")).toBe(true);
    expect(JSON.stringify(found)).not.toContain(first.learner.id);
  });

  test("is closed to everybody else, and to cursors of others", async () => {
    const operator = await supabase.asUser({ roles: ["operator"] });
    const member = await supabase.asUser();
    const campaigner = await supabase.asUser({ roles: ["campaign_admin"] });
    expect((await page(null)).status).toBe(401);
    for (const user of [member, campaigner])
      expect([(await page(user)).status, (await page(user)).body.code]).toEqual([403, "forbidden"]);
    for (const query of ["?cursor=bm90aGluZw", "?limit=many", "?unknown=1"])
      expect((await page(operator, query)).status, query).toBe(400);
    expect((await page(operator, "?limit=0")).status).toBe(422);
  });
});

describe("POST /api/v1/admin/appeals/:id/decision", () => {
  test("upheld: the lines are demonstrated, what came since is counted anew, the learner is told, and who decided is kept", async () => {
    const operator = await supabase.asUser({ roles: ["operator"] });
    const { learner, session, answer, answerId } = await appealed();
    await answer(true);
    const before = (await readModel(learner.id)).state;
    const { status, body } = await deciding(operator, answerId, UPHELD);
    expect(status).toBe(200);
    const { changes } = decidedSchema.parse(body);
    expect(changes.map(({ concept, reason }) => [concept, reason.code])).toEqual([["null-safety", "counted_anew"]]);
    expect(changes[0]?.after).toBeGreaterThan(changes[0]?.before ?? 1);

    const { state } = await readModel(learner.id);
    expect(state).not.toEqual(before);
    expect(state).toEqual(replay(await readAttempts(learner.id)));
    const [row] = await supabase.sql<{ passed: boolean; standing: string; validation: Record<string, unknown> }[]>`
      select passed, standing, validation from public.learning_responses where id = ${answerId}`;
    expect([row?.passed, row?.standing, row?.validation["passed"], row?.validation["score"]]).toEqual([
      true,
      "overturned",
      true,
      1,
    ]);
    expect(JSON.stringify(row?.validation["criteria"])).not.toContain("not_demonstrated");
    expect(resumed(await sessions.read(learner, session)).answers[0]).toMatchObject({
      standing: "overturned",
      passed: true,
    });

    const { data: notices } = await learner.client
      .from("notifications")
      .select("title, body")
      .eq("kind", "learning.appeal");
    expect(notices).toEqual([{ title: "Your answer passed after all", body: UPHELD.reason }]);
    const audit = await supabase.sql<{ actor_id: string; detail: unknown }[]>`
      select actor_id, detail from private.account_audit where user_id = ${learner.id} and action = 'answer_reviewed'`;
    expect(audit).toEqual([
      {
        actor_id: operator.id,
        detail: { responseId: answerId, before: "appealed", passed: true, reason: UPHELD.reason },
      },
    ]);
  });

  test("dismissed: nothing is believed otherwise, and the learner is told why", async () => {
    const operator = await supabase.asUser({ roles: ["operator"] });
    const { learner, answerId } = await appealed();
    const before = (await readModel(learner.id)).state;
    const reply = await deciding(operator, answerId, { decision: "dismissed", reason: "It is null on line 3." });
    expect([reply.status, decidedSchema.parse(reply.body).changes]).toEqual([200, []]);
    expect((await readModel(learner.id)).state).toEqual(before);
    const { data: notices } = await learner.client.from("notifications").select("body").eq("kind", "learning.appeal");
    expect(notices).toEqual([{ body: "It is null on line 3." }]);
  });

  test("is made once: of two at the same moment one is too late", async () => {
    const operators = await Promise.all([1, 2].map(() => supabase.asUser({ roles: ["operator"] })));
    const { learner, answerId } = await appealed();
    const replies = await Promise.all(operators.map((operator) => deciding(operator, answerId, UPHELD)));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect((await deciding(operators[0] ?? null, answerId, { ...UPHELD, decision: "dismissed" })).status).toBe(409);
    const { data: notices } = await learner.client.from("notifications").select("id").eq("kind", "learning.appeal");
    expect(notices).toHaveLength(1);
  });

  test("is for operators, never about an answer of one's own, and only about what waits", async () => {
    const { learner, answerId, answer } = await appealed();
    for (const user of [learner, await supabase.asUser({ roles: ["campaign_admin"] })])
      expect((await deciding(user, answerId, UPHELD)).status).toBe(403);
    expect((await deciding(null, answerId, UPHELD)).status).toBe(401);
    const operator = await supabase.asUser({ roles: ["operator"] });
    const own = await appealed(operator);
    const refused = await deciding(operator, own.answerId, UPHELD);
    expect([refused.status, refused.body.code]).toEqual([403, "forbidden"]);
    expect((await allWaiting(operator, 100)).find(({ id }) => id === own.answerId)?.own).toBe(true);
    const passed = await answer(true);
    expect((await deciding(operator, passed.responseId, UPHELD)).status).toBe(409);
    for (const id of [randomUUID(), "not-an-id"]) expect((await deciding(operator, id, UPHELD)).status).toBe(404);
    expect((await readModel(learner.id)).state).toEqual(replay(await readAttempts(learner.id)));
  });

  test.each([
    [{ decision: "upheld" }, 400],
    [{ decision: "maybe", reason: "So." }, 400],
    [{ ...UPHELD, more: 1 }, 400],
    [{ decision: "upheld", reason: " " }, 422],
    [{ decision: "upheld", reason: "x".repeat(2_001) }, 422],
  ])("refuses %j", async (json, status) => {
    const operator = await supabase.asUser({ roles: ["operator"] });
    expect((await deciding(operator, randomUUID(), json)).status).toBe(status);
  });
});

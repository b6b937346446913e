import { AsyncLocalStorage } from "node:async_hooks";
import { expect, test, vi } from "vitest";
import { bearerClient } from "@/lib/platform/supabase/server";
import { readOverview } from "@/lib/learning/overview/read-overview";
import { readLesson, readTrackMap } from "@/lib/learning/overview/read-track";
import { enrolInTrack } from "@/lib/learning/session/enrol-in-track";
import { rememberPatterns } from "@/lib/learning/patterns/store";
import { rightAnswer, wrongAnswer } from "../../support/learning-answers.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";
import { responded, sessions, started } from "./session-calls.ts";
import { refusal } from "./learner.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const supabase = useSupabase();
useProductEnv({ supabase });

const LESSON = { trackSlug: "typescript-in-practice", lessonSlug: "null-safety" };
const NOTHING = { shown: null, nameOf: ({ pattern }: { readonly pattern: string }) => pattern };

const overviewOf = (user: TestUser, about: Parameters<typeof readOverview>[2] = NOTHING, now?: Date) =>
  readOverview(bearerClient(user.accessToken), user.id, about, now);

/** Gives so many answers to a lesson, right or wrong in turn, and ends the session. */
async function study(user: TestUser, lesson: typeof LESSON, answers: number): Promise<void> {
  const { session, content } = started(await sessions.start(user, lesson));
  let { version } = session;
  let activityId = content.activityId;
  for (let given = 0; given < answers; given += 1) {
    const answer = given % 2 === 0 ? rightAnswer(activityId) : wrongAnswer(activityId);
    const told = responded(await sessions.respond(user, session.id, { activityId, answer, version }));
    version = told.session.version;
    activityId = told.nextContent?.activityId ?? "";
  }
  await sessions.end(user, session.id);
}

/** @returns how often the database was asked for it; what earlier answers still have under way is none of it */
async function countCalls(read: () => Promise<unknown>): Promise<number> {
  const reading = new AsyncLocalStorage<true>();
  const ask = globalThis.fetch;
  let calls = 0;
  const asked = vi.spyOn(globalThis, "fetch").mockImplementation((...request) => {
    if (reading.getStore()) calls += 1;
    return ask(...request);
  });
  await reading.run(true, read);
  asked.mockRestore();
  return calls;
}

test("somebody new has a path that begins where the tracks begin, and nothing is believed of them", async () => {
  const user = await supabase.asUser();
  const overview = await overviewOf(user);
  expect(overview).toMatchObject({ mastery: [], due: [], upcoming: [], moved: [], answers: 0 });
  expect(overview.path.map(({ reasons }) => reasons[0]?.source)).toEqual(overview.tracks.map(() => "start"));
  await enrolInTrack(user.id, "reading-and-securing-code");
  const enrolled = await overviewOf(user);
  expect(enrolled.path.map(({ trackSlug }) => trackSlug)).toEqual(["reading-and-securing-code"]);
  expect(enrolled.tracks.find(({ slug }) => slug === "reading-and-securing-code")).toMatchObject({ enrolled: true });
});

test("what was answered is believed with a range and a reason, and leads the path on; for its learner alone", async () => {
  const user = await supabase.asUser();
  const other = await supabase.asUser();
  await study(user, LESSON, 3);
  const { mastery, moved, answers, path } = await overviewOf(user);
  expect(answers).toBe(3);
  expect(mastery.map(({ concept }) => concept)).toEqual(["null-safety"]);
  const [row] = mastery;
  expect(row?.low).toBeLessThanOrEqual(row?.chance ?? 0);
  expect(row?.high).toBeGreaterThanOrEqual(row?.chance ?? 1);
  expect(moved).toHaveLength(3);
  expect(moved[0]).toMatchObject({ concept: "null-safety", title: expect.any(String) });
  expect(row?.latest).toEqual({ ...moved[0], title: undefined, trackSlug: undefined });
  expect(path.find(({ concept }) => concept === "null-safety")?.reasons[0]).toEqual({
    source: "begun",
    sentence: "You began it: 3 answers so far.",
    place: null,
  });
  const lesson = await readLesson(bearerClient(user.accessToken), user.id, "typescript-in-practice", "null-safety");
  expect(lesson.gate.map(({ code }) => code)).toEqual([
    "enough_answers",
    "likely_enough",
    "passed_unaided",
    "levels_shown",
  ]);
  expect(lesson.changes).toHaveLength(3);

  expect(await overviewOf(other)).toMatchObject({ mastery: [], moved: [], answers: 0 });
  // Whoever asks as themselves for somebody else's sees none of their changes and enrolments.
  const foreign = await readLesson(bearerClient(other.accessToken), other.id, "typescript-in-practice", "null-safety");
  expect([foreign.known, foreign.gate, foreign.changes]).toEqual([null, [], []]);
  const { data } = await other.client.from("mastery_changes").select("concept").eq("user_id", user.id);
  expect(data).toEqual([]);
});

test("what is remembered of somebody's answers leads them, until they say that it is not theirs", async () => {
  const user = await supabase.asUser();
  const session = started(await sessions.start(user, LESSON));
  const told = responded(
    await sessions.respond(user, session.session.id, {
      activityId: session.content.activityId,
      answer: rightAnswer(session.content.activityId),
      version: 1,
    }),
  );
  await rememberPatterns(user.id, { kind: "exercise", responseId: told.responseId }, [
    {
      pattern: "floating-promise",
      kind: "risk",
      concept: "promise-errors",
      count: 2,
      good: 0,
      places: [],
      fingerprints: [],
    },
  ]);
  const ofMemory = async () => {
    const { path } = await overviewOf(user);
    return path.find(({ concept }) => concept === "promise-errors")?.reasons.find(({ source }) => source === "memory");
  };
  expect(await ofMemory()).toMatchObject({ sentence: "“floating-promise” was seen in your answers 2 times." });
  await supabase.sql`
    update public.learner_patterns set correction = 'not_mine', corrected_at = now()
    where user_id = ${user.id} and pattern = 'floating-promise'`;
  expect(await ofMemory()).toBeUndefined();
});

test("a review is due on its day, and named before it", async () => {
  const user = await supabase.asUser();
  await study(user, LESSON, 1);
  const due = "2026-03-01T09:00:00.000Z";
  await supabase.sql`
    update public.concept_mastery
    set status = 'mastered',
      state = state || ${supabase.sql.json({
        status: "mastered",
        review: { due, last: "2026-02-01T09:00:00.000Z", stability: 20, difficulty: 5, reps: 1, lapses: 0 },
      })}
    where user_id = ${user.id}`;
  const before = await overviewOf(user, NOTHING, new Date("2026-02-28T09:00:00.000Z"));
  expect([before.due, before.upcoming.map((row) => row.due)]).toEqual([[], [due]]);
  const after = await overviewOf(user, NOTHING, new Date("2026-03-01T09:00:00.000Z"));
  expect([after.due.map((row) => [row.concept, row.due]), after.upcoming]).toEqual([[["null-safety", due]], []]);
  expect(after.path.map(({ concept }) => concept)).not.toContain("null-safety");
});

test("the database is asked as often of somebody who has done much as of somebody new", async () => {
  const fresh = await supabase.asUser();
  const busy = await supabase.asUser();
  await study(busy, LESSON, 2);
  await study(busy, { trackSlug: "async-javascript-and-failure", lessonSlug: "promises" }, 3);
  await enrolInTrack(busy.id, "typescript-in-practice");
  await enrolInTrack(busy.id, "async-javascript-and-failure");
  for (const [read, most] of [
    [(user: TestUser) => overviewOf(user), 4],
    [(user: TestUser) => readTrackMap(bearerClient(user.accessToken), user.id, "typescript-in-practice"), 2],
    [
      (user: TestUser) => readLesson(bearerClient(user.accessToken), user.id, "typescript-in-practice", "null-safety"),
      3,
    ],
  ] as const) {
    const ofFresh = await countCalls(() => read(fresh));
    expect(ofFresh).toBe(most);
    expect(await countCalls(() => read(busy))).toBe(ofFresh);
  }
});

test("a track or lesson that there is not, also one of another track, is not found", async () => {
  const user = await supabase.asUser();
  const db = bearerClient(user.accessToken);
  expect(await refusal(readTrackMap(db, user.id, "cooking"))).toBe("not_found");
  expect(await refusal(readLesson(db, user.id, "typescript-in-practice", "promises"))).toBe("not_found");
  expect(await refusal(readLesson(db, user.id, "cooking", "null-safety"))).toBe("not_found");
});

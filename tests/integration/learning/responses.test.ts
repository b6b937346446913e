import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { STANDINGS, VERDICT_STEPS } from "@/lib/learning/bloom/rules";
import { LEARNING_EVENTS } from "@/lib/learning/events";
import { replay } from "@/lib/learning/mastery/apply-attempt";
import { countAnew } from "@/lib/learning/mastery/count-anew";
import {
  insertAppeal,
  listWaiting,
  readAttempts,
  readItemShifts,
  readModel,
  settleResponse,
} from "@/lib/learning/mastery/store";
import { checkSession } from "@/lib/learning/session/store";
import { ANALYTICS_EVENTS, type AnalyticsName } from "@/lib/platform/batch/events";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase } from "../../support/supabase.ts";
import { AIM, answer as answerAs, type Plan, refusal, startSession } from "./learner.ts";

const supabase = useSupabase();
useProductEnv({ supabase });

async function atWork() {
  const user = await supabase.asUser();
  const first = randomUUID();
  const { id: session } = await startSession(user.id, first);
  return {
    user,
    session,
    first,
    answer: (plan: Plan) => answerAs(user.id, plan),
    model: () => readModel(user.id),
    attempts: (also?: string) => readAttempts(user.id, also),
  };
}

/** Answers until the concept is mastered. */
async function mastering(work: Awaited<ReturnType<typeof atWork>>) {
  let version = 1;
  let activity = work.first;
  for (let turn = 0; turn < 20; turn += 1) {
    const next = randomUUID();
    const told = await work.answer({
      session: work.session,
      version,
      activity,
      passed: true,
      level: turn % 2 === 0 ? "apply" : "understand",
      next,
    });
    ({ version } = told);
    activity = next;
    if (told.change?.reason.code === "gate_passed") return { version, activity };
  }
  throw new Error("The gate did not open.");
}

describe("an answer", () => {
  test("is written with the belief, the reason, the review, the event, the count and the session's next step", async () => {
    const work = await atWork();
    const { version } = await mastering(work);
    const { state } = await work.model();
    expect(replay(await work.attempts())).toEqual(state);

    const { client } = work.user;
    const mastery = await client.from("concept_mastery").select("concept, status, chance");
    expect(mastery.data).toEqual([{ concept: AIM.concept, status: "mastered", chance: expect.any(Number) }]);
    const changes = await client
      .from("mastery_changes")
      .select("reason_code, reason, model_version")
      .order("model_version");
    expect(changes.data?.length).toBe(state.attempts);
    expect(changes.data?.at(-1)?.reason_code).toBe("gate_passed");
    expect(changes.data?.every(({ reason }) => reason.length > 10)).toBe(true);
    const reviews = await client.from("learning_reviews").select("concept, due_at, reps");
    expect(reviews.data).toMatchObject([{ concept: AIM.concept, reps: 1 }]);
    expect(Date.parse(reviews.data?.[0]?.due_at ?? "")).toBe(
      Date.parse(state.concepts[AIM.concept]?.review?.due ?? ""),
    );
    const session = await client.from("learning_sessions").select("version, pending").single();
    expect([session.data?.version, version]).toEqual([version, state.attempts + 1]);

    const events = await supabase.sql<
      { name: keyof typeof LEARNING_EVENTS; data: unknown; traceparent: string | null }[]
    >`
      select name, data, traceparent from private.outbox where aggregate_id = ${work.session} order by position`;
    expect(events.map(({ name }) => name)).toEqual([
      "learning/session.started",
      ...Array.from({ length: state.attempts }, () => "learning/response.graded"),
    ]);
    for (const event of events) LEARNING_EVENTS[event.name].parse(event.data);
    expect(events[1]?.traceparent).toContain("0af7651916cd43dd8448eb211c80319c");
    const counted = await supabase.sql<{ name: AnalyticsName; properties: unknown }[]>`
      select name, properties from private.analytics_events where name like 'learning.%'`;
    expect(counted.length).toBeGreaterThan(state.attempts);
    for (const { name, properties } of counted) ANALYTICS_EVENTS[name].parse(properties);
    const shifts = await readItemShifts([work.first, randomUUID()]);
    expect(shifts).toEqual([{ item: work.first, shift: expect.any(Number), answers: 1 }]);
    expect(shifts[0]?.shift).toBeLessThan(0);
  });

  test("of two devices that answer one item one is told to look again, and one answer is counted", async () => {
    const { session, first, answer, model, user } = await atWork();
    const known = await model();
    const outcomes = await Promise.all(
      [true, false].map((passed) => refusal(answer({ session, version: 1, activity: first, passed, model: known }))),
    );
    expect(outcomes.toSorted()).toEqual(["conflict", "done"]);
    expect((await user.client.from("learning_responses").select("id")).data).toHaveLength(1);
    expect((await model()).state.attempts).toBe(1);
  });

  test("of two sessions that answer on one belief one is told to work it out anew", async () => {
    const { user, session, first, answer, model } = await atWork();
    const other = randomUUID();
    const second = await startSession(user.id, other);
    const known = await model();
    await answer({ session, version: 1, activity: first, passed: true, model: known });
    expect(await refusal(answer({ session: second.id, version: 1, activity: other, passed: true, model: known }))).toBe(
      "conflict",
    );
    await answer({ session: second.id, version: 1, activity: other, passed: true });
    expect((await model()).state.attempts).toBe(2);
  });

  test("sent again it answers as before and counts nothing", async () => {
    const { session, first, answer, model } = await atWork();
    const responseId = randomUUID();
    const once = await answer({ session, version: 1, activity: first, passed: true, responseId });
    const again = await answer({ session, version: 1, activity: first, passed: true, responseId });
    expect([once.repeated, again.repeated, again.modelVersion]).toEqual([false, true, once.modelVersion]);
    expect((await model()).state.attempts).toBe(1);
  });

  test("to another item than the one shown, in a session of somebody else, or one that is over is refused whole", async () => {
    const { session, first, answer, model } = await atWork();
    expect(await refusal(answer({ session, version: 1, activity: randomUUID(), passed: true }))).toBe("conflict");
    const stranger = (await supabase.asUser()).id;
    expect(await refusal(answerAs(stranger, { session, version: 1, activity: first, passed: true }))).toBe("not_found");
    expect(
      await refusal(answer({ session, version: 1, activity: first, passed: true, answer: "x".repeat(200_000) })),
    ).toBe("internal");
    await checkSession(session);
    await supabase.sql`
      update public.learning_sessions set started_at = now() - interval '61 minutes' where id = ${session}`;
    expect(await refusal(answer({ session, version: 1, activity: first, passed: true }))).toBe(
      "learning_session_ended",
    );
    expect((await model()).version).toBe(0);
  });
});

describe("a failed review", () => {
  test("takes mastery away, with its reason, and the review stays in the list", async () => {
    const work = await atWork();
    const { version, activity } = await mastering(work);
    const due = (await work.model()).state.concepts[AIM.concept]?.review?.due ?? "";
    const told = await work.answer({ session: work.session, version, activity, passed: false, review: true, at: due });
    expect(told.change?.reason.code).toBe("review_failed");
    const mastery = await work.user.client.from("concept_mastery").select("status").single();
    expect(mastery.data?.status).toBe("lapsed");
    const review = await work.user.client.from("learning_reviews").select("lapses").single();
    expect(review.data?.lapses).toBe(1);
    expect(replay(await work.attempts())).toEqual((await work.model()).state);
  });
});

describe("an appeal", () => {
  const failed = async () => {
    const work = await atWork();
    const { responseId } = await work.answer({
      session: work.session,
      version: 1,
      activity: work.first,
      passed: false,
    });
    const appealing = (words: string, user = work.user.id) => insertAppeal(user, responseId, words);
    return { ...work, responseId, appealing };
  };

  test("marks a failed answer for review, once, for its learner alone, with words", async () => {
    const { appealing, user, session } = await failed();
    expect(await refusal(appealing("  "))).toBe("rule_broken");
    expect(await refusal(appealing("Mine!", (await supabase.asUser()).id))).toBe("not_found");
    await appealing("Line 1 returns what was asked for.");
    expect(await refusal(appealing("Once more."))).toBe("conflict");
    expect((await user.client.from("learning_responses").select("standing").single()).data?.standing).toBe("appealed");
    expect((await user.client.from("learning_appeals").select("words")).data).toHaveLength(1);
    const [event] = await supabase.sql<{ data: unknown }[]>`
      select data from private.outbox where aggregate_id = ${session} and name = 'learning/response.appealed'`;
    LEARNING_EVENTS["learning/response.appealed"].parse(event?.data);
  });

  test("of what passed is refused", async () => {
    const { answer, session, first, user } = await atWork();
    const { responseId } = await answer({ session, version: 1, activity: first, passed: true });
    expect(await refusal(insertAppeal(user.id, responseId, "Thanks"))).toBe("conflict");
  });

  test("that is won counts as a pass from then on: the model is that of a replay", async () => {
    const { appealing, responseId, attempts, model, user } = await failed();
    await appealing("The hidden test was wrong.");
    const operator = await supabase.asUser({ roles: ["operator"] });
    expect(await refusal(listWaiting(user.id, 100))).toBe("forbidden");
    const waiting = await listWaiting(operator.id, 100);
    expect(waiting.map(({ id }) => id)).toContain(responseId);
    const before = await model();
    const settled = { id: responseId, passed: true, at: new Date().toISOString(), by: "person" as const };
    const { state, changes } = countAnew(before.state, await attempts(), settled);
    const settle = (reviewer: string) =>
      settleResponse(reviewer, {
        responseId,
        passed: true,
        words: "You are right: the test was wrong.",
        validation: { passed: true },
        model: { version: before.version, state },
        changes,
      });
    expect(await refusal(settle(user.id))).toBe("forbidden");
    await settle(operator.id);
    expect(await refusal(settle(operator.id))).toBe("conflict");
    expect((await model()).state).toEqual(state);
    expect(replay(await attempts())).toEqual(state);
    const notices = await user.client.from("notifications").select("kind, body");
    expect(notices.data).toEqual([{ kind: "learning.appeal", body: "You are right: the test was wrong." }]);
    const reasons = await user.client.from("mastery_changes").select("reason_code").order("model_version");
    expect(reasons.data?.map((row) => row.reason_code)).toEqual(["failed", "counted_anew"]);
  });
});

test("an answer that nobody can judge yet waits, and says nothing of skill until somebody has looked", async () => {
  const { answer, session, first, model, attempts } = await atWork();
  const { version, responseId } = await answer({
    session,
    version: 1,
    activity: first,
    passed: false,
    standing: "needs_review",
  });
  expect([version, (await attempts()).length, (await model()).state.attempts]).toEqual([2, 0, 0]);
  const operator = await supabase.asUser({ roles: ["operator"] });
  const before = await model();
  const settled = { id: responseId, passed: false, at: new Date().toISOString(), by: "person" as const };
  const { state, changes } = countAnew(before.state, await attempts(responseId), settled);
  await settleResponse(operator.id, {
    responseId,
    passed: false,
    words: "It says what, not why.",
    validation: { passed: false },
    model: { version: before.version, state },
    changes,
  });
  expect([state.attempts, (await model()).state, replay(await attempts())]).toEqual([1, state, state]);
});

test("the database and the rules know the same steps of a verdict", async () => {
  const rows = await supabase.sql<{ from: string; to: string }[]>`
    select from_standing as from, to_standing as to from private.verdict_steps`;
  expect(rows.map(({ from, to }) => `${from} → ${to}`).toSorted()).toEqual(
    STANDINGS.flatMap((from) => VERDICT_STEPS[from].map((to) => `${from} → ${to}`)).toSorted(),
  );
});

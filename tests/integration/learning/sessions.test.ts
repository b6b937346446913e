import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  checkSession,
  endSession,
  enrol,
  insertSession,
  keepCheckpoint,
  leaveTrack,
  touchSession,
} from "@/lib/learning/session/store";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase } from "../../support/supabase.ts";
import { refusal, startSession } from "./learner.ts";

const supabase = useSupabase();
useProductEnv({ supabase });

async function atWork() {
  const user = await supabase.asUser();
  const { id } = await startSession(user.id, randomUUID());
  const row = async () => {
    const { data } = await user.client.from("learning_sessions").select("*").eq("id", id).single();
    return data;
  };
  const events = async () => {
    const rows = await supabase.sql<{ name: string }[]>`
      select name from private.outbox where aggregate_id = ${id} order by position`;
    return rows.map(({ name }) => name.replace("learning/", ""));
  };
  /** As if so much time had gone by. */
  const wait = (silent: string, whole = silent) =>
    supabase.sql`
      update public.learning_sessions
      set seen_at = seen_at - ${silent}::interval, started_at = started_at - ${whole}::interval where id = ${id}`;
  return { user, id, row, events, wait };
}

interface Message {
  readonly type: string;
  readonly version: number;
}

async function messages(topic: string): Promise<Message[]> {
  const rows = await supabase.sql<{ payload: Message }[]>`
    select payload from realtime.messages where topic = ${topic} order by inserted_at, (payload ->> 'version')::bigint`;
  return rows.map(({ payload }) => ({ type: payload.type, version: payload.version }));
}

describe("starting", () => {
  test("writes the session, its event and its message together", async () => {
    const { user, id, row, events } = await atWork();
    expect(await row()).toMatchObject({ status: "active", version: 1, topic: "Promises", track_slug: "asynchronous" });
    expect(await events()).toEqual(["session.started"]);
    await startSession(user.id, randomUUID());
    expect((await messages(`user:${user.id}`)).filter(({ type }) => type === "session:started")).toEqual([
      { type: "session:started", version: 1 },
      { type: "session:started", version: 2 },
    ]);
    const [joined] = await supabase.sql<{ own: boolean; other: boolean }[]>`
      select private.may_see_session(${id}, ${user.id}) as own, private.may_see_session(${id}, ${randomUUID()}) as other`;
    expect(joined).toEqual({ own: true, other: false });
  });

  test("that fails leaves nothing: no session, no event, no count", async () => {
    const { user } = await atWork();
    const before = await supabase.sql`select count(*) from private.outbox`;
    const call = insertSession({
      userId: user.id,
      topic: "",
      track: null,
      lesson: null,
      pending: null,
      progress: {},
      traceparent: null,
    });
    expect(await refusal(call)).toBe("internal");
    expect(await supabase.sql`select count(*) from private.outbox`).toEqual(before);
  });
});

describe("going on", () => {
  test("a checkpoint is kept for the next device, and a device behind it is told", async () => {
    const { user, id, row } = await atWork();
    const checkpoint = (version: number) =>
      keepCheckpoint(user.id, id, version, { activityId: randomUUID(), draft: "let a" }, { answered: 3 });
    expect(await checkpoint(1)).toBe(2);
    expect(await refusal(checkpoint(1))).toBe("conflict");
    expect(await row()).toMatchObject({ version: 2, progress: { answered: 3 }, pending: { draft: "let a" } });
    expect(await messages(`session:${id}`)).toEqual([{ type: "progress", version: 2 }]);
  });

  test("another's session is not there", async () => {
    const { id } = await atWork();
    const stranger = (await supabase.asUser()).id;
    expect(await refusal(touchSession(stranger, id))).toBe("not_found");
    const end = endSession(stranger, id, { completed: true, summary: null, traceparent: null });
    expect(await refusal(end)).toBe("not_found");
  });
});

describe("silence and the end", () => {
  test("five minutes of silence are told once, until a device shows up again", async () => {
    const { user, id, events, wait } = await atWork();
    const check = () => checkSession(id);
    expect(await check()).toEqual({ status: "active", told: false });
    await wait("6 minutes");
    expect(await check()).toEqual({ status: "active", told: true });
    expect(await check()).toEqual({ status: "active", told: false });
    await touchSession(user.id, id);
    expect(await check()).toEqual({ status: "active", told: false });
    await wait("6 minutes");
    expect((await check())?.told).toBe(true);
    expect(await events()).toEqual(["session.started", "session.inactive", "session.inactive"]);
    expect((await messages(`session:${id}`)).map(({ type }) => type)).toEqual(["session:inactive", "session:inactive"]);
  });

  test("an hour ends it, once, and nothing goes on after", async () => {
    const { user, id, row, events, wait } = await atWork();
    await wait("1 minute", "61 minutes");
    expect(await refusal(touchSession(user.id, id))).toBe("learning_session_ended");
    const check = () => checkSession(id);
    expect([await check(), await check()]).toEqual([
      { status: "expired", told: false },
      { status: "expired", told: false },
    ]);
    expect(await row()).toMatchObject({ status: "expired", pending: null, ended_at: expect.any(String) });
    expect(await events()).toEqual(["session.started", "session.completed"]);
  });

  test("who ends it gets its summary, and ending it again changes nothing", async () => {
    const { user, id, row } = await atWork();
    const end = (summary: { passed: number }) =>
      endSession(user.id, id, { completed: true, summary, traceparent: null });
    const first = await end({ passed: 2 });
    const second = await end({ passed: 9 });
    expect([first.status, second.version]).toEqual(["completed", first.version]);
    expect((await row())?.summary).toMatchObject({ passed: 2, answered: 0, concepts: [] });
    expect((await messages(`session:${id}`)).map(({ type }) => type)).toEqual(["session:completed"]);
  });

  test("no session, no check", async () => {
    expect(await checkSession(randomUUID())).toBeNull();
  });
});

test("a track is enrolled in once, left, and come back to with its date", async () => {
  const { user } = await atWork();
  const first = await enrol(user.id, "typescript");
  expect([first.created, (await enrol(user.id, "typescript")).created]).toEqual([true, false]);
  expect([await leaveTrack(user.id, "typescript"), await leaveTrack(user.id, "typescript")]).toEqual([true, false]);
  expect((await enrol(user.id, "typescript")).enrolledAt).toBe(first.enrolledAt);
  const { data } = await user.client.from("learning_enrolments").select("track_slug, left_at");
  expect(data).toEqual([{ track_slug: "typescript", left_at: null }]);
});

test("the account's export has what was learned, and its end takes all of it", async () => {
  const { user, id } = await atWork();
  const hash = "a".repeat(64);
  await supabase.sql`
    insert into public.ai_calls (user_id, task, provider, model, content_hash, status, reserved_micro, cost_micro, finished_at)
    values (${user.id}, 'insights', 'a-provider', 'a-model', ${hash}, 'answered', 10, 7, now())`;
  await supabase.sql`
    insert into private.ai_answers (user_id, content_hash, provider, model, answer)
    values (${user.id}, ${hash}, 'a-provider', 'a-model', '{"said": "Words of a model."}')`;
  await supabase.sql`insert into private.ai_spending (day, user_id, spent_micro) values ('2026-01-02', ${user.id}, 7)`;
  const { data } = await user.client.rpc("export_my_data");
  expect(data).toMatchObject({
    modelAnswers: [{ provider: "a-provider", answer: { said: "Words of a model." } }],
    modelSpending: [{ day: "2026-01-02", spentMicroUsd: 7, reservedMicroUsd: 0 }],
    data: { ai_calls: [{ content_hash: hash, cost_micro: 7 }], analysis_wordings: [] },
  });
  const exported = (data as unknown as { data: Record<string, { id?: string }[]> }).data;
  expect(exported["learning_sessions"]?.map((row) => row.id)).toEqual([id]);
  expect(Object.keys(exported)).toEqual(
    expect.arrayContaining(["concept_mastery", "learner_patterns", "learning_responses", "mastery_changes"]),
  );
  await user.client.rpc("delete_my_account");
  const [left] = await supabase.sql<{ sessions: number; models: number }[]>`
    select (select count(*) from public.learning_sessions where id = ${id})::int as sessions,
      ((select count(*) from public.ai_calls where user_id = ${user.id})
        + (select count(*) from private.ai_answers where user_id = ${user.id})
        + (select count(*) from private.ai_spending where user_id = ${user.id}))::int as models`;
  expect(left).toEqual({ sessions: 0, models: 0 });
});

import { Redis } from "ioredis";
import { expect, test, vi } from "vitest";
import { appCache } from "@/lib/platform/cache/app-cache";
import { metrics } from "@/lib/platform/telemetry/metrics";
import { preparedItemSchema } from "@/lib/learning/session/schemas";
import { rightAnswer } from "../../support/learning-answers.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useRedis } from "../../support/redis.ts";
import { useSupabase } from "../../support/supabase.ts";
import { settled } from "../accounts/request-scope.ts";
import { hinted, responded, resumed, sessions, started } from "./session-calls.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const supabase = useSupabase();
const redis = useRedis();
useProductEnv({ supabase, redis });

test("Redis flushed, then gone, in the midst of a session: nothing is lost but copies", async () => {
  const user = await supabase.asUser();
  const begun = started(await sessions.start(user, { topic: "null-safety" }));
  const { id } = begun.session;
  const first = begun.content.activityId;
  const hint = hinted(await sessions.hint(user, id, { activityId: first, seen: 0 }));
  const draft = { activityId: first, answer: { kind: "text", text: "half of it" } };
  expect((await sessions.beat(user, id, { draft })).status).toBe(204);
  const before = resumed(await sessions.read(user, id));

  const client = new Redis(redis.redisUrl);
  await client.flushall();
  client.disconnect();
  expect(resumed(await sessions.read(user, id))).toEqual({ ...before, estimatedCompletion: expect.anything() });
  const json = { activityId: first, answer: rightAnswer(first), version: hint.version };
  const one = responded(await sessions.respond(user, id, json));
  expect(one.change?.reason.code).toBe("passed_with_hints");

  await redis.stopRedis();
  expect(responded(await sessions.respond(user, id, json))).toEqual(one);
  const next = one.nextContent?.activityId ?? "";
  const late = { activityId: next, answer: { kind: "text", text: "typed while Redis was away" } };
  expect((await sessions.beat(user, id, { draft: late })).status).toBe(204);
  const away = resumed(await sessions.read(user, id));
  expect(away).toMatchObject({ draft: late, session: { version: one.session.version }, content: { activityId: next } });
  const two = responded(
    await sessions.respond(user, id, { activityId: next, answer: rightAnswer(next), version: one.session.version }),
  );
  expect(two.progress.answered).toBe(2);
  expect((await sessions.end(user, id)).body).toMatchObject({ status: "left", summary: { answered: 2, hintsUsed: 1 } });
});

test("whether a foreseen item came is counted, and it is in the cache when it does", async () => {
  const user = await supabase.asUser();
  const { session, content } = started(await sessions.start(user, { topic: "null-safety" }));
  const { activityId } = content;
  const before = await counts();
  // The item that is shown cannot be the one that follows.
  await supabase.sql`
    update public.learning_sessions
    set pending = pending || ${supabase.sql.json({ foreseen: { activityId, probability: 0.9 } })} where id = ${session.id}`;
  const answer = { activityId, answer: rightAnswer(activityId), version: 1 };
  const one = responded(await sessions.respond(user, session.id, answer));
  await settled();
  expect((await counts()).miss).toBe(before.miss + 1);
  // A repeated answer counts nothing more.
  await sessions.respond(user, session.id, answer);
  expect((await counts()).miss).toBe(before.miss + 1);
  const shown = one.nextContent?.activityId ?? "";
  const prepared = await appCache().getOrLoad({
    cache: "learning-item",
    key: shown,
    schema: preparedItemSchema,
    load: () => Promise.reject(new Error("it was not prepared")),
  });
  expect(prepared.value.exercise).toEqual(one.nextContent?.exercise);
});

async function counts(): Promise<{ hit: number; miss: number }> {
  const text = await metrics().registry.getSingleMetricAsString("devmentor_learning_events_total");
  const of = (event: string) => Number(new RegExp(`event="${event}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
  return { hit: of("prefetch_hit"), miss: of("prefetch_miss") };
}

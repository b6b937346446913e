import { randomUUID } from "node:crypto";
import { Redis as RespRedis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { AppError } from "@/lib/kernel/errors";
import type { IdempotentAnswer } from "@/lib/platform/idempotency/answer";
import { callerOfGuest, callerOfUser } from "@/lib/platform/idempotency/key";
import { claim, stripOldKeys } from "@/lib/platform/idempotency/store";
import {
  withIdempotency,
  type IdempotentRequest,
  type IdempotentWork,
} from "@/lib/platform/idempotency/with-idempotency";
import { useProductEnv } from "../../support/product-env.ts";
import { useRedis } from "../../support/redis.ts";
import { useSupabase } from "../../support/supabase.ts";

const supabase = useSupabase();
const redis = useRedis();
useProductEnv({ supabase, redis });

let resp: RespRedis;
beforeAll(async () => {
  resp = new RespRedis(redis.redisUrl, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  resp.on("error", () => undefined);
  await resp.connect();
  await supabase.sql`create table public.effects (id bigint generated always as identity, key text not null)`;
});
afterAll(() => resp.disconnect());

const CREATED = {
  status: 201,
  headers: { Location: "/api/v1/things/1" },
  body: { thing: { id: 1, state: "pending" } },
};

function request(over: Partial<IdempotentRequest> = {}): IdempotentRequest {
  return {
    route: "POST /api/v1/things",
    caller: callerOfUser("user-1"),
    keyHeader: randomUUID(),
    fingerprintOf: { amountMinor: 500, currency: "EUR" },
    ...over,
  };
}

/** The refusal that a promise ends in. */
async function refusal(promise: Promise<unknown>): Promise<AppError> {
  const error: unknown = await promise.then(
    (value) => expect.unreachable(`answered ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw error;
  return error;
}

const replayHeader = { "Idempotency-Replayed": "true" };
const endLease = (key: string) =>
  supabase.sql`update private.idempotency_keys set lease_until = now() - interval '1 s' where key = ${key}`;
const rowOf = async (key: string) => (await supabase.sql`select * from private.idempotency_keys where key = ${key}`)[0];

/** What happens to Redis between two calls: nothing, or it forgets everything. */
describe.each(["with Redis as it was", "with Redis flushed between calls"])("the table of cases, %s", (how) => {
  const between = async (): Promise<void> => {
    if (how.includes("flushed")) await resp.flushall();
  };

  test("new: works, and answers as the work does", async () => {
    await expect(withIdempotency(request(), async () => CREATED)).resolves.toEqual(CREATED);
  });

  test("answered 201 before: 200 with the present state, marked as replayed, no second work", async () => {
    const work = vi.fn<() => Promise<IdempotentAnswer>>(async () => CREATED);
    const same = request();
    await withIdempotency(same, work);
    await between();
    const state = { thing: { id: 1, state: "completed" } };
    await expect(withIdempotency({ ...same, replay: async () => state }, work)).resolves.toEqual({
      status: 200,
      headers: { ...CREATED.headers, ...replayHeader },
      body: state,
    });
    await between();
    await expect(withIdempotency(same, work)).resolves.toMatchObject({ status: 200, body: CREATED.body });
    expect(work).toHaveBeenCalledTimes(1);
  });

  test("a final refusal is replayed as it was", async () => {
    const extra = { pledge: { id: "p-1" }, declineCode: "insufficient_funds" };
    const work = vi.fn<() => Promise<never>>(() =>
      Promise.reject(
        new AppError("rule_broken", "The card was declined.", {
          extra,
          issues: [{ path: "card", message: "declined" }],
        }),
      ),
    );
    const same = request();
    const first = await refusal(withIdempotency(same, work));
    await between();
    const second = await refusal(withIdempotency(same, work));
    expect(first.headers).toEqual({});
    expect(second).toMatchObject({
      code: "rule_broken",
      message: "The card was declined.",
      extra,
      issues: first.issues,
      headers: replayHeader,
    });
    expect(work).toHaveBeenCalledTimes(1);
  });

  test.each([
    ["202", async () => ({ status: 202, body: { state: "pending" } })],
    [
      "503",
      () => Promise.reject(new AppError("service_unavailable", "The provider is down.", { retryAfterSeconds: 30 })),
    ],
    ["500", () => Promise.reject(new Error("a defect"))],
  ])("answered %s before: driven on from the recovery point to the present outcome", async (_, ending) => {
    const same = request();
    const check = vi.fn<() => Promise<void>>(async () => undefined);
    const first = async ({ advance }: IdempotentWork) => {
      await advance("intent_created", { intent: "pi_1" });
      return ending();
    };
    await withIdempotency({ ...same, check }, first).catch(() => undefined);
    await between();
    const seen: unknown[] = [];
    const answer = await withIdempotency({ ...same, check }, async ({ recoveryPoint, progress }) => {
      seen.push(recoveryPoint, progress);
      return CREATED;
    });
    expect(answer).toEqual(CREATED);
    expect(seen).toEqual(["intent_created", { intent: "pi_1" }]);
    expect(check).toHaveBeenCalledTimes(1);
    await between();
    await expect(withIdempotency(same, async () => expect.unreachable())).resolves.toMatchObject({
      status: 200,
      headers: replayHeader,
    });
  });

  test("still running: 409 with Retry-After, and no second work", async () => {
    const same = request();
    const begun = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const running = withIdempotency(same, async () => {
      begun.resolve();
      await goOn.promise;
      return CREATED;
    });
    await begun.promise;
    await between();
    const second = await refusal(withIdempotency(same, async () => expect.unreachable()));
    expect(second.code).toBe("idempotency_in_progress");
    expect(second.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    expect(second.retryAfterSeconds).toBeLessThanOrEqual(30);
    goOn.resolve();
    await expect(running).resolves.toEqual(CREATED);
  });

  test("another body: 422, whether answered or not; the order of members is no other body", async () => {
    const same = request();
    await withIdempotency(same, async () => CREATED);
    await between();
    const other = { ...same, fingerprintOf: { amountMinor: 501, currency: "EUR" } };
    expect((await refusal(withIdempotency(other, async () => expect.unreachable()))).code).toBe(
      "idempotency_key_reused",
    );
    const turned = { ...same, fingerprintOf: { currency: "EUR", amountMinor: 500, note: undefined } };
    await expect(withIdempotency(turned, async () => expect.unreachable())).resolves.toMatchObject({ status: 200 });
  });

  test.each(["rate_limited", "forbidden"] as const)("%s leaves the key claimable, as if it were new", async (code) => {
    const same = request();
    const check = vi.fn<() => Promise<void>>(async () => undefined);
    expect(
      (await refusal(withIdempotency({ ...same, check }, () => Promise.reject(new AppError(code, "Not now."))))).code,
    ).toBe(code);
    await between();
    await expect(
      withIdempotency({ ...same, check }, async ({ recoveryPoint }) => ({ ...CREATED, body: recoveryPoint })),
    ).resolves.toMatchObject({ status: 201, body: "started" });
    expect(check).toHaveBeenCalledTimes(2);
  });

  test("older than 72 hours: 409, and the row stays although its answer is gone", async () => {
    const same = request();
    const key = String(same.keyHeader);
    await withIdempotency(same, async ({ advance }) => {
      await advance("made", { thing: 1 });
      return CREATED;
    });
    await supabase.sql`update private.idempotency_keys set settled_at = now() - interval '73 hours' where key = ${key}`;
    await resp.flushall(); // Redis keeps a day.
    for (let n = 0; n < 2; n += 1) {
      expect((await refusal(withIdempotency(same, async () => expect.unreachable()))).code).toBe(
        "idempotency_key_expired",
      );
      await stripOldKeys(100);
      expect(await rowOf(key)).toMatchObject({ answer: null, progress: {}, state: "answered" });
      await between();
    }
  });

  test("broken rules: what the check refuses leaves nothing written", async () => {
    const same = request({ check: () => Promise.reject(new AppError("rule_broken", "The campaign has ended.")) });
    expect((await refusal(withIdempotency(same, async () => expect.unreachable()))).code).toBe("rule_broken");
    expect(await rowOf(String(same.keyHeader))).toBeUndefined();
    await between();
    await expect(withIdempotency({ ...same, check: async () => undefined }, async () => CREATED)).resolves.toEqual(
      CREATED,
    );
  });

  test("an answered key is replayed before the rules are looked at", async () => {
    const same = request();
    await withIdempotency(same, async () => CREATED);
    await between();
    await expect(
      withIdempotency({ ...same, check: async () => expect.unreachable() }, async () => CREATED),
    ).resolves.toMatchObject({ status: 200 });
  });
});

test.each([
  [null, "idempotency_key_required"],
  ["", "idempotency_key_required"],
  ["short", "idempotency_key_invalid"],
  ["x".repeat(256), "idempotency_key_invalid"],
])("the header %j: 400 %s, nothing written", async (keyHeader, code) => {
  const before = await supabase.sql`select count(*) from private.idempotency_keys`;
  expect(await refusal(withIdempotency(request({ keyHeader }), async () => expect.unreachable()))).toMatchObject({
    code,
    status: 400,
  });
  expect(await supabase.sql`select count(*) from private.idempotency_keys`).toEqual(before);
});

test("bare and quoted spell one key; another route or caller makes it another", async () => {
  const key = randomUUID();
  const work = vi.fn<() => Promise<IdempotentAnswer>>(async () => CREATED);
  await withIdempotency(request({ keyHeader: key }), work);
  await withIdempotency(request({ keyHeader: `"${key}"` }), work);
  expect(work).toHaveBeenCalledTimes(1);
  await withIdempotency(request({ keyHeader: key, route: "POST /api/v1/others" }), work);
  await withIdempotency(request({ keyHeader: key, caller: callerOfGuest("a@example.org") }), work);
  expect(work).toHaveBeenCalledTimes(3);
  await withIdempotency(request({ keyHeader: key, caller: callerOfGuest(" A@Example.org ") }), work);
  expect(work).toHaveBeenCalledTimes(3);
});

test("fifty at once: one works, the others wait or get its answer", async () => {
  const same = request();
  const work = vi.fn<() => Promise<IdempotentAnswer>>(async () => {
    await supabase.sql`insert into public.effects (key) values (${String(same.keyHeader)})`;
    return CREATED;
  });
  const ended = await Promise.all(
    Array.from({ length: 50 }, () =>
      withIdempotency(same, work).then(
        (answer) => answer.status,
        (error: AppError) => error.code,
      ),
    ),
  );
  expect(ended.filter((one) => one === 201)).toHaveLength(1);
  expect(new Set(ended)).toEqual(
    new Set([201, ...ended.filter((one) => one === 200 || one === "idempotency_in_progress")]),
  );
  expect(await supabase.sql`select id from public.effects where key = ${String(same.keyHeader)}`).toHaveLength(1);
});

test("a lease that ends is taken over; its old holder can write nothing and gets the new one's answer", async () => {
  await supabase.sql.unsafe(`
    create or replace function public.write_effect(p_id uuid, p_fence bigint, p_key text) returns void
    language plpgsql set search_path = '' as $$
    begin
      perform private.hold_idempotency(p_id, p_fence);
      insert into public.effects (key) values (p_key);
    end $$`);
  const same = request();
  const key = String(same.keyHeader);
  const write = ({ lease }: IdempotentWork) =>
    supabase.sql`select public.write_effect(${lease.id}, ${lease.fence}, ${key})`;
  const begun = Promise.withResolvers<IdempotentWork>();
  const goOn = Promise.withResolvers<void>();
  const outcomes: string[] = [];
  const old = withIdempotency({ ...same, observe: (how) => outcomes.push(how) }, async (context) => {
    begun.resolve(context);
    await goOn.promise;
    return { status: 201, body: "the old holder's" };
  });
  const context = await begun.promise;
  await endLease(key);
  await expect(
    withIdempotency(same, async (now) => {
      await expect(write(context)).rejects.toThrow(/another attempt/);
      await expect(context.advance("further")).rejects.toMatchObject({ code: "idempotency_in_progress" });
      await write(now);
      return { status: 201, body: "the new holder's" };
    }),
  ).resolves.toMatchObject({ status: 201 });
  await expect(write(context)).rejects.toThrow(/another attempt/);
  goOn.resolve();
  await expect(old).resolves.toMatchObject({ status: 200, body: "the new holder's", headers: replayHeader });
  expect(outcomes).toEqual(["lease_lost", "replayed"]);
  expect(await supabase.sql`select key from public.effects where key = ${key}`).toHaveLength(1);
  expect(await rowOf(key)).toMatchObject({ fence: "2", answer: expect.objectContaining({ body: "the new holder's" }) });
});

test("a process that died leaves its key to the next one when the lease ends, with its recovery point", async () => {
  const same = request();
  const key = String(same.keyHeader);
  await withIdempotency(same, async ({ advance }) => {
    await advance("charged", { charge: "ch_1" });
    // As a kill does: the row says running, and nobody will settle it.
    await supabase.sql`update private.idempotency_keys set fence = fence + 1 where key = ${key}`;
    return CREATED;
  }).catch(() => undefined);
  expect((await refusal(withIdempotency(same, async () => expect.unreachable()))).code).toBe("idempotency_in_progress");
  await endLease(key);
  await expect(
    withIdempotency(same, async ({ recoveryPoint, progress }) => ({ status: 201, body: { recoveryPoint, progress } })),
  ).resolves.toMatchObject({
    body: { recoveryPoint: "charged", progress: { charge: "ch_1" } },
  });
});

test("of many who come when a lease has ended one gets the key, under a new fence", async () => {
  const slot = { route: "POST /x", caller: callerOfUser("u"), key: randomUUID(), fingerprint: "a".repeat(64) };
  const first = await claim(slot, 30);
  await endLease(slot.key);
  const claims = await Promise.all(Array.from({ length: 20 }, () => claim(slot, 30)));
  expect(first).toMatchObject({ outcome: "claimed", fence: 1 });
  expect(claims.filter((one) => one.outcome === "claimed")).toEqual([expect.objectContaining({ fence: 2 })]);
  expect(claims.filter((one) => one.outcome === "running")).toHaveLength(19);
});

test("a final answer is served from Redis, without the database", async () => {
  const same = request();
  const outcomes: string[] = [];
  await withIdempotency(same, async () => CREATED);
  await withIdempotency({ ...same, observe: (how) => outcomes.push(how) }, async () => expect.unreachable());
  await resp.flushall();
  await withIdempotency({ ...same, observe: (how) => outcomes.push(how) }, async () => expect.unreachable());
  await withIdempotency({ ...same, observe: (how) => outcomes.push(how) }, async () => expect.unreachable());
  expect(outcomes).toEqual(["replayed_fast", "replayed", "replayed_fast"]);
  const [name = ""] = await resp.keys("idempotency:*");
  expect(await resp.ttl(name)).toBeGreaterThan(86_000);
});

// Last: Redis does not come back in this file.
test("with Redis down every answer is the same", async () => {
  const before = request();
  await withIdempotency(before, async () => CREATED);
  await redis.stopRedis();
  await expect(withIdempotency(before, async () => expect.unreachable())).resolves.toMatchObject({
    status: 200,
    headers: replayHeader,
    body: CREATED.body,
  });
  const same = request();
  await expect(withIdempotency(same, async () => CREATED)).resolves.toEqual(CREATED);
  await expect(withIdempotency(same, async () => expect.unreachable())).resolves.toMatchObject({ status: 200 });
  expect((await refusal(withIdempotency({ ...same, fingerprintOf: {} }, async () => expect.unreachable()))).code).toBe(
    "idempotency_key_reused",
  );
  const refused = request();
  await refusal(withIdempotency(refused, () => Promise.reject(new AppError("rule_broken", "No."))));
  expect(await refusal(withIdempotency(refused, async () => expect.unreachable()))).toMatchObject({
    code: "rule_broken",
    headers: replayHeader,
  });
  const fifty = request();
  const work = vi.fn<() => Promise<IdempotentAnswer>>(async () => CREATED);
  await Promise.all(Array.from({ length: 50 }, () => withIdempotency(fifty, work).catch(() => undefined)));
  expect(work).toHaveBeenCalledTimes(1);
});

import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { withinOneWindow } from "../../support/limit-window.ts";
import { gift, given, moveCampaign, useGiving } from "./giving-harness.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));
// Fifty at once on a busy machine: how long the database may take is not what is tried here.
vi.mock("@/lib/platform/resilience/policies", async (original) => {
  const real = await original<typeof import("@/lib/platform/resilience/policies")>();
  const supabase = { ...real.POLICIES.supabase, timeoutMs: 60_000 };
  return { ...real, POLICIES: { ...real.POLICIES, supabase } };
});

const giving = useGiving();
let campaign: string;
beforeAll(async () => {
  campaign = await giving.campaign();
});

const pledgesOf = async (email: string): Promise<string[]> =>
  (
    await giving.supabase.sql<{ id: string }[]>`select pledge_id as id from public.pledge_donors where email = ${email}`
  ).map((row) => row.id);

/** A donor of their own, and all that there is of their pledges and charges. */
function donor() {
  const email = `one-${randomUUID().slice(0, 8)}@devmentor.test`;
  const body = gift(campaign, { donor: { email, anonymous: false } });
  return {
    body,
    everything: async () => {
      const ids = await pledgesOf(email);
      const charges = await Promise.all(ids.map((id) => giving.chargesOf(id)));
      return { pledges: ids.length, charges: charges.reduce((sum, count) => sum + count, 0) };
    },
  };
}

describe("one key", () => {
  it("50 in parallel: one pledge, one charge, and everybody else waits or gets the same", async () => {
    const { body, everything } = donor();
    const key = randomUUID();
    const headers = { "x-devmentor-socket-address": "203.0.113.50" };
    const replies = await Promise.all(Array.from({ length: 50 }, () => giving.give(body, { key, headers })));
    const statuses = replies.map((reply) => reply.status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    for (const reply of replies.filter(({ status }) => status !== 201)) {
      expect([200, 409]).toContain(reply.status);
      if (reply.status !== 409) continue;
      expect(reply.body.code).toBe("idempotency_in_progress");
      expect(Number(reply.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect(await everything()).toEqual({ pledges: 1, charges: 1 });
    expect((await giving.give(body, { key, headers })).status).toBe(200);
  });

  it("older than 72 hours: 409 idempotency_key_expired, and nothing is done", async () => {
    const { body, everything } = donor();
    const key = randomUUID();
    await giving.give(body, { key });
    await giving.supabase.sql`
      update private.idempotency_keys set settled_at = now() - interval '73 hours', created_at = now() - interval '73 hours'
      where key = ${key}`;
    await flush();
    const reply = await giving.give(body, { key });
    expect([reply.status, reply.body.code]).toEqual([409, "idempotency_key_expired"]);
    expect(await everything()).toEqual({ pledges: 1, charges: 1 });
  });

  it("a campaign that closes before a half-done pledge goes on does not leave it half done", async () => {
    const own = await giving.campaign();
    const body = { ...donor().body, campaignId: own };
    const key = randomUUID();
    await giving.stripe.control("POST", "faults", {
      on: "api",
      kind: "error",
      status: 503,
      when: "before",
      path: "/v1/payment_intents",
      method: "POST",
      count: null,
    });
    expect((await giving.give(body, { key })).status).toBe(503);
    await giving.stripe.control("DELETE", "faults");
    await moveCampaign(giving, own, "paused");
    const second = await giving.give(body, { key });
    expect([second.status, given(second).payment.state]).toEqual([201, "authorized"]);
  });

  it("Redis flushed between a request and its repetition: the same answer", async () => {
    const { body, everything } = donor();
    const key = randomUUID();
    const first = await giving.give(body, { key });
    await flush();
    const again = await giving.give(body, { key });
    expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([200, "true"]);
    expect(again.body).toEqual(first.body);
    expect(await everything()).toEqual({ pledges: 1, charges: 1 });
  });
});

async function flush(): Promise<void> {
  const redis = new Redis(giving.redis.redisUrl);
  await redis.flushall();
  await redis.quit();
}

// Last: it leaves Redis dead.
describe("with Redis down", () => {
  it("every answer stays the same, and limits still limit", async () => {
    await giving.redis.stopRedis();
    const { body, everything } = donor();
    const key = randomUUID();
    const first = await giving.give(body, { key });
    expect(first.status).toBe(201);
    const again = await giving.give(body, { key });
    expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([200, "true"]);
    expect(again.body).toEqual(first.body);
    const other = await giving.give({ ...body, amountMinor: 9999 }, { key });
    expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"]);
    expect(await everything()).toEqual({ pledges: 1, charges: 1 });
    const address = { "x-devmentor-socket-address": "203.0.113.61" };
    const statuses: number[] = [];
    await withinOneWindow(60, 30);
    for (let index = 0; index < 62; index += 1) {
      const reply = await giving.give(gift(campaign, { paymentMethod: "pm_1NoSuchMethod" }), { headers: address });
      statuses.push(reply.status);
      if (reply.status === 429) break;
    }
    expect(statuses).toContain(429);
  });
});

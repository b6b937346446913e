import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { POST as retry } from "@/app/api/v1/pledges/[id]/payments/route";
import { DECLINE_LIMITS } from "@/lib/giving/payment/risk/rules";
import { SOCKET_ADDRESS_HEADER } from "@/lib/platform/rate-limit/client-address";
import { limit } from "@/lib/platform/rate-limit/limit";
import { RATE_POLICIES } from "@/lib/platform/rate-limit/policies";
import { withinOneWindow } from "../../support/limit-window.ts";
import { call, type Reply } from "../accounts/calls.ts";
import { forgetDeclines, gift, given, useGiving } from "./giving-harness.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

/** Stands in for Cloudflare's siteverify: whoever says so is a person. */
const cloudflare = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const success = new URLSearchParams(Buffer.concat(chunks).toString()).get("response") === "a-person";
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ success }));
  });
});
await new Promise<void>((resolve) => cloudflare.listen(0, "127.0.0.1", resolve));
afterAll(() => void cloudflare.close());

const giving = useGiving({
  further: () => ({
    TURNSTILE_SITE_KEY: "1x-site",
    TURNSTILE_SECRET_KEY: "1x-secret",
    TURNSTILE_VERIFY_URL: `http://127.0.0.1:${(cloudflare.address() as AddressInfo).port}/siteverify`,
  }),
});
let campaign: string;
beforeAll(async () => {
  campaign = await giving.campaign();
});
beforeEach(() => forgetDeclines(giving));

const VISA = "pm_card_visa";
const DECLINED = "pm_card_visa_chargeDeclined";
const NONE = "pm_1NoSuchMethod";

let addresses = 0;
const newAddress = (): string => `203.0.${(addresses += 1) >> 8}.${addresses & 255}`;
const newEmail = (): string => `limit-${randomUUID().slice(0, 8)}@devmentor.test`;

interface Try {
  readonly to?: string;
  readonly from?: string;
  readonly email?: string;
  readonly key?: string;
  readonly challengeToken?: string;
}
/** One try with a card, from an address and an e-mail of its own unless told. */
const pay = (paymentMethod: string, t: Try = {}): Promise<Reply> =>
  giving.give(
    gift(t.to ?? campaign, {
      paymentMethod,
      donor: { email: t.email ?? newEmail(), anonymous: true },
      ...(t.challengeToken ? { challengeToken: t.challengeToken } : {}),
    }),
    { headers: { [SOCKET_ADDRESS_HEADER]: t.from ?? newAddress() }, ...(t.key ? { key: t.key } : {}) },
  );
const outcome = ({ status, body }: Reply): string => `${status} ${body.code ?? ""}`.trim();
const inTurn = async (times: number, one: () => Promise<Reply>): Promise<string[]> => {
  const outcomes: string[] = [];
  for (let index = 0; index < times; index += 1) outcomes.push(outcome(await one()));
  return outcomes;
};
/** So many tries went before, as the limiter counts them. */
const before = async (policy: "pledge-ip" | "pledge-email", subject: string, times: number): Promise<void> => {
  await Promise.all(Array.from({ length: times }, () => limit({ policy, subject })));
};

describe("tries that win their key", () => {
  it.each([
    ["pledge-ip", 60, 60],
    ["pledge-email", 20, 3600],
  ] as const)("%s: %i in %i seconds, then 429 with Retry-After and RateLimit", async (policy, most, seconds) => {
    expect(RATE_POLICIES[policy]).toMatchObject({ limit: most, windowSeconds: seconds });
    const from = newAddress();
    const email = newEmail();
    await withinOneWindow(seconds);
    await before(policy, policy === "pledge-ip" ? from : email, most - 1);
    const one = policy === "pledge-ip" ? { from } : { email };
    const body = { ...one, key: randomUUID() };
    const last = await pay(VISA, { from, email, ...body });
    expect(last.status).toBe(201);
    // Replays are not counted, nor limited.
    expect((await pay(VISA, { from, email, ...body })).status).toBe(200);
    const key = randomUUID();
    const refused = await pay(VISA, { from, email, key });
    expect(outcome(refused)).toBe("429 rate_limited");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused.headers.get("ratelimit")).toContain(policy);
    expect(refused.headers.get("ratelimit-policy")).toContain(`"${policy}";q=${most};w=${seconds}`);
    const written = await giving.supabase.sql`
      select 1 from public.pledges p join private.idempotency_keys k on k.id = p.idempotency_id where k.key = ${key}`;
    expect(written).toHaveLength(0);
    // The key may be claimed again.
    if (policy === "pledge-ip") expect((await pay(VISA, { email, key })).status).toBe(201);
  });

  it("another card for a pledge counts alike", async () => {
    const from = newAddress();
    await withinOneWindow(60);
    const first = await pay(DECLINED, { from });
    const { pledge, statusToken } = first.body as unknown as { pledge: { id: string }; statusToken: string };
    await before("pledge-ip", from, 59);
    const again = (address: string, key: string) =>
      call(retry, {
        method: "POST",
        path: `/api/v1/pledges/${pledge.id}/payments`,
        params: { id: pledge.id },
        json: { paymentMethod: VISA },
        headers: { "idempotency-key": key, "x-status-token": statusToken, [SOCKET_ADDRESS_HEADER]: address },
      });
    const key = randomUUID();
    expect(outcome(await again(from, key))).toBe("429 rate_limited");
    expect((await again(newAddress(), key)).status).toBe(201);
  });
});

describe("declines", () => {
  it("of one card, by its fingerprint, wherever it is used: then 429 for this card alone", async () => {
    const most = DECLINE_LIMITS.card.declines;
    const elsewhere = await giving.campaign();
    expect(await inTurn(most, () => pay(DECLINED))).toEqual(Array(most).fill("402 card_declined"));
    const refused = await pay(DECLINED, { to: elsewhere });
    expect(outcome(refused)).toBe("429 rate_limited");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await pay(VISA)).status).toBe(201);
    await forgetDeclines(giving);
    expect(outcome(await pay(DECLINED))).toBe("402 card_declined");
  });

  it("a card that pays is not limited, however often", async () => {
    expect(await inTurn(8, () => pay(VISA))).toEqual(Array(8).fill("201"));
  });

  /** A campaign at which so many cards were declined. */
  const declinedAt = async (count: number) => {
    const own = await giving.campaign();
    const { body } = await pay(DECLINED, { to: own });
    const { pledge } = body as unknown as { pledge: { id: string } };
    const further = (declines: number) => giving.supabase.sql`
      insert into private.payment_attempts (payment_id, campaign_id, outcome, email_hash)
      select p.id, p.campaign_id, 'declined', md5(random()::text) from public.payments p, generate_series(1, ${declines}::int)
      where p.pledge_id = ${pledge.id}`;
    await further(count - 1);
    return { own, further };
  };

  it("of one campaign, however many: people go on giving there, each after the challenge", async () => {
    const { own } = await declinedAt(DECLINE_LIMITS.campaign.declines);
    // Even where nine of ten cards pay.
    await giving.supabase.sql`
      insert into private.payment_attempts (payment_id, campaign_id, outcome, email_hash)
      select p.id, p.campaign_id, 'authorized', md5(random()::text)
      from (select id, campaign_id from public.payments where campaign_id = ${own} limit 1) p, generate_series(1, 700)`;
    const asked = await pay(VISA, { to: own });
    expect(outcome(asked)).toBe("403 challenge_required");
    expect(asked.body["detail"]).toContain("at this campaign");
    expect(outcome(await pay(VISA, { to: own, challengeToken: "a-machine" }))).toBe("403 challenge_required");
    expect((await pay(VISA, { to: own, challengeToken: "a-person" })).status).toBe(201);
    expect((await pay(VISA)).status).toBe(201);
  });

  it("of one campaign, without a challenge to tell people by: then 429 there alone, whatever the card", async () => {
    const { serverEnv } = await import("@/lib/env/server");
    const env: { TURNSTILE_SECRET_KEY?: string | undefined } = serverEnv();
    const secret = env.TURNSTILE_SECRET_KEY;
    Object.assign(env, { TURNSTILE_SECRET_KEY: undefined });
    onTestFinished(() => void Object.assign(env, { TURNSTILE_SECRET_KEY: secret }));
    const { own, further } = await declinedAt(DECLINE_LIMITS.campaign.declines - 1);
    const key = randomUUID();
    const email = newEmail();
    expect((await pay(VISA, { to: own })).status).toBe(201);
    await further(1);
    expect(outcome(await pay(VISA, { to: own, email, key }))).toBe("429 rate_limited");
    expect((await pay(VISA)).status).toBe(201);
    await forgetDeclines(giving);
    expect((await pay(VISA, { to: own, email, key })).status).toBe(201);
  });
});

describe("who looks automated", () => {
  it.each(["from", "email"] as const)(
    "half of the tries of one caller declined (%s): 403 with the challenge; the same key goes on with its answer",
    async (by) => {
      const caller = by === "from" ? { from: newAddress() } : { email: newEmail() };
      expect(await inTurn(2, () => pay(VISA, caller))).toEqual(["201", "201"]);
      // Exactly two, though a webhook may tell of a try before our own answer does: the address stands with the payment.
      expect(await inTurn(2, () => pay(DECLINED, caller))).toEqual(["402 card_declined", "402 card_declined"]);
      expect(outcome(await pay(DECLINED, caller))).toBe("403 challenge_required");
      const t = { ...caller, email: by === "email" ? caller.email : newEmail(), key: randomUUID() } as Try;
      const asked = await pay(VISA, t);
      expect([outcome(asked), asked.body["challenge"]]).toEqual([
        "403 challenge_required",
        { kind: "turnstile", siteKey: "1x-site" },
      ]);
      expect(outcome(await pay(VISA, { ...t, challengeToken: "a-machine" }))).toBe("403 challenge_required");
      const passed = await pay(VISA, { ...t, challengeToken: "a-person" });
      expect([passed.status, given(passed).payment.state]).toEqual([201, "authorized"]);
      expect((await pay(VISA, t)).status).toBe(200);
      expect(await giving.chargesOf(given(passed).pledge.id)).toBe(1);
    },
  );

  it("few declines among many gifts are no sign of it, for a caller and for a campaign", async () => {
    const own = await giving.campaign();
    const from = newAddress();
    const one = (card: string) => pay(card, { to: own, from });
    expect(await inTurn(6, () => one(VISA))).toEqual(Array(6).fill("201"));
    expect(await inTurn(2, () => one(DECLINED))).toEqual(["402 card_declined", "402 card_declined"]);
    expect(await inTurn(1, () => one(VISA))).toEqual(["201"]);
  });

  it("a burst, though nothing of it is declined", async () => {
    const from = newAddress();
    expect(await inTurn(20, () => pay(NONE, { from }))).toEqual(Array(20).fill("422 payment_method_unusable"));
    expect(outcome(await pay(VISA, { from }))).toBe("403 challenge_required");
  });
});

import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { GET as getPledge } from "@/app/api/v1/pledges/[id]/route";
import { POST as retry } from "@/app/api/v1/pledges/[id]/payments/route";
import { POST as refresh } from "@/app/api/v1/pledges/[id]/refresh/route";
import { call } from "../accounts/calls.ts";
import { gift, given, moveCampaign, useGiving } from "./giving-harness.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const giving = useGiving();
let campaign: string;
beforeAll(async () => {
  campaign = await giving.campaign();
});

const rows = async (): Promise<number> => {
  const [count] = await giving.supabase.sql<{ n: number }[]>`select count(*)::int as n from public.pledges`;
  return count?.n ?? -1;
};
const stored = async (key: string) => {
  const [row] = await giving.supabase.sql<{ text: string }[]>`
    select k::text as text from private.idempotency_keys k where k.key = ${key}`;
  return row?.text ?? "";
};

describe("POST /api/v1/pledges", () => {
  it("new: 201 with the pledge, its payment, a status token and Location; the same again: 200, replayed", async () => {
    const body = gift(campaign, { coverFees: true });
    const key = randomUUID();
    const first = await giving.give(body, { key });
    expect(first.status).toBe(201);
    expect(first.body).toEqual({
      pledge: {
        id: expect.any(String) as string,
        campaignId: campaign,
        campaignSlug: expect.any(String) as string,
        campaignTitle: expect.any(String) as string,
        status: "pending",
        shown: "authorized",
        amountMinor: 2500,
        coverMinor: 64,
        totalMinor: 2564,
        refundedMinor: 0,
        currency: "EUR",
        donor: { ...(body["donor"] as object) },
        createdAt: expect.any(String) as string,
      },
      payment: {
        id: expect.any(String) as string,
        state: "authorized",
        declineCode: null,
        card: { brand: "visa", last4: "4242" },
      },
      statusToken: expect.any(String) as string,
    });
    const { pledge, payment, statusToken } = given(first);
    expect(first.headers.get("location")).toBe(`/api/v1/pledges/${pledge.id}`);
    const again = await giving.give(body, { key: `"${key}"` });
    expect(again.status).toBe(200);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.body).toEqual(first.body);
    expect(await giving.chargesOf(pledge.id)).toBe(1);
    // The intent was made unconfirmed, for cards alone, to be captured by us, and names our rows.
    const [intent] = (await giving.stripe.client.paymentIntents.list({ limit: 1 })).data;
    expect(intent).toMatchObject({
      amount: 2564,
      capture_method: "manual",
      allowed_payment_method_types: ["card"],
      statement_descriptor_suffix: "CLEAN WATER",
      metadata: { pledge: pledge.id, payment: payment.id, trace: expect.stringMatching(/^[0-9a-f]{32}$/) as string },
    });
    expect(await stored(key)).not.toContain(statusToken);
  });

  it("no key, a malformed key: 400; nothing is written", async () => {
    const before = await rows();
    expect((await giving.give(gift(campaign), { key: "" })).body).toMatchObject({ code: "idempotency_key_required" });
    expect((await giving.give(gift(campaign), { key: "short" })).body).toMatchObject({
      code: "idempotency_key_invalid",
    });
    expect(await rows()).toBe(before);
  });

  it("the same key with another body: 422; by another caller: a pledge of its own", async () => {
    const key = randomUUID();
    const body = gift(campaign);
    expect((await giving.give(body, { key })).status).toBe(201);
    const other = await giving.give({ ...body, amountMinor: 2600 }, { key });
    expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"]);
    const stranger = await giving.give(gift(campaign), { key });
    expect(stranger.status).toBe(201);
    const user = await giving.supabase.asUser();
    const signedIn = await giving.give(body, { key, token: user.accessToken });
    expect(signedIn.status).toBe(201);
  });

  it.each<[string, Record<string, unknown>, number, string]>([
    ["negative", { amountMinor: -2500 }, 422, "amountMinor"],
    ["zero", { amountMinor: 0 }, 422, "amountMinor"],
    ["a fraction", { amountMinor: 25.5 }, 422, "amountMinor"],
    ["huge", { amountMinor: 1e15 }, 422, "amountMinor"],
    ["too small", { amountMinor: 49 }, 422, "amountMinor"],
    ["an amount that is text", { amountMinor: "2500" }, 400, "amountMinor"],
    ["another currency", { currency: "USD" }, 422, "currency"],
    ["a currency there is not", { currency: "ZZZ" }, 422, "currency"],
    ["no address", { donor: { email: "ann", anonymous: true } }, 422, "donor.email"],
    ["two ways to pay", { confirmationToken: "ctoken_1" }, 400, "paymentMethod"],
    ["an unknown field", { tip: 1 }, 400, "tip"],
  ])("%s is refused with its path, and nothing is written", async (_, change, status, path) => {
    const before = await rows();
    const key = randomUUID();
    const reply = await giving.give(gift(campaign, change), { key });
    expect(reply.status).toBe(status);
    expect((reply.body["errors"] as { path: string }[]).map((error) => error.path)).toContain(path);
    expect(await rows()).toBe(before);
    expect(await stored(key)).toBe("");
  });

  it("zero- and three-decimal currencies are charged in their own minor units", async () => {
    for (const [currency, amountMinor, bad] of [
      ["JPY", 500, 49],
      ["KWD", 1250, 1255],
    ] as const) {
      const own = await giving.campaign({ currency });
      const reply = await giving.give(gift(own, { currency, amountMinor }));
      expect(reply.status).toBe(201);
      const [intent] = (await giving.stripe.client.paymentIntents.list({ limit: 1 })).data;
      expect(intent).toMatchObject({ amount: amountMinor, currency: currency.toLowerCase() });
      expect((await giving.give(gift(own, { currency, amountMinor: bad }))).status).toBe(422);
    }
  });

  it("an unknown campaign is 404; a paused or ended one 422 with its path", async () => {
    expect((await giving.give(gift(randomUUID()))).status).toBe(404);
    const own = await giving.campaign();
    for (const status of ["paused", "active", "completed"]) {
      await moveCampaign(giving, own, status);
      if (status === "active") continue;
      const reply = await giving.give(gift(own));
      expect([reply.status, reply.body["errors"]]).toEqual([
        422,
        [{ path: "campaignId", message: expect.any(String) as string }],
      ]);
    }
  });

  it("a declined card: 402 with its code, the attempt written, the intent cancelled, the payment failed; replayed", async () => {
    const key = randomUUID();
    const body = gift(campaign, { paymentMethod: "pm_card_visa_chargeDeclinedInsufficientFunds" });
    const first = await giving.give(body, { key });
    expect(first.status).toBe(402);
    expect(first.body).toMatchObject({
      code: "card_declined",
      declineCode: "insufficient_funds",
      pledge: { id: expect.any(String) as string },
      statusToken: expect.any(String) as string,
    });
    const again = await giving.give(body, { key });
    expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([402, "true"]);
    expect({ ...again.body, requestId: "", traceId: "" }).toEqual({ ...first.body, requestId: "", traceId: "" });
    expect(await stored(key)).not.toContain(String(first.body["statusToken"]));
    const { pledge } = first.body as unknown as { pledge: { id: string } };
    const payments = await giving.supabase.sql`
      select p.state, p.intent_id, (select count(*)::int from private.payment_attempts a where a.payment_id = p.id) as attempts
      from public.payments p where p.pledge_id = ${pledge.id}`;
    expect(payments).toMatchObject([{ state: "failed", attempts: 1 }]);
    const intent = await giving.stripe.client.paymentIntents.retrieve(String(payments[0]?.["intent_id"]));
    expect(intent.status).toBe("canceled");
  });

  it("another card for the same pledge, with a key of its own; then it is processed", async () => {
    const declined = await giving.give(gift(campaign, { paymentMethod: "pm_card_visa_chargeDeclined" }));
    const { pledge, statusToken } = declined.body as unknown as { pledge: { id: string }; statusToken: string };
    const send = (paymentMethod: string, key: string, token = statusToken) =>
      call(retry, {
        method: "POST",
        path: `/api/v1/pledges/${pledge.id}/payments`,
        params: { id: pledge.id },
        json: { paymentMethod },
        headers: { "idempotency-key": key, "x-status-token": token },
      });
    expect((await send("pm_card_visa", randomUUID(), "forged")).status).toBe(404);
    const key = randomUUID();
    const second = await send("pm_card_visa", key);
    expect([second.status, given(second).payment.state, given(second).pledge.id]).toEqual([
      201,
      "authorized",
      pledge.id,
    ]);
    expect((await send("pm_card_visa", key)).status).toBe(200);
    expect((await send("pm_card_visa", randomUUID())).body).toMatchObject({ code: "conflict" });
    expect(await giving.chargesOf(pledge.id)).toBe(1);
  });

  it.each([
    ["a payment method that there is not", { paymentMethod: "pm_1NoSuchMethod" }],
    ["a token that there is not", { paymentMethod: undefined, confirmationToken: "ctoken_1NoSuchToken" }],
  ])("%s: 422 payment_method_unusable; intent cancelled, payment failed", async (_, change) => {
    const reply = await giving.give(gift(campaign, change));
    expect([reply.status, reply.body.code]).toEqual([422, "payment_method_unusable"]);
    const { pledge } = reply.body as unknown as { pledge: { id: string } };
    const [payment] = await giving.supabase
      .sql`select state, intent_id from public.payments where pledge_id = ${pledge.id}`;
    expect(payment).toMatchObject({ state: "failed" });
    expect((await giving.stripe.client.paymentIntents.retrieve(String(payment?.["intent_id"]))).status).toBe(
      "canceled",
    );
  });

  it("3-D Secure: 201 with the secret, which is stored nowhere; a replay reads it anew; refresh goes on afterwards", async () => {
    const key = randomUUID();
    const body = gift(campaign, { paymentMethod: "pm_card_threeDSecure2Required" });
    const first = await giving.give(body, { key });
    const { pledge, payment, statusToken } = given(first);
    expect([first.status, payment.state]).toEqual([201, "pending"]);
    expect(payment.nextAction).toEqual({
      type: "use_stripe_sdk",
      clientSecret: expect.stringMatching(/^pi_\w+_secret_\w+$/) as string,
    });
    expect(await stored(key)).not.toContain(String(payment.nextAction?.clientSecret));
    const again = await giving.give(body, { key });
    expect([again.status, given(again).payment.nextAction]).toEqual([200, payment.nextAction]);
    const look = (token: string) =>
      call(refresh, {
        method: "POST",
        path: `/api/v1/pledges/${pledge.id}/refresh`,
        params: { id: pledge.id },
        headers: { "x-status-token": token },
      });
    expect(given(await look(statusToken)).payment.nextAction).toEqual(payment.nextAction);
    const intentId = String(payment.nextAction?.clientSecret).split("_secret_")[0];
    await giving.stripe.control("POST", `payment_intents/${intentId}/authenticate`, { passed: true });
    const after = await look(statusToken);
    expect([after.status, given(after).payment.state]).toEqual([200, "authorized"]);
    expect(given(after).payment.nextAction).toBeUndefined();
    expect((await look("forged")).status).toBe(404);
  });

  it("3-D Secure that fails ends as a decline", async () => {
    const first = await giving.give(gift(campaign, { paymentMethod: "pm_card_threeDSecure2Required" }));
    const { pledge, payment, statusToken } = given(first);
    const intentId = String(payment.nextAction?.clientSecret).split("_secret_")[0];
    await giving.stripe.control("POST", `payment_intents/${intentId}/authenticate`, { passed: false });
    await giving.stripe.settle();
    const read = await call(getPledge, {
      params: { id: pledge.id },
      path: `/api/v1/pledges/${pledge.id}`,
      headers: { "x-status-token": statusToken },
    });
    expect([given(read).payment.state, given(read).pledge.status]).toEqual(["failed", "failed"]);
  });

  it("another's pledge is not there; its owner sees it, signed in", async () => {
    const owner = await giving.supabase.asUser();
    const stranger = await giving.supabase.asUser();
    const { pledge } = given(await giving.give(gift(campaign), { token: owner.accessToken }));
    const look = (token?: string) =>
      call(getPledge, { params: { id: pledge.id }, path: `/api/v1/pledges/${pledge.id}`, ...(token ? { token } : {}) });
    expect((await look(owner.accessToken)).status).toBe(200);
    expect((await look(stranger.accessToken)).status).toBe(404);
    expect((await look()).status).toBe(404);
  });

  it("replays are not counted, however many come from one address", async () => {
    const headers = { "x-devmentor-socket-address": "203.0.113.60" };
    const key = randomUUID();
    const body = gift(campaign);
    expect((await giving.give(body, { key, headers })).status).toBe(201);
    const replays = await Promise.all(Array.from({ length: 70 }, () => giving.give(body, { key, headers })));
    expect(new Set(replays.map((reply) => reply.status))).toEqual(new Set([200]));
    expect((await giving.give(gift(campaign), { headers })).status).toBe(201);
  });
});

import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { POST as retry } from "@/app/api/v1/pledges/[id]/payments/route";
import { sweepPayments } from "@/lib/giving/payment/sweep-payments";
import { call, type Reply } from "../accounts/calls.ts";
import { forgetDeclines, gift, useGiving } from "./giving-harness.ts";
import { KILLING, useKilling, type Killed } from "./killing.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const giving = useGiving();
const killing = useKilling(giving);
let campaign: string;
beforeAll(async () => {
  campaign = await giving.campaign();
  await giving.stripe.control("POST", "settings", { webhooks: "manual" });
});

interface End {
  /** Of the donor's next request with the key, once the dead process's lease is over. */
  readonly answers: readonly number[];
  /** Of the newest payment; what the sweeper finds authorised it captures, as the workflow would have. */
  readonly states: readonly string[];
  readonly charges: number;
}
const TAKEN: End = { answers: [200, 201], states: ["authorized", "completed"], charges: 1 };
const REFUSED: End = { answers: [402], states: ["failed"], charges: 0 };

/** The sweeper comes first and does no harm; then the donor's next try with the key, and what stands in the end. */
async function driveOn(key: string, email: string, send: () => Promise<Reply>, end: End): Promise<void> {
  const [claimed] = await giving.supabase.sql`select state from private.idempotency_keys where key = ${key}`;
  const { sql } = giving.supabase;
  // While its lease holds nobody goes on with it.
  if (claimed?.["state"] === "running") expect((await send()).status).toBe(409);
  await sql`
    update public.payments p set check_at = now() from public.pledge_donors d
    where d.pledge_id = p.pledge_id and d.email = ${email} and p.check_at is not null`;
  await sweepPayments();
  await sql`update private.idempotency_keys set lease_until = now() where key = ${key} and state = 'running'`;
  const reply = await send();
  expect(end.answers).toContain(reply.status);
  const payments = await sql<{ pledge_id: string; state: string }[]>`
    select p.pledge_id, p.state from public.payments p join public.pledge_donors d on d.pledge_id = p.pledge_id
    where d.email = ${email} order by p.number`;
  expect(new Set(payments.map((payment) => payment.pledge_id)).size).toBe(1);
  expect(end.states).toContain(payments.at(-1)?.state);
  const pledgeId = String(payments[0]?.pledge_id);
  expect(await giving.chargesOf(pledgeId)).toBe(end.charges);
  // An intent for each payment, and no second one.
  const intents = await giving.stripe.client.paymentIntents.list({ limit: 100 });
  expect(intents.data.filter(({ metadata }) => metadata["pledge"] === pledgeId)).toHaveLength(payments.length);
}

describe("pledge intake, killed after each of its calls: the same key goes on to the one right end", () => {
  it.each<[string, string, number, End]>([
    ["a gift", "pm_card_visa", 11, TAKEN],
    ["a decline", "pm_card_visa_chargeDeclined", 17, REFUSED],
    ["a payment method that there is not", "pm_1NoSuchMethod", 17, { ...REFUSED, answers: [422] }],
    ["3-D Secure", "pm_card_threeDSecure2Required", 13, { answers: [200, 201], states: ["pending"], charges: 0 }],
  ])("%s", KILLING, async (_, paymentMethod, least, end) => {
    const calls = await killing.afterEachCall(async (): Promise<Killed> => {
      await forgetDeclines(giving);
      const email = `killed-${randomUUID().slice(0, 8)}@devmentor.test`;
      const body = gift(campaign, { paymentMethod, donor: { email, anonymous: false } });
      const key = randomUUID();
      return {
        work: { do: "give", body, key },
        goesOn: () => driveOn(key, email, () => giving.give(body, { key }), end),
      };
    });
    expect(calls).toBeGreaterThanOrEqual(least);
  });
});

describe("another card, killed after each of its calls: the same key goes on to the one right end", () => {
  it.each<[string, string, number, End]>([
    ["that is taken", "pm_card_visa", 13, TAKEN],
    ["that is declined too", "pm_card_visa_chargeDeclined", 16, REFUSED],
  ])("%s", KILLING, async (_, paymentMethod, least, end) => {
    const calls = await killing.afterEachCall(async (): Promise<Killed> => {
      await forgetDeclines(giving);
      const email = `killed-${randomUUID().slice(0, 8)}@devmentor.test`;
      const declined = await giving.give(
        gift(campaign, { paymentMethod: "pm_card_visa_chargeDeclined", donor: { email, anonymous: false } }),
      );
      const { pledge, statusToken } = declined.body as unknown as { pledge: { id: string }; statusToken: string };
      const key = randomUUID();
      const send = () =>
        call(retry, {
          method: "POST",
          path: `/api/v1/pledges/${pledge.id}/payments`,
          params: { id: pledge.id },
          json: { paymentMethod },
          headers: { "idempotency-key": key, "x-status-token": statusToken },
        });
      return {
        work: { do: "retry", pledgeId: pledge.id, body: { paymentMethod }, key },
        goesOn: () => driveOn(key, email, send, end),
      };
    });
    expect(calls).toBeGreaterThanOrEqual(least);
  });
});

import { beforeAll, describe, expect, it, vi } from "vitest";
import { GET as statement } from "@/app/api/v1/me/gifts/statement/route";
import { GET as exportPledges } from "@/app/api/v1/admin/pledges.csv/route";
import { pageOfPledges, storyOfPledge } from "@/lib/giving/administration/look-after";
import { capturePayment } from "@/lib/giving/payment/capture-payment";
import { pageOfGifts } from "@/lib/giving/receipt/gifts";
import { SOCKET_ADDRESS_HEADER } from "@/lib/platform/rate-limit/client-address";
import type { TestUser } from "../../support/supabase.ts";
import { gift, given, useGiving } from "./giving-harness.ts";
import { eventsOf, send, type Paid } from "./webhook-events.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const DAY_MS = 86_400_000;
const day = (back: number): string => new Date(Date.now() - back * DAY_MS).toISOString().slice(0, 10);

const giving = useGiving();
let donor: TestUser;
const made: { refunded?: Paid; lost?: Paid; disputed?: Paid; declined?: string } = {};

/** What a donor gave: one partly refunded, one lost to the bank, one disputed still, one whose card was refused. */
beforeAll(async () => {
  const campaign = await giving.campaign();
  await giving.stripe.control("POST", "settings", { webhooks: "manual" });
  donor = await giving.supabase.asUser({ displayName: "Dora Donor" });
  const give = async (paymentMethod: string) =>
    given(await giving.give(gift(campaign, { paymentMethod }), { token: donor.accessToken }));
  const completed = async (): Promise<Paid> => {
    const { pledge, payment } = await give("pm_card_visa");
    await capturePayment(payment.id, "workflow");
    const [row] = await giving.supabase.sql`select intent_id from public.payments where id = ${payment.id}`;
    return { pledgeId: pledge.id, paymentId: payment.id, intentId: String(row?.["intent_id"]) };
  };
  const deliver = async (paid: Paid): Promise<void> => {
    for (const event of (await eventsOf(giving, paid)).filter(({ type }) => /refund|dispute/.test(type)))
      await send(giving, event);
  };
  const dispute = async (paid: Paid): Promise<string> => {
    const { latest_charge: charge } = await giving.stripe.client.paymentIntents.retrieve(paid.intentId);
    await giving.stripe.control("POST", `charges/${String(charge)}/dispute`, { kind: "fraudulent" });
    const [found] = (await giving.stripe.client.disputes.list({ payment_intent: paid.intentId })).data;
    return found?.id ?? "";
  };
  made.refunded = await completed();
  await giving.stripe.client.refunds.create({ payment_intent: made.refunded.intentId, amount: 700 });
  await deliver(made.refunded);
  made.lost = await completed();
  await giving.stripe.control("POST", `disputes/${await dispute(made.lost)}`, { action: "lose" });
  await deliver(made.lost);
  made.disputed = await completed();
  await dispute(made.disputed);
  await deliver(made.disputed);
  made.declined = (await give("pm_card_visa_chargeDeclined")).pledge.id;
});

const csv = async (route: typeof statement, path: string, token: string): Promise<string[][]> => {
  const request = new Request(`http://127.0.0.1:3999${path}`, {
    headers: { authorization: `Bearer ${token}`, [SOCKET_ADDRESS_HEADER]: "10.9.9.7" },
  });
  const answer = await route(request, { params: Promise.resolve({}) });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
  const text = await answer.text();
  return text
    .replace("\uFEFF", "")
    .trim()
    .split(/\r?\n/u)
    .slice(1)
    .map((line) => line.split(","));
};

describe("a statement", () => {
  const within = (from: string, to: string) =>
    csv(statement, `/api/v1/me/gifts/statement?from=${from}&to=${to}&format=csv`, donor.accessToken);

  it("lists what was taken on its days, and counts what the bank took back as returned", async () => {
    const rows = await within(day(1), day(-1));
    expect(rows.map(([, , amount, , returned, currency, pledge]) => [pledge, amount, returned, currency])).toEqual([
      [made.disputed?.pledgeId, "25.00", "0.00", "EUR"],
      [made.lost?.pledgeId, "25.00", "25.00", "EUR"],
      [made.refunded?.pledgeId, "25.00", "7.00", "EUR"],
    ]);
    expect(await within(day(400), day(30))).toEqual([]);
  });

  it("goes by the day on which the money was taken, not by that of the promise", async () => {
    const { sql } = giving.supabase;
    await sql`update public.pledges set created_at = created_at - interval '40 days' where id = ${made.refunded?.pledgeId ?? ""}`;
    const rows = await within(day(1), day(-1));
    expect(rows.map((row) => row[6])).toContain(made.refunded?.pledgeId);
    expect(rows.every(([date]) => (date ?? "") >= day(1))).toBe(true);
    expect(await within(day(60), day(30))).toEqual([]);
  });
});

it("a donor's list says of each gift where it stands", async () => {
  const { items } = await pageOfGifts(donor.id, 20);
  const shown = new Map(items.map((item) => [item.id, item.shown]));
  expect([made.refunded, made.lost, made.disputed].map((paid) => shown.get(paid?.pledgeId ?? ""))).toEqual([
    "partly_refunded",
    "charged_back",
    "disputed",
  ]);
  expect(shown.get(made.declined ?? "")).toBe("failed");
});

describe("administration", () => {
  it("finds the pledges that wait for an answer, and exports the same", async () => {
    const { items } = await pageOfPledges(giving.owner.id, { needs: "answer" }, 20);
    expect(items.map(({ id }) => id)).toEqual([made.disputed?.pledgeId]);
    const rows = await csv(exportPledges, "/api/v1/admin/pledges.csv?needs=answer", giving.owner.accessToken);
    expect(rows.map(([id]) => id)).toEqual([made.disputed?.pledgeId]);
    expect((await pageOfPledges(giving.owner.id, { needs: "decision" }, 20)).items).toEqual([]);
    expect((await pageOfPledges(giving.owner.id, { needs: "approval" }, 20)).items).toEqual([]);
  });

  it("tells the whole story of money that went back", async () => {
    const story = await storyOfPledge(giving.owner.id, made.refunded?.pledgeId ?? "");
    expect(story.refunds).toMatchObject([{ amountMinor: 700, status: "succeeded" }]);
    expect(story.transitions.findLast(({ subject }) => subject === "refund")).toMatchObject({ to: "succeeded" });
    expect(story.events.some(({ type }) => type.includes("refund"))).toBe(true);
    const lost = await storyOfPledge(giving.owner.id, made.lost?.pledgeId ?? "");
    expect(lost.disputes).toMatchObject([{ amountMinor: 2500, status: "lost" }]);
    expect(lost.events.some(({ type }) => type === "charge.dispute.closed")).toBe(true);
  });
});

import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { capturePayment } from "@/lib/giving/payment/capture-payment";
import { beginReconciliation } from "@/lib/giving/reconciliation/look-after-runs";
import { reconcileOn } from "@/lib/giving/reconciliation/reconcile";
import { receiveEvent } from "@/lib/giving/webhook/receive-event";
import { useGiving } from "./giving-harness.ts";
import { eventsOf, pledged, state, type Paid } from "./webhook-events.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const giving = useGiving();
let campaign: string;
beforeAll(async () => {
  campaign = await giving.campaign();
  await giving.stripe.control("POST", "settings", { webhooks: "manual" });
});
afterEach(() => void vi.useRealTimers());

const stripe = () => giving.stripe.client;
const MINUTES = 60_000;

const money = async ({ paymentId }: Paid) =>
  (
    await giving.supabase
      .sql`select refunded_minor::int as refunded, disputed_minor::int as disputed, lost_minor::int as lost
      from public.payments where id = ${paymentId}`
  )[0];

async function captured(): Promise<Paid> {
  const paid = await pledged(giving, campaign);
  await capturePayment(paid.paymentId, "workflow");
  expect(await state(giving, paid)).toBe("completed");
  return paid;
}

/** All that the provider has to tell of a refund or a dispute of it; what was told before is known. */
async function told(paid: Paid): Promise<void> {
  for (const event of await eventsOf(giving, paid)) if (/refund|dispute/.test(event.type)) await receiveEvent(event);
}
async function compared(): Promise<void> {
  await beginReconciliation("schedule");
  expect(await reconcileOn(null)).toMatchObject({ state: "completed" });
}

async function disputed(paid: Paid): Promise<(action: "lose" | "win" | "appeal") => Promise<unknown>> {
  const { latest_charge: charge } = await stripe().paymentIntents.retrieve(paid.intentId);
  await giving.stripe.control("POST", `charges/${String(charge)}/dispute`, { kind: "fraudulent" });
  const [dispute] = (await stripe().disputes.list({ payment_intent: paid.intentId })).data;
  return (action) => giving.stripe.control("POST", `disputes/${dispute?.id}`, { action });
}

describe.each([
  ["ahead", 10],
  ["behind", -10],
])("while the clock of one process is ten minutes %s", (_, minutes) => {
  /** What the process with the wrong clock does. */
  async function wrongly(work: () => Promise<void>): Promise<void> {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + minutes * MINUTES });
    await work().finally(() => vi.useRealTimers());
  }

  it("a dispute is as it was read last, whoever read it", async () => {
    const paid = await captured();
    const decide = await disputed(paid);
    await wrongly(() => told(paid));
    expect(await money(paid)).toMatchObject({ disputed: 2500, lost: 0 });
    await decide("lose");
    await told(paid);
    expect(await money(paid)).toMatchObject({ disputed: 0, lost: 2500 });
    await decide("appeal");
    await wrongly(() => told(paid));
    expect(await money(paid)).toMatchObject({ disputed: 2500, lost: 0 });
    await decide("win");
    await told(paid);
    expect(await money(paid)).toMatchObject({ disputed: 0, lost: 0 });
  });

  it("so is a refund that fails", async () => {
    for (const [first, then] of [
      [wrongly, (work: () => Promise<void>) => work()],
      [(work: () => Promise<void>) => work(), wrongly],
    ] as const) {
      const paid = await captured();
      const refund = await stripe().refunds.create({ payment_intent: paid.intentId, amount: 1000 });
      await first(() => told(paid));
      expect(await money(paid)).toMatchObject({ refunded: 1000 });
      await giving.stripe.control("POST", `refunds/${refund.id}`, {
        status: "failed",
        failureReason: "lost_or_stolen_card",
      });
      await then(() => told(paid));
      expect(await money(paid)).toMatchObject({ refunded: 0 });
    }
  });

  it("what a comparison has read does not stand against a later event, nor the other way round", async () => {
    const paid = await captured();
    const decide = await disputed(paid);
    await wrongly(compared);
    expect(await money(paid)).toMatchObject({ disputed: 2500 });
    await decide("lose");
    await told(paid);
    expect(await money(paid)).toMatchObject({ lost: 2500 });
    await decide("appeal");
    await wrongly(compared);
    expect(await money(paid)).toMatchObject({ disputed: 2500, lost: 0 });
  });
});

import { beforeAll, expect, it, vi } from "vitest";
import { capturePayment } from "@/lib/giving/payment/capture-payment";
import { beginReconciliation } from "@/lib/giving/reconciliation/look-after-runs";
import { reconcileOn } from "@/lib/giving/reconciliation/reconcile";
import { useGiving } from "./giving-harness.ts";
import { KILLING, useKilling, type Killed } from "./killing.ts";
import { pledged, state, type Paid } from "./webhook-events.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const giving = useGiving();
const killing = useKilling(giving);
let campaign: string;
let returned: Paid;
beforeAll(async () => {
  campaign = await giving.campaign();
  await giving.stripe.control("POST", "settings", { webhooks: "manual" });
  returned = await pledged(giving, campaign);
  await capturePayment(returned.paymentId, "workflow");
});

it("a comparison: whoever goes on heals what is left, and counts each object once", KILLING, async () => {
  let payments = 1;
  let refunds = 0;
  const calls = await killing.afterEachCall(async (): Promise<Killed> => {
    const missed = await pledged(giving, campaign);
    await giving.stripe.client.paymentIntents.capture(missed.intentId);
    await giving.stripe.client.refunds.create({ payment_intent: returned.intentId, amount: 10 });
    payments += 1;
    refunds += 1;
    await beginReconciliation("schedule");
    return {
      work: { do: "reconcile" },
      goesOn: async () => {
        // Null: the process that got through ended it.
        const run = await reconcileOn(null);
        if (run) expect(run).toMatchObject({ state: "completed", counts: { intents: payments, charges: payments } });
        expect(await state(giving, missed)).toBe("completed");
        const [row] = await giving.supabase.sql`
          select refunded_minor::int as refunded, (select count(*)::int from private.reconciliation_discrepancies) as reported
          from public.payments where id = ${returned.paymentId}`;
        expect(row).toEqual({ refunded: refunds * 10, reported: 0 });
      },
    };
  });
  // Five lists and their pages, what is healed, what is booked, and the end.
  expect(calls).toBeGreaterThanOrEqual(15);
});

import "server-only";
import { retrieveIntent } from "@/lib/platform/stripe/intents";
import { StripeOutcomeError } from "@/lib/platform/stripe/outcome";
import { compareIntent } from "./compare-intents";
import { compareMoneyBackById, isDispute, isRefund } from "./compare-money-back";
import type { Findings } from "./findings";
import type { Discrepancy, OurMoneyBack, OurPayment } from "./schemas";
import { listUnseen, readMoneyBack, readPayments } from "./store";

const PAGE = 100;

/**
 * Asks by its id for each object that we have and the provider's lists did not show, and for each older refund and dispute that is not at
 * its end. One that exists is compared like any other; one that does not exist is a difference.
 * @returns where the next page begins, null at the end
 */
export async function compareOurs(runId: string, after: string | null, findings: Findings): Promise<string | null> {
  const unseen = await listUnseen(runId, after, PAGE);
  for (const { id, at } of unseen) await compareOne(id, at, findings);
  return unseen.length === PAGE ? (unseen.at(-1)?.id ?? null) : null;
}

/**
 * Compares an object of ours that the provider did not list; that it has none of that id is a difference.
 * @param at ISO 8601: since when we have known of it
 */
export async function compareOne(id: string, at: string, findings: Findings): Promise<void> {
  try {
    await compareById(id, findings);
  } catch (error) {
    if (!(error instanceof StripeOutcomeError) || error.code !== "resource_missing") throw error;
    findings.note("ours", id, await missing(id, at));
  }
}

async function compareById(id: string, findings: Findings): Promise<void> {
  if (isRefund(id) || isDispute(id)) return compareMoneyBackById(id, findings);
  await compareIntent(await retrieveIntent(id), await readPayments({ intents: [id] }), findings);
}

async function missing(id: string, at: string): Promise<Discrepancy> {
  const [ours]: (OurPayment | OurMoneyBack | undefined)[] = id.startsWith("pi_")
    ? await readPayments({ intents: [id] })
    : await readMoneyBack({ refunds: [id], disputes: [id] });
  return {
    kind: "missing_at_provider",
    objectId: id,
    at,
    paymentId: ours?.paymentId,
    pledgeId: ours?.pledgeId,
    campaignId: ours?.campaignId,
    currency: ours?.currency,
    theirs: {},
    ours: ours
      ? "state" in ours
        ? { state: ours.state }
        : { status: ours.status, amountMinor: ours.amountMinor }
      : {},
  };
}

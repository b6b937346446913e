import "server-only";
import type { Stripe } from "stripe";
import { listCharges, listIntents, type Window } from "@/lib/platform/stripe/lists";
import { retrieveIntent } from "@/lib/platform/stripe/intents";
import { settlePayment } from "@/lib/giving/payment/settle-payment";
import { findPayment, recordIntent } from "@/lib/giving/payment/store";
import type { Findings } from "./findings";
import type { Place } from "./pages-ahead";
import { judgeCharge, judgeIntent, type TheirCharge, type TheirIntent, type Verdict } from "./rules";
import type { OurPayment } from "./schemas";
import { readPayments } from "./store";

export const isoOf = (seconds: number): string => new Date(seconds * 1000).toISOString();
export const idOf = (expandable: string | { readonly id: string } | null | undefined): string | undefined =>
  typeof expandable === "string" ? expandable : expandable?.id;

/** Compares a page of the provider's intents with our payments. @returns where the next page begins, null at the end */
export async function compareIntents({ window, after, pages }: Place, findings: Findings): Promise<string | null> {
  const { items, next } = await pages.page(listIntents, window, after);
  const ours = await readPayments({
    intents: items.map(({ id }) => id),
    payments: items.flatMap(({ metadata }) => uuidIn(metadata["payment"])),
  });
  for (const intent of items) await compareIntent(intent, ours, findings);
  return next;
}

/** Compares one; what seems to differ is read anew on both sides first, because payments go on while they are compared. */
export async function compareIntent(
  listed: Stripe.PaymentIntent,
  ours: readonly OurPayment[],
  findings: Findings,
): Promise<void> {
  let intent = listed;
  let rows = ours;
  let verdict = judge(intent, rows);
  if (verdict !== "matches" && verdict !== "foreign") {
    intent = await retrieveIntent(listed.id);
    const [named] = uuidIn(intent.metadata["payment"]);
    if (verdict === "heal") {
      // Without a payment that names it, it is one whose process died before it could write the answer down.
      const view =
        (await findPayment({ intentId: intent.id })) ?? (named ? await recordIntent(named, intent.id) : null);
      if (view) await settlePayment(view, "reconciliation");
    }
    rows = await readPayments({ intents: [intent.id], payments: named ? [named] : [] });
    const healed = verdict === "heal";
    verdict = judge(intent, rows);
    if (healed && verdict === "matches") findings.count("healed");
    if (verdict === "heal") verdict = stillBehind(intent, rows);
  }
  const mine = rows.find(({ intentId }) => intentId === intent.id);
  findings.note("intents", intent.id, verdict);
  if (verdict === "foreign") return;
  findings.addEach(
    "captured",
    { currency: intent.currency.toUpperCase(), minor: intent.amount_received },
    mine && { currency: mine.currency, minor: mine.capturedMinor },
  );
}

function judge(intent: Stripe.PaymentIntent, rows: readonly OurPayment[]): Verdict {
  const named = rows.find(({ paymentId }) => paymentId === intent.metadata["payment"]);
  return judgeIntent(
    theirIntent(intent),
    rows.find(({ intentId }) => intentId === intent.id),
    named,
  );
}

/** Reading it again did not bring ours to where it is. */
function stillBehind(intent: Stripe.PaymentIntent, rows: readonly OurPayment[]): Verdict {
  const mine = rows.find(({ intentId }) => intentId === intent.id);
  return {
    kind: "state",
    objectId: intent.id,
    at: isoOf(intent.created),
    ...(mine ? { paymentId: mine.paymentId, pledgeId: mine.pledgeId, campaignId: mine.campaignId } : {}),
    currency: intent.currency.toUpperCase(),
    differenceMinor: intent.amount_received - (mine?.capturedMinor ?? 0),
    theirs: { status: intent.status, amountMinor: intent.amount },
    ours: mine ? { state: mine.state } : {},
  };
}

function theirIntent(intent: Stripe.PaymentIntent): TheirIntent {
  return {
    id: intent.id,
    at: isoOf(intent.created),
    status: intent.status,
    amountMinor: intent.amount,
    receivedMinor: intent.amount_received,
    currency: intent.currency.toUpperCase(),
    returned: typeof intent.latest_charge === "object" && intent.latest_charge?.refunded === true,
    paymentId: intent.metadata["payment"],
  };
}

/** Compares a page of the provider's charges: each that took money belongs to one payment, and is its one charge. */
export async function compareCharges({ window, after, pages }: Place, findings: Findings): Promise<string | null> {
  const { items, next } = await pages.page(listCharges, window, after);
  const ours = await readPayments({
    intents: items.flatMap(({ payment_intent }) => idOf(payment_intent) ?? []),
    charges: items.map(({ id }) => id),
  });
  for (const listed of items) {
    const charge = theirCharge(listed);
    const ownerIn = (rows: readonly OurPayment[]) =>
      rows.find(
        ({ intentId, chargeId }) => chargeId === charge.id || (charge.intentId && intentId === charge.intentId),
      );
    let verdict = judgeCharge(charge, ownerIn(ours));
    if (verdict !== "matches" && verdict !== "foreign" && charge.intentId) {
      const view = await findPayment({ intentId: charge.intentId });
      if (view && verdict === "heal") await settlePayment(view, "reconciliation");
      const again = ownerIn(await readPayments({ intents: [charge.intentId], charges: [charge.id] }));
      const healed = verdict === "heal";
      verdict = judgeCharge(charge, again);
      if (healed && verdict === "matches") findings.count("healed");
      if (verdict === "heal") {
        // Ours stands where no capture can be booked any more. That is the intent's difference, and said once, of the intent.
        await compareOlderIntent(charge.intentId, window, findings);
        verdict = "matches";
      }
    }
    findings.note("charges", charge.id, verdict);
  }
  return next;
}

/** Compares an intent that was made before the window, and so stands in no list of it. */
async function compareOlderIntent(intentId: string, { from }: Window, findings: Findings): Promise<void> {
  const intent = await retrieveIntent(intentId);
  if (intent.created * 1000 >= Math.floor(from.getTime() / 1000) * 1000) return;
  await compareIntent(intent, await readPayments({ intents: [intentId] }), findings);
}

function theirCharge(charge: Stripe.Charge): TheirCharge {
  return {
    id: charge.id,
    at: isoOf(charge.created),
    intentId: idOf(charge.payment_intent),
    amountMinor: charge.amount_captured,
    currency: charge.currency.toUpperCase(),
    captured: charge.paid && charge.captured && charge.amount_captured > 0,
    returned: charge.refunded,
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const uuidIn = (text: string | undefined): string[] => (text && UUID.test(text) ? [text] : []);

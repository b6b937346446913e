import { randomUUID } from "node:crypto";
import Stripe from "stripe";
import { POST as webhook } from "@/app/api/webhooks/stripe/route";
import { gift, given, type Giving } from "./giving-harness.ts";

export const signer = new Stripe("sk_signs_only").webhooks;

/** Sends an event as Stripe would. */
export async function send(
  giving: Giving,
  event: object | string,
  o: { secret?: string; timestamp?: number; signature?: string | null } = {},
): Promise<{ status: number; code: string; outcome: string }> {
  const payload = typeof event === "string" ? event : JSON.stringify(event);
  const signature =
    o.signature === undefined
      ? signer.generateTestHeaderString({
          payload,
          secret: o.secret ?? giving.stripe.webhookSecret,
          ...(o.timestamp === undefined ? {} : { timestamp: o.timestamp }),
        })
      : o.signature;
  const answer = await webhook(
    new Request("http://127.0.0.1:3999/api/webhooks/stripe", {
      method: "POST",
      body: payload,
      headers: signature === null ? {} : { "stripe-signature": signature },
    }),
  );
  const body = (await answer.json()) as { code?: string; outcome?: string };
  return { status: answer.status, code: body.code ?? "", outcome: body.outcome ?? "" };
}

export interface Paid {
  readonly pledgeId: string;
  readonly paymentId: string;
  readonly intentId: string;
}

/** A pledge whose webhooks are still with Stripe. */
export async function pledged(giving: Giving, campaign: string, paymentMethod = "pm_card_visa"): Promise<Paid> {
  const reply = await giving.give(gift(campaign, { paymentMethod }));
  const { pledge, payment } = given(reply);
  const [row] = await giving.supabase.sql`select intent_id from public.payments where id = ${payment.id}`;
  return { pledgeId: pledge.id, paymentId: payment.id, intentId: String(row?.["intent_id"]) };
}

export const state = async (giving: Giving, { paymentId }: Paid): Promise<string> => {
  const [row] = await giving.supabase.sql<
    { state: string }[]
  >`select state from public.payments where id = ${paymentId}`;
  return row?.state ?? "";
};
export const inbox = async (giving: Giving, id: string) =>
  (await giving.supabase.sql<{ state: string }[]>`select state from private.webhook_events where id = ${id}`)[0]?.state;

/** Stripe's own events of an intent, oldest first. */
export async function eventsOf(giving: Giving, { intentId }: Paid): Promise<Stripe.Event[]> {
  const events: Stripe.Event[] = [];
  for await (const event of giving.stripe.client.events.list({ limit: 100 })) events.push(event);
  return events.filter((event) => JSON.stringify(event.data.object).includes(intentId)).toReversed();
}
export const named = (events: Stripe.Event[], type: string): Stripe.Event => {
  const found = events.find((event) => event.type === type);
  if (!found) throw new Error(`There is no ${type} among ${events.map((event) => event.type).join(", ")}.`);
  return found;
};
/** The same fact under another event id. */
export const fresh = (event: Stripe.Event): Stripe.Event => ({
  ...event,
  id: `evt_${randomUUID().replaceAll("-", "")}`,
});

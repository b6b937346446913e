import "server-only";
import { z } from "zod";
import { unwrap } from "@/lib/platform/supabase/failure";
import type { Db } from "@/lib/platform/supabase/server";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import {
  disputeNewsSchema,
  failedRefundSchema,
  mailFactsSchema,
  mailKindSchema,
  ownerDigestSchema,
  ownerUpdatesSchema,
  refundNewsSchema,
  type DisputeNews,
  type FailedRefund,
  type MailFacts,
  type MailKind,
  type OwnerDigest,
  type OwnerUpdates,
  type RefundNews,
} from "./schemas";

const claimSchema = z.object({ id: z.uuid(), due: z.boolean(), number: z.number().int(), recipient: z.string() });

interface Claim {
  /** What it tells of: one fact, one mail. */
  readonly fact: string;
  readonly kind: MailKind;
  readonly pledgeId: string | null;
  readonly campaignId: string | null;
  readonly recipient: string;
}

/** Reserves the mail about a fact; `due` is false once it was sent. */
export async function claimMail(claim: Claim): Promise<z.output<typeof claimSchema>> {
  return claimSchema.parse(
    await callTrusted("claim_giving_mail", {
      p_fact: claim.fact,
      p_kind: claim.kind,
      // Generated types know no null arguments; both columns take it.
      p_pledge: claim.pledgeId as string,
      p_campaign: claim.campaignId as string,
      p_recipient: claim.recipient,
    }),
  );
}

/** Notes that the mail's `number`th sending was taken by the provider. */
export async function settleMail(id: string, number: number): Promise<void> {
  await callTrusted("settle_giving_mail", { p_id: id, p_number: number });
}

const knownMailSchema = z.object({
  id: z.uuid(),
  fact: z.string(),
  kind: mailKindSchema,
  pledgeId: z.uuid().nullable(),
  campaignId: z.uuid().nullable(),
  recipient: z.string(),
  number: z.number().int(),
});

/** A mail that the actor may send again. @throws AppError `not_found`, `forbidden` */
export async function readMail(actorId: string, mailId: string): Promise<z.output<typeof knownMailSchema>> {
  return knownMailSchema.parse(await callTrusted("read_giving_mail", { p_actor: actorId, p_id: mailId }));
}

/** What a mail about a payment says; null for a payment that there is not. */
export async function readMailFacts(paymentId: string): Promise<MailFacts | null> {
  return mailFactsSchema.nullable().parse(await callTrusted("read_mail_facts", { p_payment: paymentId }));
}

/** A refund that came to nothing, and whom it concerns; null for any other, and when nobody is left to tell. */
export async function readFailedRefund(refundId: string): Promise<FailedRefund | null> {
  return failedRefundSchema.nullable().parse(await callTrusted("read_failed_refund", { p_refund: refundId }));
}

/** How a refund stands; null: there is none. */
export async function readRefundNews(refundId: string): Promise<RefundNews | null> {
  return refundNewsSchema.nullable().parse(await callTrusted("read_refund_news", { p_refund: refundId }));
}

/** A dispute and whom it concerns; null: there is none. */
export async function readDisputeNews(disputeId: string): Promise<DisputeNews | null> {
  return disputeNewsSchema.nullable().parse(await callTrusted("read_dispute_news", { p_dispute: disputeId }));
}

/** The campaigns with gifts in this time whose owner has a digest. */
export async function listDigests(from: string, to: string): Promise<OwnerDigest[]> {
  return z.array(ownerDigestSchema).parse(await callTrusted("list_owner_digests", { p_from: from, p_to: to }));
}

/** How `db`'s own person hears of gifts; a digest unless they chose. */
export async function readOwnerUpdates(db: Db, userId: string): Promise<OwnerUpdates> {
  const row = unwrap(await db.from("owner_mail_preferences").select("updates").eq("user_id", userId).maybeSingle());
  return ownerUpdatesSchema.parse(row?.updates ?? "digest");
}

export async function writeOwnerUpdates(userId: string, updates: OwnerUpdates): Promise<void> {
  await callTrusted("set_owner_updates", { p_user: userId, p_updates: updates });
}

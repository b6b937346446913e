import "server-only";
import { appLink } from "@/lib/platform/mail/app-link";
import { giftLink, post, type Letter } from "../post";
import { failedRefundMail } from "../rules";
import type { DisputeNews, DisputeStage, FailedRefund, MailKind } from "../schemas";
import { claimMail, readDisputeNews, readFailedRefund, readMailFacts, readRefundNews } from "../store";
import { correctionMail, disputeMail, disputeOwnerMail, disputeStageOf } from "./rules";

/** Mails about money that went back, or did not. */
type MoneyBackKind = Extract<MailKind, "refund_failed" | "refund_corrected" | "dispute" | "dispute_owner">;

export const isMoneyBackMail = (kind: MailKind): kind is MoneyBackKind =>
  ["refund_failed", "refund_corrected", "dispute", "dispute_owner"].includes(kind);

const pledgeLink = (pledgeId: string): string => appLink(`/admin/pledges/${pledgeId}`);

const failedRefundLetter = (refund: FailedRefund): Letter => ({
  words: failedRefundMail(refund),
  url: pledgeLink(refund.pledgeId),
});

/**
 * Tells who asked for a refund, or who owns the campaign, that it came to nothing; once, however often it is asked.
 * @returns whether a mail was sent now
 * @throws AppError `provider_unavailable` when the mail provider does not take it: ask again
 */
export async function sendFailedRefundMail(refundId: string): Promise<boolean> {
  const refund = await readFailedRefund(refundId);
  if (!refund) return false;
  const claim = await claimMail({
    fact: `refund_failed:${refund.paymentId}:${refundId}`,
    kind: "refund_failed",
    pledgeId: refund.pledgeId,
    campaignId: refund.campaignId,
    recipient: refund.to.email,
  });
  if (!claim.due) return false;
  await post({ id: claim.id, number: claim.number, to: claim.recipient, ...failedRefundLetter(refund) });
  return true;
}

/**
 * Tells the donor that a refund of which they had been told did not arrive; once.
 * @returns whether a mail was sent now
 * @throws AppError `provider_unavailable`: ask again
 */
export async function sendCorrectionMail(refundId: string): Promise<boolean> {
  const refund = await readRefundNews(refundId);
  if (!refund?.hadSucceeded || refund.status !== "failed") return false;
  const facts = await readMailFacts(refund.paymentId);
  if (!facts) return false;
  const claim = await claimMail({
    fact: `refund_corrected:${refund.paymentId}:${refundId}`,
    kind: "refund_corrected",
    pledgeId: facts.pledgeId,
    campaignId: null,
    recipient: facts.donor.email,
  });
  if (!claim.due) return false;
  const letter = { words: correctionMail(facts, refund.amountMinor), url: giftLink(facts.pledgeId) };
  await post({ id: claim.id, number: claim.number, to: claim.recipient, ...letter });
  return true;
}

/** Whether the provider still says that a refund is through: of one that has failed since, a correction tells. */
export async function isThrough(refundId: string): Promise<boolean> {
  return (await readRefundNews(refundId))?.status === "succeeded";
}

function disputeLetter(kind: "dispute" | "dispute_owner", news: DisputeNews, stage: DisputeStage): Letter | null {
  if (kind === "dispute_owner")
    return { words: disputeOwnerMail(news, stage), url: appLink(`/admin/disputes/${news.disputeId}`) };
  const words = disputeMail(news, stage);
  return words && { words, url: giftLink(news.pledgeId) };
}

/**
 * Tells the donor, or who owns the campaign, how a dispute stands; each stage once. What has been overtaken meanwhile is not told:
 * what came of it is.
 * @param status of which the event tells
 * @returns whether a mail was sent now
 * @throws AppError `provider_unavailable`: ask again
 */
export async function sendDisputeMail(
  kind: "dispute" | "dispute_owner",
  disputeId: string,
  status: string,
): Promise<boolean> {
  const stage = disputeStageOf(status);
  const news = stage && (await readDisputeNews(disputeId));
  if (!news || news.status !== status) return false;
  const to = kind === "dispute" ? news.donor.email : news.owner?.email;
  const letter = disputeLetter(kind, news, stage);
  if (!to || !letter) return false;
  const claim = await claimMail({
    fact: `${kind}:${news.paymentId}:${disputeId}:${stage}`,
    kind,
    pledgeId: news.pledgeId,
    campaignId: kind === "dispute" ? null : news.campaignId,
    recipient: to,
  });
  if (!claim.due) return false;
  await post({ id: claim.id, number: claim.number, to: claim.recipient, ...letter });
  return true;
}

/** A mail as it would be written now, to be sent once more; null when what it told of is over. */
export async function moneyBackLetter(
  kind: MoneyBackKind,
  paymentId: string,
  about: string,
  stage: string,
): Promise<Letter | null> {
  if (kind === "refund_failed") {
    const failed = await readFailedRefund(about);
    return failed && failedRefundLetter(failed);
  }
  if (kind === "refund_corrected") {
    const [refund, facts] = [await readRefundNews(about), await readMailFacts(paymentId)];
    if (refund?.status !== "failed" || !facts) return null;
    return { words: correctionMail(facts, refund.amountMinor), url: giftLink(facts.pledgeId) };
  }
  const news = await readDisputeNews(about);
  const now = news && disputeStageOf(news.status);
  return now && now === stage ? disputeLetter(kind, news, now) : null;
}

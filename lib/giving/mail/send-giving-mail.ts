import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { appLink } from "@/lib/platform/mail/app-link";
import type { Db } from "@/lib/platform/supabase/server";
import { isSignature, signatureOf } from "@/lib/platform/signing/signature";
import { isMoneyBackMail, moneyBackLetter } from "./money-back/send-money-back-mail";
import { giftLink, post, type WayOut } from "./post";
import { digestMail, paymentMail, type PaymentMailKind } from "./rules";
import type { MailFacts, OwnerDigest, OwnerUpdates } from "./schemas";
import { claimMail, listDigests, readMail, readMailFacts, readOwnerUpdates, writeOwnerUpdates } from "./store";

/** A fact's name: the same thing told twice has the same. A second refund of a payment is another fact. */
function factOf(kind: PaymentMailKind, facts: MailFacts, about: string): string {
  return kind === "refund" ? `refund:${facts.paymentId}:${about}` : `${kind}:${facts.paymentId}`;
}

const UNSUBSCRIBE = "owner-updates:v1";

function wayOutOf(userId: string): WayOut {
  const query = { user: userId, token: signatureOf(UNSUBSCRIBE, userId) };
  return { pageUrl: appLink("/unsubscribe", query), postUrl: appLink("/api/v1/mail/unsubscribe", query) };
}

function addressee(kind: PaymentMailKind, facts: MailFacts): { to: string; url: string; unsubscribe?: WayOut } | null {
  if (kind !== "owner_gift") return { to: facts.donor.email, url: giftLink(facts.pledgeId) };
  if (facts.owner?.updates !== "each") return null;
  return {
    to: facts.owner.email,
    url: appLink("/admin/pledges", { campaign: facts.campaignId }),
    unsubscribe: wayOutOf(facts.owner.id),
  };
}

/** Whether the donor's newest try has failed: of an earlier one the page has told, and what comes of the newest counts. */
const hasComeToNothing = ({ state, newest }: MailFacts): boolean => newest && ["failed", "canceled"].includes(state);

/**
 * Mails about a payment, once for each fact, however often it is asked.
 * @param about the refund, for mails about one
 * @returns whether a mail was sent now; never that a payment failed when something was tried after it
 * @throws AppError `provider_unavailable` when the mail provider does not take it: ask again
 */
export async function sendPaymentMail(kind: PaymentMailKind, paymentId: string, about = paymentId): Promise<boolean> {
  const facts = await readMailFacts(paymentId);
  if (!facts || (kind === "failure" && !hasComeToNothing(facts))) return false;
  const target = addressee(kind, facts);
  if (!target) return false;
  const claim = await claimMail({
    fact: factOf(kind, facts, about),
    kind,
    pledgeId: facts.pledgeId,
    campaignId: kind === "owner_gift" ? facts.campaignId : null,
    recipient: target.to,
  });
  if (!claim.due) return false;
  await post({ id: claim.id, number: claim.number, words: paymentMail(kind, facts), ...target });
  return true;
}

/**
 * Sends a mail once more, as its facts are now.
 * @throws AppError `not_found`, `forbidden`, `conflict` for a digest, `provider_unavailable`
 */
export async function resendMail(actorId: string, mailId: string): Promise<{ readonly to: string }> {
  const mail = await readMail(actorId, mailId);
  const [, paymentId = "", about = "", stage = ""] = mail.fact.split(":");
  const letter = isMoneyBackMail(mail.kind) ? await moneyBackLetter(mail.kind, paymentId, about, stage) : null;
  if (letter) {
    await post({ id: mail.id, number: mail.number, to: mail.recipient, ...letter });
    return { to: mail.recipient };
  }
  if (isMoneyBackMail(mail.kind) || mail.kind === "owner_digest")
    throw new AppError("conflict", "What this mail told of is over. It is not sent again.");
  const facts = await readMailFacts(paymentId);
  if (!facts) throw new AppError("not_found", "There is no such payment any more.");
  const way =
    mail.kind === "owner_gift"
      ? {
          url: appLink("/admin/pledges", { campaign: facts.campaignId }),
          ...(facts.owner ? { unsubscribe: wayOutOf(facts.owner.id) } : {}),
        }
      : { url: giftLink(facts.pledgeId) };
  await post({ id: mail.id, number: mail.number, to: mail.recipient, words: paymentMail(mail.kind, facts), ...way });
  return { to: mail.recipient };
}

const DAY_MS = 86_400_000;

/**
 * Mails each owner the gifts of one UTC day, a mail for each campaign.
 * @param day `YYYY-MM-DD`
 * @returns how many were sent now
 */
export async function sendDigests(day: string): Promise<number> {
  const from = Date.parse(`${day}T00:00:00Z`);
  let sent = 0;
  for (const digest of await listDigests(new Date(from).toISOString(), new Date(from + DAY_MS).toISOString()))
    if (await sendDigest(digest, day)) sent += 1;
  return sent;
}

async function sendDigest(digest: OwnerDigest, day: string): Promise<boolean> {
  const claim = await claimMail({
    fact: `owner_digest:${digest.campaignId}:${day}`,
    kind: "owner_digest",
    pledgeId: null,
    campaignId: digest.campaignId,
    recipient: digest.owner.email,
  });
  if (!claim.due) return false;
  await post({
    id: claim.id,
    number: claim.number,
    to: digest.owner.email,
    words: digestMail(digest, day),
    url: appLink("/admin/pledges", { campaign: digest.campaignId }),
    unsubscribe: wayOutOf(digest.owner.id),
  });
  return true;
}

/** How the signed-in owner hears of gifts. */
export async function ownerUpdatesOf(db: Db, userId: string): Promise<OwnerUpdates> {
  return readOwnerUpdates(db, userId);
}

/** How the signed-in owner wants to hear of gifts. */
export async function setOwnerUpdates(userId: string, updates: OwnerUpdates): Promise<void> {
  await writeOwnerUpdates(userId, updates);
}

/**
 * Ends mails to owners by the link in them, without signing in.
 * @throws AppError `forbidden` for a link that is not ours
 */
export async function endOwnerUpdates(userId: string, token: string): Promise<void> {
  if (!isSignature(UNSUBSCRIBE, userId, token))
    throw new AppError("forbidden", "This link is not one of ours. Use the one in the mail, or your settings.");
  await writeOwnerUpdates(userId, "none");
}

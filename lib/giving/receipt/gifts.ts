import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { toCsv } from "@/lib/kernel/csv";
import { formatMoney, plainAmount } from "@/lib/kernel/money";
import { decodeCursor, encodeCursor, momentPosition } from "../campaign/cursor";
import { cardWords, dayOf, receiptNumber } from "../mail/rules";
import type { MailFacts } from "../mail/schemas";
import { readMailFacts } from "../mail/store";
import { Sheet } from "./document";
import type { Gift, StatementRange } from "./schemas";
import { listGifts } from "./store";

const DAY_MS = 86_400_000;
/** A statement lists at most this many gifts: more is asked for by shorter times. */
const STATEMENT_GIFTS = 5_000;

/** A page of somebody's own gifts, newest first. */
export async function pageOfGifts(
  userId: string,
  limit: number,
  cursor?: string,
): Promise<{ readonly items: readonly Gift[]; readonly nextCursor: string | null }> {
  const { items, next } = await listGifts(userId, {}, decodeCursor(momentPosition, cursor), limit);
  return { items, nextCursor: encodeCursor(next) };
}

/** A gift whose money was taken. */
type TakenGift = Gift & { readonly capturedAt: string };

/** The gifts of a statement, by the day on which their money was taken, as their receipts have it. */
async function giftsWithin(userId: string, { from, to }: StatementRange): Promise<readonly TakenGift[]> {
  const { items, next } = await listGifts(
    userId,
    { from: `${from}T00:00:00Z`, to: new Date(Date.parse(`${to}T00:00:00Z`) + DAY_MS).toISOString() },
    null,
    STATEMENT_GIFTS,
  );
  if (next)
    throw new AppError(
      "rule_broken",
      `A statement lists at most ${STATEMENT_GIFTS.toLocaleString("en")} gifts. Choose a shorter time.`,
    );
  return items.flatMap(({ capturedAt, ...gift }) => (capturedAt === null ? [] : [{ ...gift, capturedAt }]));
}

/** What of a gift went back to the donor: refunded by us, or taken back by their bank. */
const returnedOf = (gift: Pick<Gift, "refundedMinor" | "lostMinor">): number => gift.refundedMinor + gift.lostMinor;

/** What was given, returned and kept, by currency: sums of different moneys are never added. */
export function sumsOf(
  gifts: readonly Pick<Gift, "currency" | "amountMinor" | "coverMinor" | "refundedMinor" | "lostMinor">[],
): readonly { readonly currency: string; readonly givenMinor: number; readonly returnedMinor: number }[] {
  const sums = new Map<string, { givenMinor: number; returnedMinor: number }>();
  for (const gift of gifts) {
    const sum = sums.get(gift.currency) ?? { givenMinor: 0, returnedMinor: 0 };
    sums.set(gift.currency, {
      givenMinor: sum.givenMinor + gift.amountMinor + gift.coverMinor,
      returnedMinor: sum.returnedMinor + returnedOf(gift),
    });
  }
  return [...sums].map(([currency, sum]) => ({ currency, ...sum }));
}

/** A donor's gifts of some days as CSV. */
export async function statementCsv(userId: string, range: StatementRange): Promise<string> {
  const gifts = await giftsWithin(userId, range);
  return toCsv(
    ["date", "campaign", "gift", "covered_fees", "returned", "currency", "pledge"],
    gifts.map((gift) => [
      gift.capturedAt.slice(0, 10),
      gift.campaignTitle,
      plainAmount(gift.amountMinor, gift.currency),
      plainAmount(gift.coverMinor, gift.currency),
      plainAmount(returnedOf(gift), gift.currency),
      gift.currency,
      gift.id,
    ]),
  );
}

/** A donor's gifts of some days as a PDF. */
export async function statementPdf(
  donor: { readonly id: string; readonly name: string; readonly email: string },
  range: StatementRange,
): Promise<Buffer> {
  const gifts = await giftsWithin(donor.id, range);
  const sheet = new Sheet("Statement of gifts", `${dayOf(range.from)} to ${dayOf(range.to)}`).facts([
    { label: "Donor", value: donor.name },
    { label: "E-mail", value: donor.email },
    { label: "Gifts", value: gifts.length.toLocaleString("en") },
    ...sumsOf(gifts).flatMap(({ currency, givenMinor, returnedMinor }) => [
      { label: `Given in ${currency}`, value: formatMoney(givenMinor, currency) },
      ...(returnedMinor > 0
        ? [
            { label: `Returned in ${currency}`, value: formatMoney(returnedMinor, currency) },
            { label: `Kept in ${currency}`, value: formatMoney(givenMinor - returnedMinor, currency) },
          ]
        : []),
    ]),
  ]);
  if (gifts.length > 0) {
    sheet.table(
      [
        { title: "Date", share: 0.18 },
        { title: "Campaign", share: 0.42 },
        { title: "Charged", share: 0.2, align: "right" },
        { title: "Returned", share: 0.2, align: "right" },
      ],
      gifts.map((gift) => [
        dayOf(gift.capturedAt),
        gift.campaignTitle,
        formatMoney(gift.amountMinor + gift.coverMinor, gift.currency),
        returnedOf(gift) > 0 ? formatMoney(returnedOf(gift), gift.currency) : "",
      ]),
    );
  }
  return sheet
    .small(
      "Days are in UTC, and are those on which the money was taken. Charged is the gift with the fees that the donor covered.",
    )
    .end();
}

/** The facts of a receipt. @throws AppError `conflict` before the money was taken, `not_found` */
export async function receiptFacts(paymentId: string): Promise<MailFacts & { readonly capturedAt: string }> {
  const facts = await readMailFacts(paymentId);
  if (!facts) throw new AppError("not_found", "There is no such payment.");
  const { capturedAt } = facts;
  if (capturedAt === null)
    throw new AppError(
      "conflict",
      "There is no receipt yet: the money has not been taken. We mail it as soon as it is.",
    );
  return { ...facts, capturedAt };
}

/** A receipt as a PDF. @throws AppError `conflict`, `not_found` */
export async function receiptPdf(paymentId: string): Promise<Buffer> {
  const facts = await receiptFacts(paymentId);
  const money = (minor: number): string => formatMoney(minor, facts.currency);
  return new Sheet("Receipt", receiptNumber(paymentId, facts.capturedAt))
    .facts([
      { label: "Date", value: dayOf(facts.capturedAt) },
      ...(facts.donor.name ? [{ label: "From", value: facts.donor.name }] : []),
      { label: facts.donor.name ? "E-mail" : "From", value: facts.donor.email },
      { label: "For", value: facts.campaignTitle },
      { label: "Gift", value: money(facts.giftMinor) },
      ...(facts.coverMinor > 0 ? [{ label: "Covered fees", value: money(facts.coverMinor) }] : []),
      { label: "Charged in all", value: money(facts.totalMinor) },
      ...(returnedOf(facts) > 0 ? [{ label: "Returned since", value: money(returnedOf(facts)) }] : []),
      { label: "Paid with", value: cardWords(facts.cardBrand, facts.cardLast4) },
      { label: "Payment", value: paymentId },
    ])
    .small(
      "CareForAll passes gifts on to campaigns. Whether a gift lowers your taxes depends on the campaign and on where you live; this receipt says what was paid.",
    )
    .end();
}

import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";
import type { PledgeAnswer } from "@/lib/giving/pledge/schemas";
import { formatMoney } from "@/lib/kernel/money";

export type Stage =
  | "bank"
  | "pending"
  | "held"
  | "taken"
  | "arrived"
  | "failed"
  | "canceled"
  | "partly_refunded"
  | "refunded"
  | "disputed"
  | "charged_back";

/** Where a gift stands, from the donor's side. */
export function stageOf({ pledge, payment }: PledgeAnswer): Stage {
  switch (pledge.shown) {
    case "partly_refunded":
    case "refunded":
    case "disputed":
    case "charged_back":
    case "failed":
    case "canceled":
      return pledge.shown;
    case "completed":
      return "arrived";
    case "captured":
      return "taken";
    default:
      if (payment.state === "authorized") return "held";
      return payment.nextAction ? "bank" : "pending";
  }
}

interface Words {
  readonly title: string;
  readonly lead: (about: { readonly gift: string; readonly campaign: string }) => string;
}

export const TITLES: Readonly<Record<Stage, Words>> = {
  bank: {
    title: "One question from your bank",
    lead: ({ gift, campaign }) => `${gift} for ${campaign} waits for your word. Nothing is held on your card yet.`,
  },
  pending: {
    title: "We are asking your bank",
    lead: ({ gift, campaign }) =>
      `${gift} for ${campaign} is on its way. This page follows it by itself; you can also close it, we write to you.`,
  },
  held: {
    title: "Thank you. Your gift is held on your card",
    lead: ({ gift, campaign }) =>
      `${gift} for ${campaign} is reserved. We check each payment before we take the money, mostly within a minute or two.`,
  },
  taken: {
    title: "Thank you. Your gift was taken",
    lead: ({ gift, campaign }) =>
      `${gift} counts as raised for ${campaign} now. The receipt is on its way to your inbox.`,
  },
  arrived: {
    title: "Thank you. Your gift has arrived",
    lead: ({ gift, campaign }) => `${gift} counts as raised for ${campaign}. Your receipt is below and in your inbox.`,
  },
  failed: {
    title: "Your gift did not go through",
    lead: ({ gift, campaign }) => `${gift} for ${campaign}: your bank said no, and your card was not charged.`,
  },
  canceled: {
    title: "This gift was cancelled",
    lead: ({ gift, campaign }) =>
      `${gift} for ${campaign} was not taken. If something was held on your card, the hold ends by itself.`,
  },
  partly_refunded: {
    title: "Part of your gift was returned",
    lead: ({ campaign }) => `Your gift to ${campaign} stands, less what was returned to your card.`,
  },
  refunded: {
    title: "Your gift was returned",
    lead: ({ gift, campaign }) =>
      `${gift} for ${campaign} went back to your card. Banks take five to ten days to show it.`,
  },
  disputed: {
    title: "Your bank is asking about this gift",
    lead: ({ gift, campaign }) =>
      `${gift} for ${campaign} was questioned with the bank. Nothing need be done until it has decided.`,
  },
  charged_back: {
    title: "The bank took this gift back",
    lead: ({ gift, campaign }) => `${gift} for ${campaign} was given back by the bank after a dispute.`,
  },
};

/** How many of the steps are done: promised, held, taken, arrived. */
const REACHED: Readonly<Record<Stage, number>> = {
  bank: 1,
  pending: 1,
  held: 2,
  taken: 3,
  arrived: 4,
  failed: 1,
  canceled: 1,
  partly_refunded: 4,
  refunded: 4,
  disputed: 4,
  charged_back: 4,
};

/** The way of the money in steps, those done ticked; an end that is not the good one has its own line. */
export function Steps({ answer }: { readonly answer: PledgeAnswer }): ReactNode {
  const stage = stageOf(answer);
  const { pledge, payment } = answer;
  const total = formatMoney(pledge.totalMinor, pledge.currency);
  const reached = REACHED[stage];
  const card = payment.card ? `card ending in ${payment.card.last4}` : "card";
  const ended = stage === "failed" || stage === "canceled";
  const steps = [
    { name: "Promised", words: `You promised ${total}.` },
    { name: "Held", words: `Your bank ${reached > 2 ? "kept" : "keeps"} ${total} on your ${card} for us.` },
    { name: "Taken", words: "We have checked the payment and taken the money. It counts as raised." },
    { name: "Arrived", words: "It stands in the campaign’s books, and you have a receipt." },
  ];
  const shown = ended ? steps.slice(0, 1) : steps;
  return (
    <ol className="flex flex-col" aria-label="The way of your money">
      {shown.map((step, at) => {
        const done = at < reached;
        const current = at === reached && !ended;
        return (
          <li
            key={step.name}
            className="relative flex gap-4 pb-5 last:pb-0"
            aria-current={current ? "step" : undefined}
          >
            {at < shown.length - 1 || ended ? (
              <span
                aria-hidden="true"
                className={classNames("absolute top-7 bottom-0 left-[13px] w-0.5", done ? "bg-accent" : "bg-line")}
              />
            ) : null}
            <Mark done={done} current={current} />
            <div className="pt-0.5">
              <p className={classNames("font-medium", !done && !current && "text-muted")}>
                {step.name}
                <span className="sr-only">{done ? ": done" : current ? ": under way" : ": to come"}</span>
              </p>
              {done || current ? (
                <p className="text-muted">{current && at === 1 ? "Your bank is being asked." : step.words}</p>
              ) : null}
            </div>
          </li>
        );
      })}
      {ended ? (
        <li className="flex gap-4">
          <span
            aria-hidden="true"
            className="flex size-7 shrink-0 items-center justify-center rounded-full border-2 border-danger text-danger"
          >
            <svg viewBox="0 0 16 16" className="size-3.5">
              <path d="m4 4 8 8m0-8-8 8" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
            </svg>
          </span>
          <div className="pt-0.5">
            <p className="font-medium">{stage === "failed" ? "Refused" : "Cancelled"}</p>
            <p className="text-muted">{DECLINES[payment.declineCode ?? ""] ?? "Nothing was charged."}</p>
          </div>
        </li>
      ) : null}
      {pledge.refundedMinor > 0 ? (
        <Afterwards name="Returned">
          {formatMoney(pledge.refundedMinor, pledge.currency)} went back to your card.
        </Afterwards>
      ) : null}
      {stage === "disputed" ? (
        <Afterwards name="Questioned" current>
          Your bank looks into it. Until it has decided, the gift still counts as raised.
        </Afterwards>
      ) : null}
      {stage === "charged_back" ? (
        <Afterwards name="Taken back">Your bank took the money back. It does not count as raised any more.</Afterwards>
      ) : null}
    </ol>
  );
}

/** What came after the gift had arrived. */
function Afterwards({
  name,
  current = false,
  children,
}: {
  readonly name: string;
  readonly current?: boolean;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <li className="flex gap-4 pt-5" aria-current={current ? "step" : undefined}>
      <Mark done={!current} current={current} />
      <div className="pt-0.5">
        <p className="font-medium">{name}</p>
        <p className="text-muted">{children}</p>
      </div>
    </li>
  );
}

/** The reasons that banks give and that help to know. */
const DECLINES: Readonly<Record<string, string>> = {
  insufficient_funds: "There was not enough money on the card. Nothing was charged.",
  expired_card: "The card has expired. Nothing was charged.",
  incorrect_cvc: "The security code was wrong. Nothing was charged.",
  incorrect_number: "The card’s number was wrong. Nothing was charged.",
  lost_card: "Your bank refused this card; it can tell you why. Nothing was charged.",
  stolen_card: "Your bank refused this card; it can tell you why. Nothing was charged.",
  generic_decline: "Your bank refused this card without saying why. Nothing was charged.",
  authentication_required: "Your bank wanted a confirmation that did not come. Nothing was charged.",
};

function Mark({ done, current }: { readonly done: boolean; readonly current: boolean }): ReactNode {
  return (
    <span
      aria-hidden="true"
      className={classNames(
        "flex size-7 shrink-0 items-center justify-center rounded-full border-2",
        done
          ? "border-accent bg-accent text-on-accent"
          : current
            ? "border-accent bg-surface"
            : "border-line bg-surface",
      )}
    >
      {done ? (
        <svg viewBox="0 0 16 16" className="size-4">
          <path
            d="m3.5 8.5 3 3 6-7"
            fill="none"
            stroke="currentColor"
            strokeWidth="2"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </svg>
      ) : current ? (
        <span className="size-2.5 animate-[breathe_1.6s_ease-in-out_infinite] rounded-full bg-accent" />
      ) : null}
    </span>
  );
}

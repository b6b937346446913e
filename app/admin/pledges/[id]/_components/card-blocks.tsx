import type { ReactNode } from "react";
import { LiftForm } from "@/app/admin/blocks/_components/lift-form";
import { TextLink } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import type { CardOfPledge } from "@/lib/giving/administration/schemas";
import { BlockForm } from "./block-form";

/** The cards that paid, for an operator: whether each may pay again. */
export function CardBlocks({
  pledgeId,
  cards,
}: {
  readonly pledgeId: string;
  readonly cards: readonly CardOfPledge[];
}): ReactNode {
  if (cards.length === 0) return null;
  return (
    <Panel
      title={cards.length === 1 ? "This card" : "These cards"}
      description={
        <>
          What a blocked card gives is let go instead of taken, whatever name and address come with it. All that stand
          are under <TextLink href="/admin/blocks">Blocks</TextLink>.
        </>
      }
    >
      <ul className="divide-y divide-line">
        {cards.map((card) => (
          <li key={card.paymentId} className="flex flex-col gap-2 py-3 first:pt-0 last:pb-0">
            <span className="font-medium">{wordsOf(card)}</span>
            {card.block ? (
              <>
                <p className="wrap-anywhere">
                  Blocked by {card.block.by ?? "somebody whose account is gone"} <Time at={card.block.createdAt} />{" "}
                  until <Time at={card.block.expiresAt} />: “{card.block.reason}”
                </p>
                <LiftForm blockId={card.block.id} pledgeId={pledgeId} whom={wordsOf(card)} />
              </>
            ) : (
              <BlockForm pledgeId={pledgeId} paymentId={card.paymentId} card={wordsOf(card)} />
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const wordsOf = ({ cardBrand, cardLast4 }: CardOfPledge): string =>
  cardLast4 ? `${cardBrand ?? "card"} ending in ${cardLast4}` : "a card of which no more is known";

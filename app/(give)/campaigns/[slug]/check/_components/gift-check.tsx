"use client";

import { useState, type FormEvent, type ReactNode } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { giftInTotalSchema, type GiftInTotal } from "@/lib/giving/reconciliation/schemas";
import { formatMoney } from "@/lib/kernel/money";

/** A gift's page: its id, and behind the `#` the token that opens it. A bare id does for who is signed in. */
const GIFT = /([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:[^#]*#(\S+))?/i;

type Answer =
  | { readonly kind: "none" | "asking" }
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "known"; readonly gift: GiftInTotal };

/** Asks whether one's own gift is in the total. The token goes into a header, never into an address. */
export function GiftCheck({ campaignId }: { readonly campaignId: string }): ReactNode {
  const [answer, setAnswer] = useState<Answer>({ kind: "none" });
  const ask = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const link = String(new FormData(event.currentTarget).get("link") ?? "");
    const [, id, token] = GIFT.exec(link) ?? [];
    if (!id) {
      setAnswer({ kind: "refused", message: "That is no link to a gift. Copy the whole address from your mail." });
      return;
    }
    setAnswer({ kind: "asking" });
    setAnswer(await look(id, token));
  };
  return (
    <form onSubmit={(event) => void ask(event)} className="flex flex-col gap-4">
      <noscript>
        <p className="text-muted">
          This check needs JavaScript: the key to your gift stands behind the # of its link, which a form would not
          send.
        </p>
      </noscript>
      <Input
        name="link"
        label="The link to your gift"
        autoComplete="off"
        spellCheck={false}
        maxLength={500}
        help="It stands in the mail that thanked you, and at the top of your gift’s page. It is asked of this site alone, and not kept."
        error={answer.kind === "refused" ? answer.message : undefined}
        className="max-w-form"
      />
      <div>
        <Button type="submit" variant="primary" disabled={answer.kind === "asking"}>
          {answer.kind === "asking" ? "Looking…" : "Look"}
        </Button>
      </div>
      <div aria-live="polite">{answer.kind === "known" ? <Says gift={answer.gift} here={campaignId} /> : null}</div>
    </form>
  );
}

async function look(id: string, token: string | undefined): Promise<Answer> {
  try {
    const response = await fetch(`/api/v1/pledges/${id}/counted`, {
      headers: { accept: "application/json", ...(token ? { "x-status-token": token } : {}) },
      cache: "no-store",
    });
    const body: unknown = await response.json();
    if (response.ok) return { kind: "known", gift: giftInTotalSchema.parse(body) };
    const detail = (body as { detail?: unknown }).detail;
    return {
      kind: "refused",
      message: typeof detail === "string" ? detail : "It could not be looked up just now. Try again in a minute.",
    };
  } catch {
    return { kind: "refused", message: "We could not be reached. Check your connection and try again." };
  }
}

function Says({ gift, here }: { readonly gift: GiftInTotal; readonly here: string }): ReactNode {
  if (gift.campaignId !== here)
    return (
      <Alert title="This gift went to another campaign">Its own campaign’s page has the total that it is in.</Alert>
    );
  const amount = formatMoney(gift.countedMinor, gift.currency);
  if (gift.waiting)
    return (
      <Alert title="It is on its way into the total">
        A step of it was booked a moment ago; {amount} of it counts so far. Look again in a minute.
      </Alert>
    );
  if (gift.countedMinor > 0)
    return (
      <Alert tone="success" title={`Your gift is in the total with ${amount}`}>
        It is counted without what you added for the fees, and less what went back to you, if anything did.
      </Alert>
    );
  return (
    <Alert tone="warning" title="It is not in the total">
      Nothing was taken from your card for it, or all of it went back. Your gift’s page tells which.
    </Alert>
  );
}

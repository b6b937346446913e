"use client";

import { useEffect, useEffectEvent, useRef, useState, type RefObject } from "react";
import {
  forgetAttempt,
  pledgePath,
  recallAttempt,
  refreshPledge,
  rememberAttempt,
  sendAttempt,
  type Attempt,
  type Problem,
} from "./attempt";
import type { CardForm } from "./card-form";

export type GiftState =
  | { readonly kind: "idle"; readonly problem: Problem | null }
  | { readonly kind: "busy"; readonly words: string }
  /** Nobody knows what came of it; sending the same again tells. */
  | { readonly kind: "unknown"; readonly message: string }
  | { readonly kind: "challenge"; readonly siteKey: string }
  /** This tab has given already. */
  | { readonly kind: "already"; readonly attempt: Attempt };

/** How often a lost answer is asked for by itself before the donor is left to do it. */
const QUIET_TRIES = 4;

/**
 * One gift from the form to its page. A try is kept before it is sent, so that a second press, a reload, the back button
 * and a lost connection all come back to it instead of making another.
 * @param name what the gift is for; each has one try at a time in a tab
 */
export function useGift(
  name: string,
  card: RefObject<CardForm | null>,
  /** Of another card for a pledge that there is already: which, and what to do instead of going to its page. */
  existing?: { readonly pledge: { readonly id: string; readonly token: string | null }; readonly onMade: () => void },
) {
  const [state, setState] = useState<GiftState>({ kind: "idle", problem: null });
  const underWay = useRef(false);
  /** The pledge of a refused card: the next card is for the same one, as long as nothing else changed. */
  const failed = useRef<{
    readonly about: string;
    readonly pledge: { readonly id: string; readonly token: string };
  } | null>(null);

  const arrive = (pledge: { readonly id: string; readonly token: string }): void => {
    if (existing) existing.onMade();
    else window.location.assign(pledgePath(pledge));
  };

  const drive = async (attempt: Attempt, about: string, challengeToken?: string): Promise<void> => {
    setState({ kind: "busy", words: "Asking your bank…" });
    for (let tries = 0; ; tries += 1) {
      const outcome = await sendAttempt(attempt, challengeToken);
      if (outcome.kind === "made") {
        const made: Attempt = { ...attempt, state: "made", body: "", pledge: outcome.pledge };
        rememberAttempt(name, made);
        if (outcome.clientSecret !== null) {
          setState({ kind: "busy", words: "Your bank wants to be sure it is you…" });
          // Whatever came of it, the server asks Stripe; the gift's page says it in words.
          await card.current?.answerBank(outcome.clientSecret);
          await refreshPledge(outcome.pledge);
        }
        arrive(outcome.pledge);
        return;
      }
      if (outcome.kind === "refused") {
        const { problem } = outcome;
        if (problem.code === "challenge_required" && problem.challenge) {
          setState({ kind: "challenge", siteKey: problem.challenge.siteKey });
          return;
        }
        forgetAttempt(name);
        failed.current = outcome.pledge ? { about, pledge: outcome.pledge } : null;
        setState({ kind: "idle", problem });
        return;
      }
      if (tries >= QUIET_TRIES) {
        setState({ kind: "unknown", message: outcome.message });
        return;
      }
      setState({ kind: "busy", words: "The connection is slow. We are asking again…" });
      await new Promise((resolve) => setTimeout(resolve, Math.min(outcome.retryAfterMs, 10_000)));
    }
  };

  /** Runs one thing at a time: a second press while one is under way does nothing. */
  const alone = async (work: () => Promise<void>): Promise<void> => {
    if (underWay.current) return;
    underWay.current = true;
    try {
      await work();
    } finally {
      underWay.current = false;
    }
  };

  const resume = useEffectEvent((): void => {
    const kept = recallAttempt(name);
    if (!kept || underWay.current) return;
    if (kept.state === "made") setState({ kind: "already", attempt: kept });
    else void alone(() => drive(kept, kept.body));
  });
  useEffect(() => {
    // After the page has been drawn once as the server made it, which knows nothing of this tab.
    const first = setTimeout(() => resume());
    // The back button may bring the page as it was left, frozen in the middle.
    const onShow = (event: PageTransitionEvent): void => {
      if (event.persisted) resume();
    };
    window.addEventListener("pageshow", onShow);
    return () => {
      clearTimeout(first);
      window.removeEventListener("pageshow", onShow);
    };
  }, []);

  return {
    state,
    /** Gives. @param about what stays the same when only the card changes */
    give: (gift: {
      readonly about: object;
      readonly amount: string;
      readonly billing: { readonly name?: string | undefined; readonly email: string };
    }) =>
      alone(async () => {
        setState({ kind: "busy", words: "Checking your card…" });
        const confirmed = await card.current?.confirm(gift.billing);
        if (!confirmed || "problem" in confirmed) {
          setState({
            kind: "idle",
            problem: { code: "card", detail: confirmed?.problem ?? "The card form is not there yet." },
          });
          return;
        }
        const about = JSON.stringify(gift.about);
        const again = existing?.pledge ?? (failed.current?.about === about ? failed.current.pledge : null);
        const attempt: Attempt = {
          key: crypto.randomUUID(),
          path: again ? `/api/v1/pledges/${again.id}/payments` : "/api/v1/pledges",
          body: JSON.stringify({ ...(again ? {} : gift.about), confirmationToken: confirmed.token }),
          statusToken: again?.token ?? null,
          state: "sending",
          pledge: again?.token ? { id: again.id, token: again.token } : null,
          amount: gift.amount,
        };
        rememberAttempt(name, attempt);
        await drive(attempt, about);
      }),
    /** Sends the same once more. */
    again: () =>
      alone(async () => {
        const kept = recallAttempt(name);
        if (kept?.state === "sending") await drive(kept, kept.body);
      }),
    /** Goes on with the answer to a challenge. */
    answered: (challengeToken: string) =>
      alone(async () => {
        const kept = recallAttempt(name);
        if (kept) await drive(kept, kept.body, challengeToken);
      }),
    /** Forgets what was given, to give once more. */
    anew: () => {
      forgetAttempt(name);
      failed.current = null;
      setState({ kind: "idle", problem: null });
    },
  };
}

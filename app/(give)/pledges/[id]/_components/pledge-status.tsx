"use client";

import { useCallback, useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import { refreshPledge } from "@/app/_payment/attempt";
import { loadStripe, type StripeAccess } from "@/app/_payment/stripe-js";
import { PledgeLines } from "@/components/site/loading-shapes";
import { Alert } from "@/components/ui/alert";
import { Button, ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { TextLink } from "@/components/ui/link";
import { PageHeader } from "@/components/ui/page";
import { VisuallyHidden } from "@/components/ui/visually-hidden";
import { Spinner } from "@/components/ui/spinner";
import { pledgeAnswerSchema, type PledgeAnswer } from "@/lib/giving/pledge/schemas";
import { formatMoney } from "@/lib/kernel/money";
import { AnotherCard } from "./another-card";
import { Receipt } from "./receipt";
import { stageOf, Steps, TITLES } from "./steps";

interface PledgeStatusProps {
  readonly id: string;
  readonly stripe: StripeAccess;
  readonly origin: string;
}

type Seen =
  | { readonly kind: "loading"; readonly away: boolean }
  | { readonly kind: "absent"; readonly message: string }
  | { readonly kind: "known"; readonly answer: PledgeAnswer; readonly away: boolean };

/** How long until the next look, in milliseconds: quick at first, then patient. */
const LOOKS_MS = [1_000, 1_000, 1_500, 2_000, 2_000, 3_000, 4_000, 5_000];
const LONGEST_MS = 10_000;

const onHash = (listener: () => void): (() => void) => {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
};

/** Follows a gift until nothing more will come by itself. Survives a reload: the key stands in the address. */
export function PledgeStatus({ id, stripe, origin }: PledgeStatusProps): ReactNode {
  const token = useSyncExternalStore(
    onHash,
    () => window.location.hash.slice(1) || null,
    () => undefined,
  );
  const [seen, setSeen] = useState<Seen>({ kind: "loading", away: false });
  const [round, setRound] = useState(0);
  const look = useCallback(() => setRound((before) => before + 1), []);

  useEffect(() => {
    if (token === undefined) return undefined;
    const ending = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let looks = 0;
    const next = (moving: boolean): void => {
      if (ending.signal.aborted || !moving) return;
      timer = setTimeout(() => void ask(), LOOKS_MS[looks] ?? LONGEST_MS);
      looks += 1;
    };
    const ask = async (): Promise<void> => {
      clearTimeout(timer);
      try {
        const response = await fetch(`/api/v1/pledges/${id}`, {
          headers: { accept: "application/json", ...(token ? { "x-status-token": token } : {}) },
          signal: ending.signal,
          cache: "no-store",
        });
        const body: unknown = await response.json();
        if (response.ok) {
          const answer = pledgeAnswerSchema.parse(body);
          setSeen({ kind: "known", answer, away: false });
          next(isMoving(answer));
          return;
        }
        if (response.status === 404 || response.status === 401) {
          setSeen({
            kind: "absent",
            message: "There is no such gift, or the link to it is not complete. Open it from your mail, or sign in.",
          });
          return;
        }
        throw new Error(`the gift could not be read (${response.status})`);
      } catch {
        if (ending.signal.aborted) return;
        setSeen((before) => (before.kind === "absent" ? before : { ...before, away: true }));
        next(true);
      }
    };
    const onReturn = (): void => {
      if (document.visibilityState === "visible") void ask();
    };
    document.addEventListener("visibilitychange", onReturn);
    void ask();
    return () => {
      ending.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onReturn);
    };
  }, [id, token, round]);

  if (seen.kind === "loading")
    return (
      <>
        {seen.away ? (
          <Away>We go on asking by ourselves. Your gift is not lost: it is made once or not at all.</Away>
        ) : null}
        <div role="status">
          <VisuallyHidden>Looking for your gift</VisuallyHidden>
          <PledgeLines />
        </div>
      </>
    );
  if (seen.kind === "absent")
    return (
      <EmptyState
        title="We cannot show this gift"
        action={<ButtonLink href={`/login?next=${encodeURIComponent(`/pledges/${id}`)}`}>Sign in</ButtonLink>}
      >
        {seen.message}
      </EmptyState>
    );
  return (
    <Known
      answer={seen.answer}
      away={seen.away}
      token={token ?? null}
      stripe={stripe}
      origin={origin}
      onChanged={look}
    />
  );
}

function Away({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <Alert tone="warning" live title="We cannot be reached right now">
      {children}
    </Alert>
  );
}

/** Whether something will still happen by itself. */
function isMoving({ pledge, payment }: PledgeAnswer): boolean {
  return pledge.status === "pending" || pledge.status === "captured" || payment.state === "authorized";
}

function Known({
  answer,
  away,
  token,
  stripe,
  origin,
  onChanged,
}: {
  readonly answer: PledgeAnswer;
  readonly away: boolean;
  readonly token: string | null;
  readonly stripe: StripeAccess;
  readonly origin: string;
  readonly onChanged: () => void;
}): ReactNode {
  const { pledge, payment } = answer;
  const stage = stageOf(answer);
  const gift = formatMoney(pledge.amountMinor, pledge.currency);
  return (
    <>
      <PageHeader
        title={TITLES[stage].title}
        lead={TITLES[stage].lead({ gift, campaign: pledge.campaignTitle })}
        crumbs={[{ href: `/campaigns/${pledge.campaignSlug}`, label: pledge.campaignTitle }]}
      />
      {/* One quiet live region: each step is read out once. */}
      <p role="status" className="sr-only" data-testid="stage" data-stage={stage}>
        {TITLES[stage].title}
      </p>
      {away ? <Away>So this may be out of date. We go on asking by ourselves.</Away> : null}
      {stage === "bank" && payment.nextAction ? (
        <BankQuestion
          clientSecret={payment.nextAction.clientSecret}
          pledge={{ id: pledge.id, token }}
          stripe={stripe}
          onDone={onChanged}
        />
      ) : null}
      <Steps answer={answer} />
      {stage === "failed" || stage === "canceled" ? (
        <AnotherCard answer={answer} token={token} stripe={stripe} origin={origin} onDone={onChanged} />
      ) : null}
      <Receipt answer={answer} token={token} />
      <p className="text-sm text-muted">
        {token
          ? "Keep the address of this page: it opens your gift again. Nobody else has it."
          : "You find this gift again under Your giving."}{" "}
        <TextLink href={`/campaigns/${pledge.campaignSlug}`}>Back to the campaign</TextLink>
      </p>
    </>
  );
}

/** The bank wants to hear from the donor before it holds the money. */
function BankQuestion({
  clientSecret,
  pledge,
  stripe,
  onDone,
}: {
  readonly clientSecret: string;
  readonly pledge: { readonly id: string; readonly token: string | null };
  readonly stripe: StripeAccess;
  readonly onDone: () => void;
}): ReactNode {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const ask = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const { error } = await (await loadStripe(stripe)).handleNextAction({ clientSecret });
      if (error) setProblem(error.message ?? "Your bank did not confirm the payment.");
    } catch {
      setProblem("Your bank’s question could not be loaded. Check your connection and try again.");
    }
    await refreshPledge(pledge);
    setBusy(false);
    onDone();
  };
  return (
    <Alert
      tone="warning"
      title="Your bank wants to be sure it is you"
      action={
        <Button variant="primary" onClick={() => void ask()} aria-disabled={busy || undefined}>
          {busy ? <Spinner /> : null}
          Confirm with your bank
        </Button>
      }
    >
      {problem ?? "Nothing is held before you have confirmed. The question stays open for half an hour."}
    </Alert>
  );
}

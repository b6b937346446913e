import type { ReactNode } from "react";
import { Spinner } from "@/components/ui/spinner";
import type { PhaseLine, PhaseState } from "@/lib/analysis/rules";

const STATE_WORDS: Readonly<Record<PhaseState, string>> = {
  done: "done",
  now: "now",
  waiting: "waiting",
  not_yet: "not yet part of this analysis",
};

/** The phases of an analysis and how each stands, in words beside the mark. */
export function PhaseList({ phases }: { readonly phases: readonly PhaseLine[] }): ReactNode {
  return (
    <ol className="flex flex-col">
      {phases.map(({ name, label, state }) => (
        <li
          key={name}
          aria-current={state === "now" ? "step" : undefined}
          className="flex items-center gap-3 border-b border-line py-2.5 last:border-b-0"
        >
          <span className="flex size-5 shrink-0 items-center justify-center">
            <Mark state={state} />
          </span>
          <span className={state === "waiting" || state === "not_yet" ? "text-muted" : "font-medium"}>{label}</span>
          <span className="ml-auto text-right text-xs text-muted">{STATE_WORDS[state]}</span>
        </li>
      ))}
    </ol>
  );
}

function Mark({ state }: { readonly state: PhaseState }): ReactNode {
  if (state === "now") return <Spinner />;
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      className={state === "done" ? "size-5 text-success" : "size-5 text-muted"}
    >
      {state === "done" ? (
        <path
          d="m3 8.5 3.2 3.2L13 5"
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      ) : state === "not_yet" ? (
        <path d="M4 8h8" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
      ) : (
        <circle cx="8" cy="8" r="3.2" fill="none" stroke="currentColor" strokeWidth="1.4" />
      )}
    </svg>
  );
}

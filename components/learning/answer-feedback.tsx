import type { ReactNode } from "react";
import { Alert } from "@/components/ui/alert";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { Time } from "@/components/ui/time";
import type { CriterionResult } from "@/lib/learning/bloom/schemas";
import type { AnswerTold } from "@/lib/learning/session/schemas";
import { AnswerRemarks } from "./answer-remarks";
import { CodeWords } from "./code-words";
import { LessonText } from "./lesson-text";

const STATUS: Readonly<Record<CriterionResult["status"], readonly [words: string, tone: BadgeTone]>> = {
  demonstrated: ["shown", "success"],
  not_demonstrated: ["not shown", "danger"],
  needs_review: ["somebody looks at it", "warning"],
};

const STANDING = {
  final: null,
  needs_review:
    "No check could tell everything here, so it waits for a person. Nothing is counted until then; you can go on, and are told.",
  appealed: "You said that the verdict is wrong. A person looks at it.",
  upheld: "A person looked at this answer, and the verdict stands.",
  overturned: "A person looked at this answer, and it counts as passed.",
} as const;

/** What an answer showed, line by line, why it does or does not advance, and what is believed after it and why. */
export function AnswerFeedback({ told }: { readonly told: AnswerTold }): ReactNode {
  const { validation, standing, misconception, explanation, change, nextReviewAt } = told;
  const words =
    told.grader === null
      ? STANDING[standing]
      : `No check could tell everything here, so a model at ${told.grader} is asked, as you allow in the settings. What it cannot show by your own words waits for a person. Nothing is counted until then; you can go on.`;
  return (
    <div className="flex flex-col gap-6">
      <Alert
        tone={validation.passed ? "success" : standing === "needs_review" ? "info" : "warning"}
        title={titleOf(told)}
      >
        <CodeWords text={validation.feedback} />
      </Alert>
      {words ? <p className="max-w-measure text-sm text-muted">{words}</p> : null}
      {misconception ? (
        <section aria-labelledby="misconception" className="flex flex-col gap-1">
          <h2 id="misconception" className="text-base font-semibold">
            What may lie behind it
          </h2>
          <p className="max-w-measure">
            <CodeWords text={misconception.feedback} />
          </p>
        </section>
      ) : null}
      <AnswerRemarks remarks={told.remarks} />
      <section aria-labelledby="criteria" className="flex flex-col gap-2">
        <h2 id="criteria" className="text-base font-semibold">
          What was looked at
        </h2>
        <ul className="flex flex-col border-t border-line">
          {validation.criteria.map((criterion) => (
            <CriterionRow key={criterion.criterion} result={criterion} />
          ))}
        </ul>
      </section>
      <section aria-labelledby="step" className="flex flex-col gap-1">
        <h2 id="step" className="text-base font-semibold">
          {headingOf(validation)}
        </h2>
        <p className="max-w-measure">{validation.step.sentence}</p>
      </section>
      {change ? <MasteryMove change={change} title={told.concept.title} nextReviewAt={nextReviewAt} /> : null}
      {explanation ? (
        <section aria-labelledby="explanation" className="flex flex-col gap-1">
          <h2 id="explanation" className="text-base font-semibold">
            Why this is right
          </h2>
          <LessonText text={explanation} />
        </section>
      ) : null}
    </div>
  );
}

function headingOf({ passed, step }: AnswerTold["validation"]): string {
  if (step.advanced) return "Why it goes on";
  // The session has gone on long since: what is said is who looked, and what came of it.
  return step.code === "settled" && passed ? "Who looked at it" : "Why it does not go on yet";
}

function titleOf({ validation, standing, grader }: AnswerTold): string {
  if (validation.passed) return "Passed";
  if (standing !== "needs_review") return "Not yet";
  return grader === null ? "Waiting for a person" : "Waiting to be judged";
}

function CriterionRow({ result }: { readonly result: CriterionResult }): ReactNode {
  const [words, tone] = STATUS[result.status];
  return (
    <li className="flex flex-col gap-1 border-b border-line py-2.5">
      <p className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <span className="min-w-0">
          <CodeWords text={result.text} />
          {result.required ? null : <span className="text-sm text-muted"> (not required)</span>}
        </span>
        <Badge tone={tone}>{words}</Badge>
      </p>
      <ul className="text-sm text-muted">
        {result.evidence.map(({ shows, quote, line }) => (
          <li key={`${shows}:${line ?? ""}`} className="wrap-anywhere">
            {shows}
            {line === null ? null : ` (line ${line})`}
            {quote ? <q className="ml-1">{quote}</q> : null}
          </li>
        ))}
      </ul>
    </li>
  );
}

interface MasteryMoveProps {
  readonly change: NonNullable<AnswerTold["change"]>;
  readonly title: string;
  readonly nextReviewAt: string | null;
}

const percent = (share: number): string => `${Math.round(share * 100)}\u00A0%`;

/** What the answer changed in what is believed, why, and what mastery still asks for. */
function MasteryMove({ change, title, nextReviewAt }: MasteryMoveProps): ReactNode {
  const { before, after, statusAfter, reason, gate } = change;
  return (
    <section aria-labelledby="change" className="flex flex-col gap-2">
      <h2 id="change" className="text-base font-semibold">
        What is believed now
      </h2>
      <p className="max-w-measure">
        <span className="figures font-medium">
          {title}: {percent(before)} → {percent(after)}
        </span>{" "}
        to pass a typical task. {reason.sentence}
      </p>
      {nextReviewAt ? (
        <p className="text-sm">
          It comes back as a review <Time at={nextReviewAt} />.
        </p>
      ) : null}
      {statusAfter === "mastered" ? null : (
        <ul className="flex flex-col gap-1 text-sm" aria-label="What mastery asks for">
          {gate.map(({ code, holds, sentence }) => (
            <li key={code} className="flex items-baseline gap-2">
              <Badge tone={holds ? "success" : "neutral"}>{holds ? "met" : "open"}</Badge>
              <span>{sentence}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

import type { ReactNode } from "react";
import type { AnswerTold } from "@/lib/learning/session/schemas";
import { CodeSnippet } from "./code-snippet";
import { CodeWords } from "./code-words";

/** What was answered, so that a verdict can be read beside it. Nothing where it cannot be read any more. */
export function GivenAnswer({ told }: { readonly told: Pick<AnswerTold, "given" | "exercise"> }): ReactNode {
  const { given, exercise } = told;
  if (!given || !exercise) return null;
  return (
    <details>
      <summary className="cursor-pointer py-1 text-sm font-medium text-accent-ink underline underline-offset-3">
        What you answered
      </summary>
      <div className="pt-2">
        <Answered given={given} exercise={exercise} />
      </div>
    </details>
  );
}

interface AnsweredProps {
  readonly given: NonNullable<AnswerTold["given"]>;
  readonly exercise: NonNullable<AnswerTold["exercise"]>;
}

function Answered({ given, exercise }: AnsweredProps): ReactNode {
  const { options, reasons, code, language } = exercise;
  switch (given.kind) {
    case "choice":
      return <Chosen of={options} ids={given.ids} />;
    case "justified":
      return (
        <>
          <Chosen of={options} ids={[given.choice]} />
          <p className="pt-2 text-sm text-muted">because</p>
          <Chosen of={reasons} ids={given.because} />
        </>
      );
    case "argued":
      return (
        <>
          {given.choice === null ? null : <Chosen of={options} ids={[given.choice]} />}
          <p className="max-w-measure pt-2 wrap-anywhere whitespace-pre-line">{given.words}</p>
        </>
      );
    case "line":
      return (
        <p>
          Line {given.line}: <code className="font-mono text-xs">{code?.split("\n")[given.line - 1]?.trim()}</code>
        </p>
      );
    default: {
      const text = given.kind === "lines" ? given.lines.join("\n") : given.text;
      const prose = exercise.kind === "short" || exercise.kind === "predict";
      return (
        <CodeSnippet
          code={text.trimEnd()}
          line={1}
          language={prose ? null : language}
          path={prose ? "answer.txt" : "answer.ts"}
          label="Your answer"
        />
      );
    }
  }
}

interface ChosenProps {
  readonly of: NonNullable<AnswerTold["exercise"]>["options"];
  readonly ids: readonly string[];
}

function Chosen({ of, ids }: ChosenProps): ReactNode {
  return (
    <ul className="list-disc pl-5">
      {ids.map((id) => (
        <li key={id}>
          <CodeWords text={of.find((option) => option.id === id)?.text ?? id} />
        </li>
      ))}
    </ul>
  );
}

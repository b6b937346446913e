"use client";

import { useActionState, useContext, useRef, useState, type FormEvent, type ReactNode } from "react";
import { useRouter } from "next/navigation";
import { UNTOUCHED } from "@/app/_http/form-state";
import { PythonNote, PythonPanel, usePython } from "@/components/learning/python/python-runner";
import { Button, buttonClasses } from "@/components/ui/button";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Spinner } from "@/components/ui/spinner";
import type { Answer, ExerciseView } from "@/lib/learning/content/schemas";
import type { DraftRun } from "@/lib/learning/session/schemas";
import { answerAction } from "../../actions";
import { answerOf, missingIn } from "../../answer-of";
import { AnswerFields } from "./answer-fields";
import { AnswerProblem } from "./answer-problem";
import { OwnDoing } from "./own-doing";
import { RunOutput } from "./run-output";
import { problemOf, runDraft, sendAnswer, type SessionProblem } from "./session-client";
import { useKeptDraft } from "./use-kept-draft";

interface TaskFormProps {
  readonly sessionId: string;
  readonly version: number;
  readonly answered: number;
  readonly exercise: ExerciseView;
  readonly draft: { readonly answer: Answer; readonly at: string } | null;
}

const RUNS: ReadonlySet<ExerciseView["kind"]> = new Set(["fix", "write", "refactor", "order"]);

/** The answer to the task that is shown: a plain form without JavaScript, with it one that runs, keeps and explains. */
export function TaskForm({ sessionId, version, answered, exercise, draft }: TaskFormProps): ReactNode {
  const router = useRouter();
  const own = useContext(OwnDoing);
  const form = useRef<HTMLFormElement>(null);
  const [state, action] = useActionState(answerAction, UNTOUCHED);
  const [doing, setDoing] = useState<"answer" | "run" | null>(null);
  const [problem, setProblem] = useState<SessionProblem | null>(null);
  const [missing, setMissing] = useState<ReturnType<typeof missingIn>>(null);
  const [run, setRun] = useState<DraftRun | null>(null);
  const [first] = useState(draft);
  const { restored, onChange, forget } = useKeptDraft(sessionId, exercise, first?.at ?? null, form);
  const python = usePython();
  const inBrowser = exercise.practiceTests !== null;
  // Lines of Python are compared and not run, here or there.
  const runs = RUNS.has(exercise.kind) && (inBrowser || exercise.language !== "python");

  const given = (): Answer => answerOf(exercise.kind, new FormData(form.current ?? undefined));

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (doing) return;
    const answer = given();
    const lacking = missingIn(answer, exercise.options.length);
    setMissing(lacking);
    setProblem(null);
    if (lacking) return;
    setDoing("answer");
    own.begin();
    try {
      const responseId = await sendAnswer(sessionId, { activityId: exercise.id, answer }, { version, answered });
      forget();
      // It stays under way until the next page has come.
      router.push(`/learn/sessions/${sessionId}?answer=${responseId}`);
    } catch (error) {
      own.end();
      setDoing(null);
      setProblem(problemOf(error));
    }
  }

  async function tryOut(): Promise<void> {
    if (doing || !runs) return;
    setDoing("run");
    setProblem(null);
    if (inBrowser) {
      const answer = given();
      await python.start(answer.kind === "text" ? answer.text : "", exercise.practiceTests);
      setDoing(null);
      return;
    }
    try {
      setRun(await runDraft(sessionId, { activityId: exercise.id, answer: given() }));
    } catch (error) {
      setProblem(problemOf(error));
    }
    setDoing(null);
  }

  const errors = missing ? [missing] : state.errors;
  const errorOf = (field: string): string | undefined => errors.find((error) => error.field === field)?.message;
  const kept = state.status === "failed" ? keptIn(exercise.kind, state.values) : null;
  return (
    <form
      ref={form}
      action={action}
      onSubmit={(event) => void submit(event)}
      onChange={onChange}
      className="flex min-w-0 flex-col gap-4"
      noValidate
    >
      <input type="hidden" name="sessionId" value={sessionId} />
      <input type="hidden" name="activityId" value={exercise.id} />
      <input type="hidden" name="kind" value={exercise.kind} />
      <input type="hidden" name="version" value={version} />
      <ErrorSummary errors={errors} title="Your answer was not sent" />
      {problem ? (
        <AnswerProblem problem={problem} written={() => writtenIn(given())} onReload={() => router.refresh()} />
      ) : null}
      <AnswerFields
        key={restored ? "restored" : "drawn"}
        exercise={exercise}
        draft={kept ?? restored ?? first?.answer ?? null}
        errorOf={errorOf}
        onChange={onChange}
        onRun={() => void tryOut()}
      />
      <div className="flex flex-wrap gap-2">
        <button
          type="submit"
          className={buttonClasses({ variant: "primary" }, "max-sm:w-full")}
          aria-disabled={doing !== null || undefined}
        >
          {doing === "answer" ? <Spinner /> : null}
          <span aria-live="polite">{doing === "answer" ? "Checking…" : "Submit answer"}</span>
        </button>
        {runs ? (
          <Button
            className="needs-js max-sm:w-full"
            aria-disabled={doing !== null || undefined}
            onClick={() => void tryOut()}
          >
            {doing === "run" ? <Spinner /> : null}
            <span aria-live="polite">
              {doing === "run" ? "Running…" : inBrowser ? "Run in your browser" : "Run without submitting"}
            </span>
          </Button>
        ) : null}
      </div>
      {inBrowser ? (
        <>
          <PythonNote />
          <PythonPanel run={python} />
        </>
      ) : null}
      {run ? <RunOutput run={run} /> : null}
    </form>
  );
}

/** What was typed into a form that was sent without JavaScript and refused. */
function keptIn(kind: ExerciseView["kind"], values: Readonly<Record<string, string>>): Answer | null {
  const data = new FormData();
  for (const [name, value] of Object.entries(values)) data.append(name, value);
  // Fields that stand several times in a form are not kept one by one.
  return ["order", "choice", "justify"].includes(kind) ? null : answerOf(kind, data);
}

/** What is worth copying before another task takes its place. */
function writtenIn(answer: Answer): string | null {
  if (answer.kind === "text") return answer.text.trim() === "" ? null : answer.text;
  if (answer.kind === "argued") return answer.words.trim() === "" ? null : answer.words;
  return answer.kind === "lines" ? answer.lines.join("\n") : null;
}

"use client";

import {
  useActionState,
  useContext,
  useEffect,
  useEffectEvent,
  useRef,
  useState,
  type FormEvent,
  type ReactNode,
} from "react";
import { useRouter } from "next/navigation";
import { UNTOUCHED } from "@/app/_http/form-state";
import { Alert } from "@/components/ui/alert";
import { Button, buttonClasses } from "@/components/ui/button";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Spinner } from "@/components/ui/spinner";
import type { Answer, CheckedAnswer, ExerciseView } from "@/lib/learning/content/schemas";
import { answerAction } from "../../actions";
import { answerOf, missingIn } from "../../answer-of";
import { AnswerFields } from "./answer-fields";
import { OwnDoing } from "./live-session";
import { RunOutput } from "./run-output";
import { beat, runDraft, sendAnswer, SessionProblem } from "./session-client";

/** So long after the last change a draft is kept for the other devices. */
const SETTLE_MS = 1_500;

interface TaskFormProps {
  readonly sessionId: string;
  readonly version: number;
  readonly exercise: ExerciseView;
  readonly draft: Answer | null;
}

const RUNS: ReadonlySet<ExerciseView["kind"]> = new Set(["fix", "write", "refactor", "order"]);

/** The answer to the task that is shown: a plain form without JavaScript, with it one that runs, keeps and explains. */
export function TaskForm({ sessionId, version, exercise, draft }: TaskFormProps): ReactNode {
  const router = useRouter();
  const own = useContext(OwnDoing);
  const form = useRef<HTMLFormElement>(null);
  const [state, action] = useActionState(answerAction, UNTOUCHED);
  const [doing, setDoing] = useState<"answer" | "run" | null>(null);
  const [problem, setProblem] = useState<SessionProblem | null>(null);
  const [missing, setMissing] = useState<ReturnType<typeof missingIn>>(null);
  const [run, setRun] = useState<NonNullable<CheckedAnswer["run"]> | null>(null);
  const [first] = useState(draft);
  const runs = RUNS.has(exercise.kind);
  const onChange = useKeptDraft(sessionId, exercise, form);

  const given = (): Answer => answerOf(exercise.kind, new FormData(form.current ?? undefined));

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (doing) return;
    const answer = given();
    const lacking = missingIn(answer);
    setMissing(lacking);
    setProblem(null);
    if (lacking) return;
    setDoing("answer");
    own.begin();
    try {
      const responseId = await sendAnswer(sessionId, { activityId: exercise.id, answer, version });
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
      {problem ? <Problem problem={problem} onReload={() => router.refresh()} /> : null}
      <AnswerFields
        exercise={exercise}
        draft={kept ?? first}
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
            <span aria-live="polite">{doing === "run" ? "Running…" : "Run without submitting"}</span>
          </Button>
        ) : null}
      </div>
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

function problemOf(error: unknown): SessionProblem {
  return error instanceof SessionProblem
    ? error
    : new SessionProblem("unknown", "That did not work. What you wrote is still here; try again in a minute.");
}

function Problem({
  problem,
  onReload,
}: {
  readonly problem: SessionProblem;
  readonly onReload: () => void;
}): ReactNode {
  const stale = ["conflict", "learning_session_ended", "not_found"].includes(problem.code);
  return (
    <Alert
      tone="danger"
      live
      title={problem.code === "offline" ? "You seem to be offline" : "That was not done"}
      {...(stale ? { action: <Button onClick={onReload}>Load the session again</Button> } : {})}
    >
      {problem.message}
    </Alert>
  );
}

/** Keeps what stands in the form for a reload and for other devices: a moment after each change, and on leaving. */
function useKeptDraft(
  sessionId: string,
  exercise: ExerciseView,
  form: { readonly current: HTMLFormElement | null },
): () => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const own = useContext(OwnDoing);
  const keep = (leaving: boolean): void => {
    if (timer.current === undefined || !form.current) return;
    clearTimeout(timer.current);
    timer.current = undefined;
    if (own.sending) return;
    const answer = answerOf(exercise.kind, new FormData(form.current));
    // No line is not an answer of that form.
    if (answer.kind === "line" && answer.line < 1) return;
    void beat(sessionId, { activityId: exercise.id, answer }, leaving);
  };
  const leave = useEffectEvent(() => {
    if (document.visibilityState === "hidden") keep(true);
  });
  useEffect(() => {
    const listen = (): void => leave();
    document.addEventListener("visibilitychange", listen);
    return () => {
      document.removeEventListener("visibilitychange", listen);
      clearTimeout(timer.current);
    };
  }, []);
  return () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => keep(false), SETTLE_MS);
  };
}

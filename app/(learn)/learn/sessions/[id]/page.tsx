import type { Metadata } from "next";
import type { ReactNode } from "react";
import { notFound } from "next/navigation";
import { z } from "zod";
import { AnswerFeedback } from "@/components/learning/answer-feedback";
import { CodeSnippet } from "@/components/learning/code-snippet";
import { GivenAnswer } from "@/components/learning/given-answer";
import { LessonText } from "@/components/learning/lesson-text";
import { OriginNote } from "@/components/learning/origin-note";
import { Badge } from "@/components/ui/badge";
import { ButtonLink } from "@/components/ui/button";
import { Page } from "@/components/ui/page";
import { TextLink } from "@/components/ui/link";
import { Time } from "@/components/ui/time";
import { requireUser } from "@/lib/access/session";
import { AppError } from "@/lib/kernel/errors";
import type { ExerciseView } from "@/lib/learning/content/schemas";
import { titlesOfContent } from "@/lib/learning/overview/read-overview";
import { readAnswer } from "@/lib/learning/session/read-answer";
import { modelsFor, type AllowedModels } from "@/lib/learning/session/allowed-models";
import { resumeSession } from "@/lib/learning/session/read-session";
import type { AnswerTold, ResumedSession, SessionContent } from "@/lib/learning/session/schemas";
import { PostButton } from "../../_components/post-button";
import { endSessionAction } from "../actions";
import { AppealForm } from "./_components/appeal-form";
import { Arrival } from "./_components/arrival";
import { FittedHint } from "./_components/fitted-hint";
import { Hints } from "./_components/hints";
import { LiveSession } from "./_components/live-session";
import { RunOutput } from "./_components/run-output";
import { SaidLesson } from "./_components/said-lesson";
import { SettledLive } from "./_components/settled-live";
import { Summary } from "./_components/summary";
import { TaskForm } from "./_components/task-form";

export const metadata: Metadata = { title: "Session" };

export default async function SessionPage({
  params,
  searchParams,
}: {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { db, user } = await requireUser();
  const { id } = await params;
  const { answer } = await searchParams;
  if (!z.uuid().safeParse(id).success) notFound();
  if (typeof answer === "string" && z.uuid().safeParse(answer).success)
    return <Feedback sessionId={id} told={await found(readAnswer(db, user.id, id, answer))} />;
  const resumed = await found(resumeSession(db, user.id, id));
  return resumed.content ? (
    <Task resumed={resumed} content={resumed.content} models={await modelsFor(user.id)} />
  ) : (
    <Summary resumed={resumed} titles={titlesOfContent()} />
  );
}

async function found<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  }
}

const INSTRUCTIONS: Readonly<Record<ExerciseView["kind"], string>> = {
  choice: "choice",
  short: "short answer",
  predict: "predict the output",
  order: "put in order",
  locate: "find the line",
  fix: "repair",
  write: "write",
  refactor: "rewrite",
  justify: "choose and justify",
  explain: "in your own words",
};

interface TaskProps {
  readonly resumed: ResumedSession;
  readonly content: SessionContent;
  /** The hosts of the models that the learner allows, by what for. */
  readonly models: AllowedModels;
}

function Task({ resumed, content, models }: TaskProps): ReactNode {
  const { session, draft } = resumed;
  const { exercise, concept } = content;
  const { answered, goal } = session.progress;
  const shown = { version: session.version, activityId: content.activityId, answered, goal, over: false };
  return (
    <Page className="gap-6">
      <LiveSession sessionId={session.id} concept={concept.slug} drawn={shown}>
        <header className="flex flex-col gap-2">
          <p className="flex flex-wrap items-center gap-2 text-sm text-muted">
            <span>
              {session.topic}
              {concept.title === session.topic ? null : `: ${concept.title}`}
            </span>
            <Badge>{exercise.bloom}</Badge>
            <Badge>{INSTRUCTIONS[exercise.kind]}</Badge>
            {content.review ? <Badge tone="warning">review</Badge> : null}
          </p>
          <h1 className="text-2xl">{exercise.title}</h1>
          <p className="max-w-measure text-sm text-muted">{content.reason.sentence}</p>
          <OriginNote origin={content.origin} />
        </header>
        <div className="grid items-start gap-x-10 gap-y-6 lg:grid-cols-2">
          <div className="flex min-w-0 flex-col gap-4">
            <LessonText text={exercise.prompt} />
            <ShownCode exercise={exercise} />
            <Constructs exercise={exercise} />
            <details>
              <summary className="cursor-pointer py-1 text-sm font-medium text-accent-ink underline underline-offset-3">
                The lesson: {concept.title}
              </summary>
              {models.lessons ? (
                <SaidLesson
                  key={content.activityId}
                  sessionId={session.id}
                  activityId={content.activityId}
                  about={concept.about}
                  host={models.lessons}
                />
              ) : (
                <LessonText text={concept.about} className="pt-2" />
              )}
            </details>
          </div>
          <div className="flex min-w-0 flex-col gap-4">
            <TaskForm
              key={`${content.activityId}:${answered}`}
              sessionId={session.id}
              version={session.version}
              answered={answered}
              exercise={exercise}
              draft={draft}
            />
            {exercise.open ? (
              <p className="max-w-measure text-sm text-muted">
                {models.grading
                  ? `No check can tell reasons in words: your words go to a model at ${models.grading}, as you allow in the settings, and to a person where it cannot show its verdict by them.`
                  : "No check can tell reasons in words: a person reads them, which may take days. You go on meanwhile, and are told."}
              </p>
            ) : null}
            <Hints key={content.activityId} sessionId={session.id} content={content} />
            {models.hints && content.origin === null ? (
              <FittedHint
                key={`${content.activityId}:${content.hints.length}`}
                sessionId={session.id}
                activityId={content.activityId}
                kind={exercise.kind}
                given={content.hints.length}
                host={models.hints}
              />
            ) : null}
          </div>
        </div>
        <footer className="flex flex-wrap items-center justify-between gap-4 border-t border-line pt-4">
          <p className="text-sm text-muted">
            What you answer is kept; you can leave and come back until the hour is over: <Time at={session.endsAt} />.{" "}
            <TextLink href="/learn">Leave for now</TextLink>
          </p>
          <PostButton
            action={endSessionAction}
            fields={{ sessionId: session.id }}
            label="End the session"
            pendingLabel="Ending…"
            variant="quiet"
          />
        </footer>
      </LiveSession>
    </Page>
  );
}

/** Code that is asked about; what is to be changed stands in the editor, lines to point at in the form. */
function ShownCode({ exercise }: { readonly exercise: ExerciseView }): ReactNode {
  const { code, kind, language } = exercise;
  if (code === null || ["fix", "write", "refactor", "locate"].includes(kind)) return null;
  return (
    <CodeSnippet
      code={code.trimEnd()}
      line={1}
      language={language}
      path="task.ts"
      label="The code that is asked about"
    />
  );
}

function Constructs({ exercise: { required, forbidden } }: { readonly exercise: ExerciseView }): ReactNode {
  if (required.length === 0 && forbidden.length === 0) return null;
  const list = (words: readonly string[]): ReactNode =>
    words.map((word, index) => (
      <span key={word}>
        {index > 0 ? ", " : null}
        <code className="font-mono text-[0.9em]">{word}</code>
      </span>
    ));
  return (
    <ul className="list-disc pl-5 text-sm">
      {required.length > 0 ? <li>It has to use {list(required)}.</li> : null}
      {forbidden.length > 0 ? <li>It has to do without {list(forbidden)}.</li> : null}
    </ul>
  );
}

function Feedback({ sessionId, told }: { readonly sessionId: string; readonly told: AnswerTold }): ReactNode {
  return (
    <Page width="reading" className="gap-6">
      <header className="flex flex-col gap-2">
        <p className="text-sm text-muted">
          {told.concept.title} <Badge>{told.validation.level}</Badge>
        </p>
        <Arrival>{told.title}</Arrival>
        <OriginNote origin={told.origin} />
      </header>
      <SettledLive sessionId={sessionId} responseId={told.responseId} standing={told.standing} />
      <AnswerFeedback told={told} />
      <GivenAnswer told={told} />
      {told.run ? (
        <details>
          <summary className="cursor-pointer py-1 text-sm font-medium text-accent-ink underline underline-offset-3">
            How your code ran
          </summary>
          <div className="pt-2">
            <RunOutput run={told.run} />
          </div>
        </details>
      ) : null}
      <div className="flex flex-wrap gap-2">
        <ButtonLink href={`/learn/sessions/${sessionId}`} variant="primary">
          {told.sessionOver ? "See the summary" : "Next task"}
        </ButtonLink>
      </div>
      {!told.validation.passed && told.standing === "final" ? (
        <AppealForm sessionId={sessionId} responseId={told.responseId} />
      ) : null}
    </Page>
  );
}

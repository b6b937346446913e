"use client";

import type { ReactNode } from "react";
import { RadioGroup } from "@/components/ui/choice";
import { CodeEditor } from "@/components/ui/code-editor";
import { FieldNotes, fieldId } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import { CodeWords } from "@/components/learning/code-words";
import type { Answer, ExerciseView } from "@/lib/learning/content/schemas";
import { OrderLines } from "./order-lines";

interface AnswerFieldsProps {
  readonly exercise: ExerciseView;
  /** What was written before, on this device or another. */
  readonly draft: Answer | null;
  readonly errorOf: (field: string) => string | undefined;
  readonly onChange: () => void;
  readonly onRun: () => void;
}

/** The controls that a kind of question is answered with; all of them are sent without JavaScript too. */
export function AnswerFields({ exercise, draft, errorOf, onChange, onRun }: AnswerFieldsProps): ReactNode {
  const text = draft?.kind === "text" ? draft.text : "";
  switch (exercise.kind) {
    case "choice":
      return (
        <Ticks
          name="ids"
          legend="Choose all that are right"
          options={exercise.options}
          chosen={draft?.kind === "choice" ? draft.ids : []}
          error={errorOf("ids")}
        />
      );
    case "justify":
      return (
        <div className="flex flex-col gap-6">
          <RadioGroup
            name="choice"
            label="Choose one"
            required={false}
            options={exercise.options.map((option) => ({ value: option.id, label: <CodeWords text={option.text} /> }))}
            error={errorOf("choice")}
            {...(draft?.kind === "justified" ? { defaultValue: draft.choice } : {})}
          />
          <Ticks
            name="because"
            legend="The reasons that decide it"
            options={exercise.reasons}
            chosen={draft?.kind === "justified" ? draft.because : []}
            error={errorOf("because")}
          />
        </div>
      );
    case "explain":
      return (
        <div className="flex flex-col gap-6">
          {exercise.options.length > 0 ? (
            <RadioGroup
              name="choice"
              label="Choose one"
              required={false}
              options={exercise.options.map((option) => ({
                value: option.id,
                label: <CodeWords text={option.text} />,
              }))}
              error={errorOf("choice")}
              {...(draft?.kind === "argued" && draft.choice !== null ? { defaultValue: draft.choice } : {})}
            />
          ) : null}
          <Textarea
            name="words"
            label={exercise.options.length > 0 ? "Why, in your own words" : "Your answer, in your own words"}
            help="A sentence or two."
            rows={5}
            maxLength={4_000}
            required={false}
            defaultValue={draft?.kind === "argued" ? draft.words : ""}
            error={errorOf("words")}
          />
        </div>
      );
    case "locate":
      return (
        <Lines code={exercise.code ?? ""} chosen={draft?.kind === "line" ? draft.line : null} error={errorOf("line")} />
      );
    case "order":
      return (
        <OrderLines
          lines={exercise.lines}
          placed={draft?.kind === "lines" ? draft.lines : []}
          error={errorOf("places")}
          onChange={onChange}
        />
      );
    case "short":
      return (
        <Input
          name="text"
          label="Your answer"
          help="A word, a number or a short expression."
          autoComplete="off"
          required={false}
          defaultValue={text}
          error={errorOf("text")}
        />
      );
    case "predict":
      return (
        <Textarea
          name="text"
          label="What it prints"
          help="Line by line, just as it would stand in the console."
          rows={5}
          required={false}
          spellCheck={false}
          defaultValue={text}
          error={errorOf("text")}
          style={{ fontFamily: "var(--font-geist-mono), monospace" }}
        />
      );
    default:
      return (
        <CodeEditor
          name="text"
          label="Your code"
          defaultValue={draft?.kind === "text" ? draft.text : (exercise.code ?? "")}
          language={exercise.language ?? "javascript"}
          error={errorOf("text")}
          onChange={onChange}
          onRun={onRun}
        />
      );
  }
}

interface TicksProps {
  readonly name: string;
  readonly legend: string;
  readonly options: ExerciseView["options"];
  readonly chosen: readonly string[];
  readonly error: string | undefined;
}

/** Any number of a few. The first box bears the field's id, so that an error can lead to it. */
function Ticks({ name, legend, options, chosen, error }: TicksProps): ReactNode {
  const id = fieldId(name);
  return (
    <fieldset aria-describedby={error ? `${id}-error` : undefined}>
      <legend className="mb-1 font-medium">{legend}</legend>
      {options.map((option, index) => (
        <label key={option.id} className="touch-target flex cursor-pointer items-start gap-3 py-1.5">
          <input
            type="checkbox"
            id={index === 0 ? id : `${id}-${option.id}`}
            name={name}
            value={option.id}
            defaultChecked={chosen.includes(option.id)}
            className="mt-0.5 size-5 shrink-0 accent-(--half)"
          />
          <span className="min-w-0">
            <CodeWords text={option.text} />
          </span>
        </label>
      ))}
      <FieldNotes id={id} error={error} />
    </fieldset>
  );
}

interface LinesProps {
  readonly code: string;
  readonly chosen: number | null;
  readonly error: string | undefined;
}

/** A line of code to point at. */
function Lines({ code, chosen, error }: LinesProps): ReactNode {
  const id = fieldId("line");
  const lines = code
    .trimEnd()
    .split("\n")
    .map((text, index) => ({ text, number: index + 1 }));
  return (
    <fieldset aria-describedby={error ? `${id}-error` : undefined} className="min-w-0">
      <legend className="mb-1 font-medium">Choose the line</legend>
      <div className="overflow-x-auto rounded-control border border-line bg-sunk py-1">
        <div className="min-w-max font-mono text-xs">
          {lines.map(({ text, number }) => (
            <label
              key={number}
              className="flex min-h-7 cursor-pointer pointer-coarse:min-h-11 items-center gap-2 pr-3 pl-2 hover:bg-accent-wash has-checked:bg-accent-wash"
            >
              <input
                type="radio"
                id={number === 1 ? id : `${id}-${number}`}
                name="line"
                value={number}
                defaultChecked={number === chosen}
                aria-label={`Line ${number}: ${text.trim()}`}
                className="size-4 shrink-0 accent-(--half)"
              />
              <span aria-hidden="true" className="figures w-6 text-right text-muted">
                {number}
              </span>
              <span aria-hidden="true" className="whitespace-pre">
                {text}
              </span>
            </label>
          ))}
        </div>
      </div>
      <FieldNotes id={id} error={error} />
    </fieldset>
  );
}

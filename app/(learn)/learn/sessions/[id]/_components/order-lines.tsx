"use client";

import { useEffect, useRef, useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { fieldId, FieldNotes } from "@/components/ui/field";
import { VisuallyHidden } from "@/components/ui/visually-hidden";
import { useHydrated } from "./use-hydrated";

interface OrderLinesProps {
  readonly lines: readonly string[];
  /** Lines as they were placed before. */
  readonly placed: readonly string[];
  readonly error: string | undefined;
  readonly onChange: () => void;
}

/**
 * Lines to be put in order. It begins as a form in which each line is given its place, which is all that there is without
 * JavaScript; with it, lines are added, moved and taken out by buttons, so that nothing has to be dragged or counted.
 */
export function OrderLines({ lines, placed, error, onChange }: OrderLinesProps): ReactNode {
  const [order, setOrder] = useState(() => orderOf(lines, placed));
  const ready = useHydrated();
  const id = fieldId("places");
  return (
    <fieldset aria-describedby={error ? `${id}-error` : undefined} className="flex min-w-0 flex-col gap-3">
      <legend className="mb-1 font-medium">
        {ready ? "Put the lines in order" : "Give each line that is needed its place"}
      </legend>
      {ready ? (
        <Buttons
          lines={lines}
          order={order}
          onOrder={(next) => {
            setOrder(next);
            onChange();
          }}
        />
      ) : (
        <Places lines={lines} order={order} />
      )}
      <FieldNotes id={id} error={error} />
    </fieldset>
  );
}

/** Indexes of lines in the order of the answer; the same words may stand in two lines. */
function orderOf(lines: readonly string[], placed: readonly string[]): readonly number[] {
  const order: number[] = [];
  for (const words of placed) {
    const at = lines.findIndex((line, index) => line === words && !order.includes(index));
    if (at !== -1) order.push(at);
  }
  return order;
}

/** Lines with the index that tells them apart: the same words may stand in two of them, and they never move. */
function numbered(lines: readonly string[]): { readonly line: string; readonly at: number }[] {
  return lines.map((line, at) => ({ line, at }));
}

function Places({ lines, order }: { readonly lines: readonly string[]; readonly order: readonly number[] }): ReactNode {
  const id = fieldId("places");
  return numbered(lines).map(({ line, at }) => (
    <label key={at} className="flex min-w-0 items-center gap-3">
      <input type="hidden" name="lines" value={line} />
      <select
        id={at === 0 ? id : `${id}-${at}`}
        name="places"
        aria-label={`Place of: ${line.trim()}`}
        defaultValue={order.includes(at) ? order.indexOf(at) + 1 : ""}
        className="touch-target w-28 shrink-0 rounded-control border border-control bg-surface px-2 text-sm"
      >
        <option value="">left out</option>
        {Array.from(lines, (_, index) => index + 1).map((place) => (
          <option key={place} value={place}>
            {place}
          </option>
        ))}
      </select>
      <span className="min-w-0 font-mono text-xs wrap-anywhere whitespace-pre-wrap">{line}</span>
    </label>
  ));
}

interface ButtonsProps {
  readonly lines: readonly string[];
  readonly order: readonly number[];
  readonly onOrder: (order: readonly number[]) => void;
}

function Buttons({ lines, order, onOrder }: ButtonsProps): ReactNode {
  const id = fieldId("places");
  const box = useRef<HTMLDivElement>(null);
  const focus = useRef<string | null>(null);
  const [said, setSaid] = useState("");
  // A button that is moved or gone would leave the focus nowhere.
  useEffect(() => {
    if (focus.current === null) return;
    const [wanted, otherwise] = focus.current.split("|");
    focus.current = null;
    const find = (key: string | undefined) => box.current?.querySelector<HTMLElement>(`[data-key="${key}"]:enabled`);
    (find(wanted) ?? find(otherwise) ?? box.current?.querySelector<HTMLElement>("button:enabled"))?.focus();
  }, [order]);
  const words = (line: number): string => lines[line]?.trim() ?? "";
  const change = (next: readonly number[], keys: string, told: string): void => {
    focus.current = keys;
    setSaid(told);
    onOrder(next);
  };
  const move = (from: number, to: number): void => {
    const next = [...order];
    const [line] = next.splice(from, 1);
    if (line === undefined) return;
    next.splice(to, 0, line);
    const [same, other] = to < from ? ["up", "down"] : ["down", "up"];
    change(next, `${same}-${line}|${other}-${line}`, `${words(line)}: now line ${to + 1} of ${next.length}.`);
  };
  const left = lines.map((_, line) => line).filter((line) => !order.includes(line));
  return (
    <div ref={box} className="flex flex-col gap-4">
      {numbered(lines).map(({ line, at }) => (
        <span key={at} hidden>
          <input type="hidden" name="lines" value={line} />
          <input type="hidden" name="places" value={order.includes(at) ? order.indexOf(at) + 1 : ""} />
        </span>
      ))}
      {order.length === 0 ? (
        <p className="rounded-control border border-dashed border-control px-3 py-4 text-sm text-muted">
          Nothing yet. Choose below the line that comes first.
        </p>
      ) : (
        <ol
          aria-label="Your lines in their order"
          className="flex flex-col rounded-control border border-control bg-sunk py-1"
        >
          {order.map((line, at) => (
            <li key={line} className="flex min-w-0 items-center gap-1 pr-1 pl-3">
              <span className="min-w-0 flex-1 font-mono text-xs wrap-anywhere whitespace-pre-wrap">{lines[line]}</span>
              <Step
                sign="↑"
                label={`Move up: ${words(line)}`}
                at={`up-${line}`}
                off={at === 0}
                go={() => move(at, at - 1)}
              />
              <Step
                sign="↓"
                label={`Move down: ${words(line)}`}
                at={`down-${line}`}
                off={at === order.length - 1}
                go={() => move(at, at + 1)}
              />
              <Step
                sign="×"
                label={`Take out: ${words(line)}`}
                at={`out-${line}`}
                off={false}
                go={() =>
                  change(
                    order.filter((other) => other !== line),
                    `out-${order[at + 1] ?? order[at - 1]}|add-${line}`,
                    `${words(line)}: taken out.`,
                  )
                }
              />
            </li>
          ))}
        </ol>
      )}
      {left.length === 0 ? null : (
        <div className="flex flex-col gap-1">
          <p className="text-sm font-medium">Lines that are left; not all may be needed</p>
          <ul className="flex flex-col gap-1">
            {left.map((line, at) => (
              <li key={line}>
                <Button
                  id={at === 0 ? id : undefined}
                  data-key={`add-${line}`}
                  className="w-full justify-start text-left font-normal"
                  onClick={() =>
                    change(
                      [...order, line],
                      `add-${left[at + 1] ?? left[at - 1]}|out-${line}`,
                      `${words(line)}: line ${order.length + 1}.`,
                    )
                  }
                >
                  <span aria-hidden="true">+</span>
                  <VisuallyHidden>Add: </VisuallyHidden>
                  <span className="min-w-0 font-mono text-xs wrap-anywhere whitespace-pre-wrap">{lines[line]}</span>
                </Button>
              </li>
            ))}
          </ul>
        </div>
      )}
      <VisuallyHidden>
        <span role="status">{said}</span>
      </VisuallyHidden>
    </div>
  );
}

interface StepProps {
  readonly sign: string;
  readonly label: string;
  readonly at: string;
  readonly off: boolean;
  readonly go: () => void;
}

function Step({ sign, label, at, off, go }: StepProps): ReactNode {
  return (
    <Button variant="quiet" className="min-w-9 px-2" aria-label={label} data-key={at} disabled={off} onClick={go}>
      <span aria-hidden="true">{sign}</span>
    </Button>
  );
}

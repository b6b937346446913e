"use client";

import { useEffect, useEffectEvent, useId, useRef, useState, type ReactNode } from "react";
import { CONTROL_CLASSES, fieldId, FieldNotes } from "./field";
import { classNames } from "./class-names";

interface CodeEditorProps {
  readonly name: string;
  readonly label: string;
  readonly defaultValue: string;
  readonly language: "javascript" | "typescript" | "python";
  readonly error?: string | undefined;
  readonly onChange?: (text: string) => void;
  /** Ctrl or Cmd with Enter. */
  readonly onRun?: () => void;
}

const [FEWEST_LINES, MOST_LINES] = [10, 26];

/**
 * Code to be written. It begins as a plain text field, which is all that there is without JavaScript; the editor with its
 * colours takes its place, at the same size, once it has loaded. What is typed is sent under `name` either way.
 * To begin with another text give it another `key`.
 */
export function CodeEditor({
  name,
  label,
  defaultValue,
  language,
  error,
  onChange,
  onRun,
}: CodeEditorProps): ReactNode {
  const id = fieldId(name);
  const keysId = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const [ready, setReady] = useState(false);
  const change = useEffectEvent((text: string) => {
    if (field.current) field.current.value = text;
    onChange?.(text);
  });
  const run = useEffectEvent(() => onRun?.());

  useEffect(() => {
    let over = false;
    let destroy: (() => void) | undefined;
    // Where it cannot be loaded the text field stays, and does.
    void import("./code-mirror").then(
      ({ mountEditor }) => {
        if (over || !place.current || !field.current) return;
        const hadFocus = document.activeElement === field.current;
        const mounted = mountEditor(place.current, {
          text: field.current.value,
          label,
          describedBy: keysId,
          language,
          onChange: (text) => change(text),
          onRun: () => run(),
        });
        destroy = mounted.destroy;
        setReady(true);
        if (hadFocus) mounted.focus();
      },
      () => undefined,
    );
    return () => {
      over = true;
      destroy?.();
      setReady(false);
    };
  }, [label, keysId, language]);

  const lines = Math.min(MOST_LINES, Math.max(FEWEST_LINES, defaultValue.split("\n").length + 3));
  return (
    <div className="flex flex-col gap-1.5">
      {/* The editor bears its name itself; the field's label would lead to what is hidden. */}
      {ready ? (
        <p aria-hidden="true" className="font-medium">
          {label}
        </p>
      ) : (
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
      )}
      <div
        className={classNames(
          "relative resize-y overflow-hidden rounded-control border bg-surface font-mono text-base focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent sm:text-xs",
          error ? "border-danger" : "border-control",
        )}
        style={{ height: `${lines * 1.5 + 1}em` }}
      >
        <textarea
          ref={field}
          id={id}
          name={name}
          defaultValue={defaultValue}
          aria-describedby={keysId}
          aria-invalid={error ? true : undefined}
          spellCheck={false}
          autoCapitalize="off"
          hidden={ready}
          className={classNames(
            CONTROL_CLASSES,
            "h-full resize-none rounded-none border-0 font-mono text-base leading-[1.5] whitespace-pre focus-visible:outline-none sm:text-xs",
            ready && "hidden",
          )}
          onChange={(event) => onChange?.(event.currentTarget.value)}
        />
        <div ref={place} hidden={!ready} className="absolute inset-0" />
      </div>
      <FieldNotes id={id} error={error} />
      <p id={keysId} className="text-xs text-muted">
        Tab indents; press Escape, then Tab, to leave the editor.{onRun ? " Ctrl (or ⌘) with Enter runs it." : ""}
      </p>
    </div>
  );
}

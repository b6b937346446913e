import type { ReactNode } from "react";
import { CodeWords } from "./code-words";

/** A lesson or a task as content writes it: paragraphs, code between backticks, strong words, fenced code. Never HTML. */
export function LessonText({ text, className }: { readonly text: string; readonly className?: string }): ReactNode {
  return (
    <div className={`flex max-w-measure flex-col gap-3 ${className ?? ""}`}>
      {blocksOf(text).map(({ code, text: words, key }) =>
        code ? (
          <pre
            key={key}
            tabIndex={0}
            aria-label="Code"
            className="overflow-x-auto rounded-control border border-line bg-sunk px-3 py-2 font-mono text-xs leading-5"
          >
            {words}
          </pre>
        ) : (
          <p key={key}>
            <StrongWords text={words} />
          </p>
        ),
      )}
    </div>
  );
}

interface LessonBlock {
  readonly code: boolean;
  readonly text: string;
  /** The same words may stand in a lesson twice; their order never changes. */
  readonly key: string;
}

function blocksOf(text: string): LessonBlock[] {
  const parts = text.split(/^```\w*\n([\s\S]*?)^```[ \t]*$/mu);
  return parts.flatMap((part, at): LessonBlock[] => {
    if (at % 2 === 1) return [{ code: true, text: part.trimEnd(), key: `${at}` }];
    return part
      .split(/\n[ \t]*\n/u)
      .map((paragraph) => paragraph.trim())
      .filter((paragraph) => paragraph !== "")
      .map((paragraph, place) => ({ code: false, text: paragraph, key: `${at}-${place}` }));
  });
}

/** `**strong**` in running text, outside code. */
function StrongWords({ text }: { readonly text: string }): ReactNode {
  const parts = text
    .split(/\*\*([^*`\n]+(?:\n[^*`\n]+)*)\*\*/u)
    .map((part, at) => ({ part, key: String(at), strong: at % 2 === 1 }));
  return parts.map(({ part, key, strong }) =>
    strong ? <strong key={key}>{part}</strong> : <CodeWords key={key} text={part} />,
  );
}

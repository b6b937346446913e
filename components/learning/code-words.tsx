import { Fragment, type ReactNode } from "react";

/** Text of ours in which code stands between backticks, as in Markdown; nothing else of Markdown is read. */
export function CodeWords({ text }: { readonly text: string }): ReactNode {
  const parts = text.split("`");
  // A lone backtick is a backtick.
  if (parts.length % 2 === 0) return text;
  return parts.map((part, index) => {
    const key = `${index}:${part}`;
    return index % 2 === 0 ? (
      <Fragment key={key}>{part}</Fragment>
    ) : (
      <code key={key} className="font-mono text-[0.9em] wrap-anywhere">
        {part}
      </code>
    );
  });
}

import type { ReactNode } from "react";
import { classNames } from "./class-names";

/** Initials of a person. Decorative: the name stands beside it. */
export function Avatar({ name, className }: { readonly name: string; readonly className?: string }): ReactNode {
  return (
    <span
      aria-hidden="true"
      className={classNames(
        "inline-flex size-8 shrink-0 items-center justify-center rounded-full bg-accent-wash text-xs font-semibold text-accent-ink",
        className,
      )}
    >
      {initials(name)}
    </span>
  );
}

/** First letters of the first and last word, by user-perceived characters, at most two. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const picked = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
  return picked
    .map((word) => Array.from(segmenter.segment(word ?? ""), (part) => part.segment)[0] ?? "")
    .join("")
    .toLocaleUpperCase("en");
}

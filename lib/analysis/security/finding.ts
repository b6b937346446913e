import { createHash } from "node:crypto";
import type { FileRole } from "../source";
import type { Confidence, SecurityCategory, Severity } from "./schemas";
import { SECURITY_LIMITS } from "./schemas";
import type { SecretMatch } from "./secrets/detect";
import { maskedSlice } from "./secrets/mask";

/** What a rule says about itself, wherever it hits. */
export interface RuleAbout {
  /** `secret/github-token`, `code/sql-injection`, `supply-chain/unpinned-action`. */
  readonly rule: string;
  readonly cwe: string;
  readonly title: string;
  readonly advice: string;
}

/** A hit of a rule in a file, before anything is known of the other files. */
export interface Hit extends RuleAbout {
  readonly category: SecurityCategory;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Indexes into the file's text. */
  readonly start: number;
  readonly end: number;
}

/** A part of a text that is secret, but for some characters at its start. */
export type ShownSpan = Pick<SecretMatch, "start" | "end" | "visible">;

/** A file's text with what is needed to show parts of it: where lines begin, and which parts are secret. */
export class ShownText {
  readonly #text: string;
  readonly #secrets: readonly ShownSpan[];
  #lineStarts: number[] | undefined;

  constructor(text: string, secrets: readonly ShownSpan[]) {
    this.#text = text;
    this.#secrets = secrets;
  }

  /** @returns the line, from 1, of an index. */
  lineAt(index: number): number {
    const starts = this.#starts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** @returns a line's text, from 1, masked; at most `SHOWN_LINE` characters of it. */
  line(line: number): string {
    const starts = this.#starts();
    const from = starts[line - 1] ?? this.#text.length;
    const to = Math.max(from, (starts[line] ?? this.#text.length + 1) - 1);
    return maskedSlice(this.#text, from, Math.min(to, from + SHOWN_LINE), this.#secrets);
  }

  /**
   * The lines from `start` to `end`, three at most, masked. Of a long line the part round `start` is shown.
   */
  snippet(start: number, end: number): string {
    const starts = this.#starts();
    const first = this.lineAt(start);
    const last = Math.min(this.lineAt(Math.max(start, end - 1)), first + 2);
    const lines: string[] = [];
    for (let line = first; line <= last; line += 1) {
      const from = starts[line - 1] ?? 0;
      const to = Math.max(from, (starts[line] ?? this.#text.length + 1) - 1);
      const at = line === first ? start : from;
      const cutFrom = at - from > SHOWN_LINE / 2 ? Math.max(from, at - 40) : from;
      const cutTo = Math.min(to, cutFrom + SHOWN_LINE);
      const shown = maskedSlice(this.#text, cutFrom, cutTo, this.#secrets);
      lines.push(`${cutFrom > from ? "… " : ""}${shown}${cutTo < to ? " …" : ""}`);
    }
    return lines.join("\n").replace(/\r/g, "").slice(0, SECURITY_LIMITS.maxSnippetCharacters);
  }

  #starts(): number[] {
    if (this.#lineStarts) return this.#lineStarts;
    const starts = [0];
    for (let at = this.#text.indexOf("\n"); at !== -1; at = this.#text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
    return starts;
  }
}

const SHOWN_LINE = 160;

/**
 * The identity of a finding: rule, path, what stands there without its layout (secrets masked, so that nobody can guess
 * one from it), and which of several equal ones in the file it is.
 */
export function fingerprintOf(rule: string, path: string, snippet: string, ordinal: number): string {
  const content = snippet.replace(/\s+/g, " ").trim();
  return createHash("sha256").update(`${rule}\0${path}\0${content}\0${ordinal}`).digest("hex").slice(0, 32);
}

/** Roles in which a finding weighs little: nothing that runs depends on the file, and its values are mostly made up. */
const LIGHT_ROLES: ReadonlySet<FileRole> = new Set<FileRole>(["test", "example", "documentation"]);

/** Severity and confidence of a hit in a file of this role. */
export function weigh(
  hit: Pick<Hit, "severity" | "confidence">,
  role: FileRole,
): { severity: Severity; confidence: Confidence } {
  if (!LIGHT_ROLES.has(role)) return { severity: hit.severity, confidence: hit.confidence };
  return { severity: hit.severity === "info" ? "info" : "low", confidence: "low" };
}

import type { LanguageCount, SkippedCount } from "../schemas";
import { isCopied, type SkipReason } from "./exclude";
import type { Recognised } from "./recognise";
import { languageTables, type LanguageFacts } from "./table";

const EXAMPLES_KEPT = 3;
const LONGEST_EXAMPLE = 200;

interface Skipped {
  files: number;
  bytes: number;
  copied?: number;
  examples: string[];
}

interface Sum {
  readonly facts: LanguageFacts;
  files: number;
  lines: number;
  bytes: number;
  /** Those of its bytes that are part of the shares. */
  shared: number;
}

/** Lines as an editor numbers them: a last line without a newline counts, an empty file has none. */
export function countLines(content: Buffer): number {
  let lines = 0;
  for (let at = content.indexOf(10); at !== -1; at = content.indexOf(10, at + 1)) lines += 1;
  return content.length > 0 && content[content.length - 1] !== 10 ? lines + 1 : lines;
}

/** Adds files up by language, and what is not counted by reason. */
export class Tally {
  readonly #languages = new Map<string, Sum>();
  readonly #skipped = new Map<SkipReason, Skipped>();

  /** Counts one file. One that several languages may claim is not for here: settle it first. */
  add(path: string, bytes: number, lines: number, recognised: Recognised): void {
    const { language, skipped, inShares } = recognised;
    if (skipped !== null || language === null) return this.skip(skipped ?? "unknown_language", path, bytes);
    const facts = languageTables().facts.get(language.group) ?? language;
    const sum = this.#languages.get(facts.name) ?? { facts, files: 0, lines: 0, bytes: 0, shared: 0 };
    sum.files += 1;
    sum.lines += lines;
    sum.bytes += bytes;
    if (inShares) sum.shared += bytes;
    this.#languages.set(facts.name, sum);
  }

  /** Records a file that is not counted. `bytes` is null where nobody knows (a filtered clone). */
  skip(reason: SkipReason, path: string, bytes: number | null): void {
    const sum: Skipped = this.#skipped.get(reason) ?? { files: 0, bytes: 0, examples: [] };
    const copied = reason === "vendored" && isCopied(path);
    // The first copy takes the place of examples that are none.
    if (copied && (sum.copied ?? 0) < EXAMPLES_KEPT)
      sum.examples.length = Math.min(sum.examples.length, sum.copied ?? 0);
    if (reason === "vendored") sum.copied = (sum.copied ?? 0) + Number(copied);
    sum.files += 1;
    sum.bytes += bytes ?? 0;
    if (sum.examples.length < EXAMPLES_KEPT) sum.examples.push(path.slice(0, LONGEST_EXAMPLE));
    this.#skipped.set(reason, sum);
  }

  /** @returns that of several languages of which this repository has most so far; null when it has none of them. */
  mostCommonOf(languages: readonly string[]): string | null {
    const { facts } = languageTables();
    const bytesOf = (name: string) => this.#languages.get(facts.get(name)?.group ?? name)?.bytes ?? 0;
    const best = languages.toSorted((a, b) => bytesOf(b) - bytesOf(a))[0];
    return best !== undefined && bytesOf(best) > 0 ? best : null;
  }

  /**
   * Languages by size. As on GitHub, a share is a part of all bytes of code and markup; data and
   * prose are listed after them, with a share of null unless an attribute makes them part of it.
   */
  languages(): LanguageCount[] {
    const sums = [...this.#languages.values()];
    const isCode = ({ facts, shared }: Sum) => facts.kind === "programming" || facts.kind === "markup" || shared > 0;
    const code = sums.reduce((total, sum) => total + sum.shared, 0);
    return sums
      .toSorted(
        (a, b) => Number(isCode(b)) - Number(isCode(a)) || b.bytes - a.bytes || (a.facts.name < b.facts.name ? -1 : 1),
      )
      .map((sum) => ({
        name: sum.facts.name,
        kind: sum.facts.kind,
        color: sum.facts.color,
        files: sum.files,
        lines: sum.lines,
        bytes: sum.bytes,
        share: isCode(sum) ? (code === 0 ? 0 : sum.shared / code) : null,
      }));
  }

  skipped(): SkippedCount[] {
    return [...this.#skipped.entries()]
      .map(([reason, sum]) => ({ reason, ...sum }))
      .toSorted((a, b) => b.files - a.files);
  }
}

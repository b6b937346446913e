import "server-only";
import { createParser, type SyntaxParser } from "../syntax/parser";
import { CATALOGUE } from "./catalogue";
import { fingerprintOf } from "./fingerprint";
import { findOccurrences } from "./match";
import { scopesOf } from "./scopes";
import type { PatternKind } from "./schemas";

/** An occurrence of a pattern of the catalogue in a short piece of code. */
export interface Idiom {
  readonly pattern: string;
  readonly kind: PatternKind;
  readonly concept: string;
  readonly line: number;
  readonly endLine: number;
  readonly fingerprint: string;
}

/** Loading the grammars is what takes long: they are for all. */
let parser: Promise<SyntaxParser> | undefined;

/**
 * All occurrences in a piece of code that somebody wrote as an answer, by the very rules that repositories are read with.
 * @param language as Linguist names it
 * @returns none where the code cannot be parsed
 */
export async function idiomsIn(language: string, text: string): Promise<Idiom[]> {
  const { parse } = await (parser ??= createParser());
  const parsed = parse({ language, text, bytes: Buffer.byteLength(text) });
  if (!parsed.ok) return [];
  const { tree } = parsed;
  const found: Idiom[] = [];
  findOccurrences(tree, scopesOf(tree), (index, node) => {
    const pattern = CATALOGUE[index];
    if (!pattern) return;
    found.push({
      pattern: pattern.id,
      kind: pattern.kind,
      concept: pattern.concept,
      line: tree.line(node),
      endLine: tree.endLine(node),
      fingerprint: fingerprintOf(tree, node),
    });
  });
  return found;
}

/** What is in `whole` beyond what was given: each structure that was there before is taken off once. */
export function beyond(whole: readonly Idiom[], given: readonly Idiom[]): Idiom[] {
  const left = new Map<string, number>();
  const keyOf = ({ pattern, fingerprint }: Idiom) => `${pattern} ${fingerprint}`;
  for (const idiom of given) left.set(keyOf(idiom), (left.get(keyOf(idiom)) ?? 0) + 1);
  return whole.filter((idiom) => {
    const times = left.get(keyOf(idiom)) ?? 0;
    if (times > 0) left.set(keyOf(idiom), times - 1);
    return times === 0;
  });
}

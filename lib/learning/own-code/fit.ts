import type { OwnFunction } from "./schemas";

/**
 * What in a function shows that it is about a concept of the content. A line is looked at, so what a match needs stands on
 * one; the more telling rules come first.
 */
const SIGNS: readonly (readonly [concept: string, sign: RegExp])[] = [
  ["null-safety", /\?\?|\?\.|[=!]==?\s*(?:null|undefined)\b|\b(?:null|undefined)\s*[=!]==?|===?\s*["'`]undefined["'`]/],
  ["type-narrowing", /\btypeof\b|\binstanceof\b|\bArray\.isArray\(|["']\s+in\s+\w/],
  ["type-safety", /\bas\s+(?:any|unknown|[A-Z])|:\s*(?:any|unknown)\b/],
  ["generics", /<T\b|<[A-Z]\w*(?:\s+extends\b|>\s*\()/],
  ["error-values", /\bthrow\b|\bcatch\b|\breturn\s+(?:null|undefined|-1)\b/],
  ["input-validation", /\b(?:parseInt|parseFloat|isNaN|isFinite|isInteger)\b|\bNumber\(|\/[^/\n]+\/[a-z]*\.test\(/],
  ["enumerations", /\bcase\s+["'`]|===\s*["'`]\w+["'`]/],
  ["immutability", /\.\.\.|\.(?:map|filter|slice|concat|toSorted|reduce)\(|\bvar\b|\bObject\.(?:freeze|assign)\(/],
];

/**
 * The concepts that an exercise of a function can stand for: those of the line that decides first, then those that its other
 * lines show. None where nothing is shown: such an exercise is kept, and put into no session.
 */
export function fittingConcepts({ text }: Pick<OwnFunction, "text">, decides: number | null): string[] {
  const lines = text.split("\n").map((line) => line.replace(/\/\/.*$/, ""));
  const deciding = decides === null ? "" : (lines[decides - 1] ?? "");
  const on = (line: string): string[] => SIGNS.flatMap(([concept, sign]) => (sign.test(line) ? [concept] : []));
  return [...new Set([...on(deciding), ...lines.flatMap(on)])].slice(0, 4);
}

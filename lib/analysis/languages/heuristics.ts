import { RE2JS } from "re2js";
import { anchorsOf, hasRequired, requiredText, type RequiredText } from "./required-text";
import disambiguations from "./data/heuristics.json" with { type: "json" };

/** Linguist looks no further into a file, and neither do we. */
export const CONSIDERED_BYTES = 50 * 1024;

interface Condition {
  readonly any?: readonly string[];
  readonly none?: readonly string[];
}

interface Disambiguation {
  readonly extensions: readonly string[];
  readonly rules: readonly { readonly languages: readonly string[]; readonly conditions: readonly Condition[] }[];
}

/**
 * Those of Linguist's patterns that look around or repeat possessively, which RE2 has not, written anew without: a help
 * file's Vim modeline, a hosts file's line, and the first line of an ad blocker's list.
 */
const REWRITTEN: readonly (readonly [beginning: string, pattern: string])[] = [
  [
    "(?:(?:^|[ \\t])(?:vi|Vi(?=m))",
    "(?:(?:^|[ \\t])[vV]i(?:m[<=>]?[0-9]+|m)?|[ \\t]ex):(?:.*[ \\t:])?(?:filetype|ft|syntax)[ \\t]*=help(?:$|\\s|:)",
  ],
  [
    "(?xi)\n^(?<ipv4>",
    "(?i)^\\d{1,3}(?:\\.\\d{1,3}){3}(?:/\\d{1,2})?(?:[ \\t]+\\w[-\\w]*(?:\\.\\w[-\\w]*)*)+(?:$|\\s)",
  ],
  ["(?xi) ^(?<ipv4>", "(?i)^\\d{1,3}(?:\\.\\d{1,3}){3}(?:/\\d{1,2})?(?:[ \\t]+\\w[-\\w]*(?:\\.\\w[-\\w]*)*)+(?:$|\\s)"],
  [
    "\\A\\[(?<version>",
    "\\A\\[(?:[Aa]d[Bb]lock(?:[ \\t][Pp]lus)?|u[Bb]lock(?:[ \\t][Oo]rigin)?|[Aa]d[Gg]uard)(?:[ \\t] ?\\d+(?:\\.\\d+)*)?[^\\]\\n]*\\]",
  ],
];

const BY_EXTENSION = new Map<string, Disambiguation>();
for (const disambiguation of disambiguations as readonly Disambiguation[]) {
  for (const extension of disambiguation.extensions) BY_EXTENSION.set(extension.toLowerCase(), disambiguation);
}

interface Pattern {
  readonly needs: RequiredText;
  /** Fixed texts near which alone it can match; empty when it can match anywhere. */
  readonly near: readonly string[];
  readonly re: RE2JS;
}
const compiled = new Map<string, Pattern>();

/** Patterns that look at the beginning of the text, or whose matches may be any number of lines long. */
const FAR = /\\A|\\z|\(\?[a-z]*s|\[\^|\\n|\\r|\\S|\\W|\\D/;
/** Lines on each side of a fixed text: white space in a pattern may stand for line ends. */
const LINES_NEAR = 3;

/** The lines round every place where one of the fixed texts stands: all that a pattern made of lines can match. */
function linesNear(text: string, lower: string, near: readonly string[]): string {
  const pieces: string[] = [];
  const next = near.map((fixed) => lower.indexOf(fixed));
  for (let done = 0; ;) {
    const at = Math.min(...next.map((place) => (place === -1 ? Number.POSITIVE_INFINITY : place)));
    if (at === Number.POSITIVE_INFINITY) return pieces.join("\n\n\n\n");
    let start = at;
    for (let lines = 0; start >= 0 && lines <= LINES_NEAR; lines += 1)
      start = start === 0 ? -1 : lower.lastIndexOf("\n", start - 1);
    let end = at;
    for (let lines = 0; end !== -1 && lines <= LINES_NEAR; lines += 1) end = lower.indexOf("\n", end + 1);
    if (end === -1) end = text.length;
    pieces.push(text.slice(Math.max(start + 1, done), end));
    done = end;
    near.forEach((fixed, index) => {
      if ((next[index] ?? -1) !== -1 && (next[index] ?? 0) < done) next[index] = lower.indexOf(fixed, done);
    });
  }
}

/** In Ruby `^` and `$` are those of a line. RE2 takes time in proportion to the text, whatever the pattern. */
function patternOf(source: string): Pattern {
  const known = compiled.get(source);
  if (known) return known;
  const rewritten = REWRITTEN.find(([beginning]) => source.startsWith(beginning))?.[1];
  const text = rewritten ?? source;
  const needs = requiredText(text);
  const near = FAR.test(text) ? [] : anchorsOf(needs);
  const pattern = { needs, near, re: RE2JS.compile(text, RE2JS.MULTILINE) };
  compiled.set(source, pattern);
  return pattern;
}

/** @returns the last part of a lower-case name for which there is a disambiguation, longest first. */
function disambiguationOf(name: string): Disambiguation | undefined {
  for (let dot = name.indexOf("."); dot !== -1; dot = name.indexOf(".", dot + 1)) {
    const found = BY_EXTENSION.get(name.slice(dot));
    if (found) return found;
  }
  return undefined;
}

/**
 * Linguist's rules for extensions that several languages share.
 * @param name in lower case, without folders
 * @param text the file's first {@link CONSIDERED_BYTES}
 * @returns the languages of the first rule that holds; none when none does
 */
export function byHeuristics(name: string, text: string): readonly string[] {
  const rules = disambiguationOf(name)?.rules ?? [];
  let lower: string | undefined;
  const holds = (source: string): boolean => {
    const { needs, near, re } = patternOf(source);
    lower ??= text.toLowerCase();
    if (!hasRequired(needs, lower)) return false;
    return re.matcher(near.length > 0 ? linesNear(text, lower, near) : text).find();
  };
  const winner = rules.find(({ conditions }) =>
    conditions.every(({ any, none }) => (any ? any.some(holds) : true) && !(none ?? []).some(holds)),
  );
  return winner?.languages ?? [];
}

/** Every pattern compiles: for the test that says so. @returns how many there are */
export function compileAll(): number {
  const sources = (disambiguations as readonly Disambiguation[]).flatMap(({ rules }) =>
    rules.flatMap(({ conditions }) => conditions.flatMap(({ any, none }) => [...(any ?? []), ...(none ?? [])])),
  );
  return sources.map(patternOf).length;
}

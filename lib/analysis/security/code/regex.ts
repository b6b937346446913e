import type { Weight } from "./rule-file";

interface Part {
  /** Must stand there at least once. */
  readonly needed: boolean;
  /** Repeated without an upper bound. */
  readonly unbounded: boolean;
  readonly source: string;
}

const MAX_PATTERN = 2_000;

/**
 * Whether an expression for a backtracking engine can take exponential time: a repeated group whose turns need nothing but one
 * repeated part, such as `(\w+\s?)*`, so that the same text can be split into turns in many ways. Deliberately narrow: what
 * it reports is true, and what needs more thought is not reported.
 */
export function regexWeight(pattern: string): Weight | null {
  if (pattern.length > MAX_PATTERN || !/\)(?:[*+]|\{\d{1,4},\})/.test(pattern)) return null;
  const open: number[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (character === "\\") at += 1;
    else if (character === "[") at = endOfClass(pattern, at);
    else if (character === "(") open.push(at);
    else if (character === ")") {
      const from = open.pop();
      if (from === undefined) return null;
      const quantifier = /^(?:[*+]|\{\d{1,4},\})/.exec(pattern.slice(at + 1, at + 9))?.[0];
      if (!quantifier || /^\(\?(?:[=!]|<[=!]|>)/.test(pattern.slice(from, from + 4))) continue;
      const body = pattern.slice(from + 1, at).replace(/^\?(?::|<\w+>|P<\w+>)/, "");
      if (isAmbiguous(body)) {
        // Without anything behind that can fail, the first way of splitting wins at once.
        const rest = pattern.slice(at + 1 + quantifier.length).replace(/^\?/, "");
        return rest === "" ? null : ["medium", rest === ")" ? "low" : "medium"];
      }
    }
  }
  return null;
}

function endOfClass(pattern: string, from: number): number {
  let at = from + 1;
  if (pattern[at] === "^") at += 1;
  if (pattern[at] === "]") at += 1;
  while (at < pattern.length && pattern[at] !== "]") at += pattern[at] === "\\" ? 2 : 1;
  return at;
}

/** One needed part, repeated without bound, and nothing else needed that could mark where a turn ends. */
function isAmbiguous(body: string): boolean {
  const parts = partsOf(body);
  if (!parts) return false;
  if (parts.length === 1 && parts[0]?.unbounded) return true;
  const needed = parts.filter((part) => part.needed);
  const [only, ...others] = needed;
  if (!only || others.length > 0 || !only.unbounded) return false;
  // A negated class that excludes the neighbours is what careful people write; it only counts when it stands alone.
  return !only.source.startsWith("[^");
}

/** @returns null for a body with alternatives or groups: those need more thought than this has. */
function partsOf(body: string): Part[] | null {
  const parts: Part[] = [];
  let at = 0;
  while (at < body.length) {
    const from = at;
    const character = body[at] ?? "";
    if (character === "(" || character === "|" || character === ")") return null;
    if (character === "^" || character === "$") return null;
    if (character === "[") at = endOfClass(body, at);
    else if (character === "\\") at += 1;
    at += 1;
    const source = body.slice(from, at);
    if (/^\\[bB]/.test(source)) return null;
    const quantifier = /^(?:[*+?]|\{(\d{1,4})(,(\d{0,4}))?\})\??/.exec(body.slice(at, at + 14));
    at += quantifier?.[0].length ?? 0;
    const sign = quantifier?.[0] ?? "";
    parts.push({
      source,
      needed: !/^[*?]/.test(sign) && quantifier?.[1] !== "0",
      unbounded: /^[*+]/.test(sign) || (quantifier?.[2] !== undefined && quantifier[3] === ""),
    });
  }
  return parts;
}

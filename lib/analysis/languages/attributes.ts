/** What .gitattributes say of one path, as Linguist reads them; absent is unsaid. */
export interface LinguistAttributes {
  readonly language?: string;
  readonly vendored?: boolean;
  readonly generated?: boolean;
  readonly documentation?: boolean;
  readonly detectable?: boolean;
}

type Flag = "vendored" | "generated" | "documentation" | "detectable";

interface AttributeRule {
  /** Folder of the file that it stands in, with its slash; "" at the top. */
  readonly folder: string;
  readonly pattern: readonly string[];
  /** Without a slash a pattern is about the name, in any folder below. */
  readonly nameOnly: boolean;
  /** What the path below the folder must begin with. */
  readonly beginning: string;
  /** What a path must end with to match at all: nearly every rule is settled by that. */
  readonly ending: string;
  /** Undefined takes back what an earlier rule said. */
  readonly set: readonly (readonly [Flag | "language", boolean | string | undefined])[];
}

const FLAGS: Readonly<Record<string, Flag | "language">> = {
  "linguist-language": "language",
  "linguist-vendored": "vendored",
  "linguist-generated": "generated",
  "linguist-documentation": "documentation",
  "linguist-detectable": "detectable",
};

/** Rules in all; more than anybody writes by hand. Each file is compared with each. */
const MAX_RULES = 500;
const MAX_PATTERN = 256;
/** Steps of comparing patterns with paths, in one repository: about two seconds. Beyond them rules say nothing more. */
export const MAX_COMPARISONS = 10_000_000;

/** The rules of all .gitattributes of a commit. Git's own order: nearer folders and later lines win. */
export class Attributes {
  readonly #rules: AttributeRule[] = [];
  #comparisons = 0;

  /**
   * Adds one file's rules; files of outer folders must come first.
   * @param path of the .gitattributes itself
   */
  add(path: string, text: string): void {
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    for (const line of text.split(/\r?\n/)) {
      if (this.#rules.length >= MAX_RULES) return;
      const rule = parseLine(line, folder);
      if (rule) this.#rules.push(rule);
    }
  }

  /** Whether rules were left unread because there were too many comparisons. */
  get exhausted(): boolean {
    return this.#comparisons >= MAX_COMPARISONS;
  }

  /** What holds for a path. */
  of(path: string): LinguistAttributes {
    const said: { -readonly [K in keyof LinguistAttributes]: LinguistAttributes[K] } = {};
    for (const rule of this.#rules) {
      if (!path.endsWith(rule.ending) || !path.startsWith(rule.folder + rule.beginning)) continue;
      if (this.exhausted) break;
      this.#comparisons += rule.pattern.length * Math.min(path.length, MAX_PATTERN);
      if (!matches(rule, path)) continue;
      for (const [name, value] of rule.set) {
        if (value === undefined) delete said[name];
        else if (name === "language") {
          if (typeof value === "string") said.language = value;
        } else said[name] = value !== false && value !== "false";
      }
    }
    return said;
  }
}

function parseLine(line: string, folder: string): AttributeRule | null {
  if (line.length > 2_048) return null;
  const trimmed = line.trim();
  if (trimmed === "" || trimmed.startsWith("#") || trimmed.startsWith("[attr]") || trimmed.startsWith("!")) return null;
  const quoted = /^"((?:[^"\\]|\\.)*)"\s+(.*)$/.exec(trimmed);
  const space = trimmed.search(/\s/);
  const raw = quoted
    ? (quoted[1] ?? "").replaceAll(/\\(.)/g, "$1")
    : trimmed.slice(0, space === -1 ? undefined : space);
  const words = (quoted ? (quoted[2] ?? "") : space === -1 ? "" : trimmed.slice(space)).trim().split(/\s+/);
  const set = words.flatMap((word) => {
    const said = /^([-!]?)([\w-]+)(?:=(.*))?$/.exec(word);
    const name = said ? FLAGS[said[2] ?? ""] : undefined;
    if (!said || !name) return [];
    const value = said[1] === "-" ? false : said[1] === "!" ? undefined : (said[3] ?? true);
    return [[name, value] as const];
  });
  // A pattern for folders says nothing about the files in them.
  if (set.length === 0 || raw.length > MAX_PATTERN || raw.endsWith("/")) return null;
  const nameOnly = !raw.includes("/");
  const pattern = tokens(raw.replace(/^\//, ""));
  const beginning = nameOnly ? "" : beginningOf(pattern);
  return { folder, pattern, nameOnly, beginning, ending: endingOf(pattern), set };
}

function isWild(token: string): boolean {
  return token.length > 1 || token === "*" || token === "?";
}

function beginningOf(pattern: readonly string[]): string {
  const first = pattern.findIndex(isWild);
  return pattern.slice(0, first === -1 ? undefined : first).join("");
}

function endingOf(pattern: readonly string[]): string {
  const last = pattern.findLastIndex(isWild);
  return pattern.slice(last + 1).join("");
}

function matches(rule: AttributeRule, path: string): boolean {
  const below = path.slice(rule.folder.length);
  return matchGlob(rule.pattern, rule.nameOnly ? below.slice(below.lastIndexOf("/") + 1) : below);
}

/** Matches without backtracking: the states that can be reached, one character after the other. */
function matchGlob(pattern: readonly string[], text: string): boolean {
  let states = closure(new Set([0]), pattern, true);
  for (const character of text) {
    const next = new Set<number>();
    for (const state of states) {
      const token = pattern[state];
      if (token === undefined) continue;
      if (token === "**/" || token === "**") next.add(state);
      else if (token === "*") {
        if (character !== "/") next.add(state);
      } else if (accepts(token, character)) next.add(state + 1);
    }
    states = closure(next, pattern, character === "/");
    if (states.size === 0) return false;
  }
  return states.has(pattern.length);
}

/** Cuts a pattern into single characters, `?`, `*`, `**`, `**` with the slash after it, and `[…]`: a state is a position. */
function tokens(pattern: string): string[] {
  const pieces = pattern.match(/\*\*\/|\*+|\?|\[[!^]?\]?[^\]]*\]|\\.|[^*?[\\]+|[[\\]/g) ?? [];
  return pieces.flatMap((token) => {
    if (token.startsWith("*")) return [token === "*" ? "*" : token === "**/" ? "**/" : "**"];
    if (token === "?" || (token.startsWith("[") && token.length > 1)) return [token];
    if (token.startsWith("\\") && token.length > 1) return [`\\${token.slice(1)}`];
    return [...token];
  });
}

/** A star may stand for nothing; `**` with its slash only where a folder begins. */
function closure(states: Set<number>, pattern: readonly string[], folderBegins: boolean): Set<number> {
  for (const state of states) {
    const token = pattern[state];
    if (token === "*" || token === "**") states.add(state + 1);
    if (token === "**/" && folderBegins) states.add(state + 1);
  }
  return states;
}

function accepts(token: string, character: string): boolean {
  if (token === "?") return character !== "/";
  if (token.startsWith("[") && token.length > 1) return accepted(token.slice(1, -1), character);
  if (token.startsWith("\\") && token.length > 1) return token.slice(1) === character;
  return token === character;
}

function accepted(set: string, character: string): boolean {
  if (character === "/") return false;
  const negated = set.startsWith("!") || set.startsWith("^");
  const body = negated ? set.slice(1) : set;
  let inside = false;
  for (let at = 0; at < body.length; at += 1) {
    const from = body[at] ?? "";
    if (body[at + 1] === "-" && at + 2 < body.length) {
      inside ||= from <= character && character <= (body[at + 2] ?? "");
      at += 2;
    } else inside ||= from === character;
  }
  return inside !== negated;
}

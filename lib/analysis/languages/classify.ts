import type { FileVerdict } from "../schemas";
import { byHeuristics, CONSIDERED_BYTES } from "./heuristics";
import { linesAtEnds, modeOf } from "./modeline";
import { languageByAlias, languageTables } from "./table";

/** How a file's language was found; the strategies in the order in which they are tried. */
export type Evidence = NonNullable<FileVerdict["why"]>;

/** One language and how it was found, or the languages that it could be. */
export type Classified =
  | { readonly kind: "one"; readonly language: string; readonly evidence: Evidence }
  | { readonly kind: "several"; readonly languages: readonly string[] }
  | { readonly kind: "none" };

/** Extensions that too many formats share: they alone say nothing. */
const GENERIC = /\.(?:[1-9]|app|cmp|msg|resource|sol|stl|tag|url)$/;
const MANPAGE = /\.(?:[1-9](?![0-9])[a-z_0-9]*|0p|n|man|mdoc)(?:\.in)?$/i;

/** Linguist's own list of popular languages (`popular.yml`): of several, the only one of these is the likeliest by far. */
const POPULAR = new Set(
  (
    "C, C#, C++, CoffeeScript, CSS, Dart, DM, Elixir, Go, Groovy, HTML, Java, JavaScript, Kotlin, Objective-C, Perl, PHP, " +
    "PowerShell, Python, Ruby, Rust, Scala, Shell, Swift, TypeScript"
  ).split(", "),
);

interface Candidate {
  readonly name: string;
  /** The file's first 50 KB, one character a byte. */
  readonly text: string;
  readonly ends: { readonly first: readonly string[]; readonly last: readonly string[] };
}

type Strategy = (file: Candidate, candidates: readonly string[]) => readonly string[];

const narrow = (found: readonly string[], candidates: readonly string[]): readonly string[] =>
  candidates.length > 0 ? candidates.filter((name) => found.includes(name)) : found;

const STRATEGIES: readonly (readonly [Evidence, Strategy])[] = [
  [
    "modeline",
    ({ ends }) => {
      const mode = modeOf(ends);
      const language = mode === null ? null : languageByAlias(mode);
      return language === null ? [] : [language];
    },
  ],
  ["filename", ({ name }, candidates) => narrow(languageTables().byFilename.get(name) ?? [], candidates)],
  ["shebang", (file, candidates) => narrow(byShebang(file), candidates)],
  [
    "extension",
    ({ name }, candidates) => {
      const lower = name.toLowerCase();
      return GENERIC.test(lower) ? candidates : narrow(byExtension(lower), candidates);
    },
  ],
  [
    "xml",
    ({ ends }, candidates) => {
      if (candidates.length > 0) return candidates;
      return ends.first.slice(0, 2).some((line) => line.includes("xml version=")) ? ["XML"] : [];
    },
  ],
  [
    "manpage",
    ({ name }, candidates) => {
      if (candidates.length > 0) return candidates;
      return MANPAGE.test(name) ? ["Roff Manpage", "Roff"] : [];
    },
  ],
  ["heuristic", ({ name, text }) => byHeuristics(name.toLowerCase(), text)],
];

/**
 * Finds a file's language as Linguist does: one strategy after the other, each narrowing what the ones before left, until one
 * language remains. Linear in the first 50 KB. Linguist's last resort, a classifier trained on samples, we have not: what
 * remains open is a popular language's if that is the only one, else `several`, for the company that the file keeps to decide.
 */
export function classify(path: string, content: Buffer): Classified {
  const text = content.toString("latin1", 0, Math.min(content.length, CONSIDERED_BYTES));
  const whole = content.length <= CONSIDERED_BYTES;
  const tail = whole ? text : content.toString("latin1", content.length - 4_096);
  const ends = { first: linesAtEnds(text).first, last: linesAtEnds(tail).last };
  const file = { name: path.slice(path.lastIndexOf("/") + 1), text, ends };
  let candidates: readonly string[] = [];
  for (const [evidence, strategy] of STRATEGIES) {
    const found = strategy(file, candidates);
    const only = found[0];
    if (found.length === 1 && only !== undefined) return { kind: "one", language: only, evidence };
    if (found.length > 1) candidates = found;
  }
  // Nothing is Objective-C that has none of its marks; most other `.m` is MATLAB.
  const likely = file.name.toLowerCase().endsWith(".m") ? new Set(["MATLAB"]) : POPULAR;
  const popular = candidates.filter((language) => likely.has(language));
  if (popular.length === 1 && popular[0] !== undefined)
    return { kind: "one", language: popular[0], evidence: "popular" };
  return candidates.length > 0 ? { kind: "several", languages: candidates } : { kind: "none" };
}

/** `foo.d.ts` is tried as `.d.ts`, then `.ts`: the longest known extension wins. */
function byExtension(name: string): readonly string[] {
  const { byExtension: known } = languageTables();
  for (let dot = name.indexOf("."); dot !== -1; dot = name.indexOf(".", dot + 1)) {
    const found = known.get(name.slice(dot));
    if (found) return found;
  }
  return [];
}

function byShebang({ text, ends }: Candidate): readonly string[] {
  const line = ends.first[0];
  if (!text.startsWith("#!") || line === undefined) return [];
  const script = interpreterOf(line, ends.first);
  return script === null ? [] : (languageTables().byInterpreter.get(script) ?? []);
}

function interpreterOf(line: string, first: readonly string[]): string | null {
  const words = line.slice(2).trim().split(/\s+/);
  let script = words.shift()?.split("/").at(-1);
  if (script === "env") script = words.find((word) => !word.startsWith("-") && !word.includes("="));
  if (!script) return null;
  script =
    script
      .split("/")
      .at(-1)
      ?.replace(/\.\d+$/, "") ?? "";
  // A shell script that starts itself again in another language.
  if (script === "sh") {
    for (const text of first) script = /exec (\w+) .*\$0.*\$@/.exec(text)?.[1] ?? script;
  }
  if (script === "osascript" && /\s-l/.test(line)) return null;
  return script;
}

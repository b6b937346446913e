import type { TestsFound } from "../patterns/schemas";
import type { Place } from "./place";
import { byPlace, codePlaces, filePlaces, testPlaces, type Facts } from "./facts";
import { counted, percent, URGENCY, type Draft, type Rule } from "./rule";

/**
 * Lines of tests for each line of other code. Well-tested projects have about as much of one as of the other (SQLite far
 * more); half is taken as good, a tenth as thin.
 */
const GOOD_RATIO = 0.5;
const THIN_RATIO = 0.1;
/** Fewer source files say nothing about a habit. */
const ENOUGH_FILES = 3;
/** Fewer public functions say nothing about how they are documented. */
const ENOUGH_PUBLIC = 10;
/** Parts of the public functions that have a comment: most, and few. */
const DOCUMENTED = 0.7;
const UNDOCUMENTED = 0.3;
/** A title and a sentence take about this many bytes. */
const SHORT_README = 500;
/** A page and a half: what it is, how to install it, an example. */
const FULL_README = 3_000;

const RATIO = (tests: TestsFound): string =>
  `${(tests.linesRatio ?? 0).toLocaleString("en", { maximumFractionDigits: 2 })} lines of test for each line of other code`;

/** A rule about tests where there are any. */
function whereTested(
  facts: Facts,
  isSo: (ratio: number) => boolean,
  say: (tests: TestsFound) => Omit<Draft, "places">,
): Draft[] {
  const tests = facts.found?.tests;
  if (!tests || tests.cases === 0 || tests.linesRatio === null || !isSo(tests.linesRatio)) return [];
  return [{ total: tests.files, ...say(tests), places: testPlaces(facts) }];
}

export const TEST_RULES: readonly Rule[] = [
  {
    id: "tests.solid",
    kind: "strength",
    topic: "tests",
    reason: `From ${GOOD_RATIO} lines of test for each line of code on, a change is likely to be caught by one. It says how much is written, not how good it is.`,
    look: (facts) =>
      whereTested(
        facts,
        (ratio) => ratio >= GOOD_RATIO,
        (tests) => ({
          sentence: `${counted(tests.cases, "test case")} and ${counted(tests.files, "test file")} stand behind this code: ${RATIO(tests)}.`,
          weight: 12 + Math.min(3, tests.linesRatio ?? 0),
        }),
      ),
  },
  {
    id: "tests.some",
    kind: "habit",
    topic: "tests",
    reason: `Between ${THIN_RATIO} and ${GOOD_RATIO} lines of test for each line of code, some of it is covered and some is not.`,
    look: (facts) =>
      whereTested(
        facts,
        (ratio) => ratio >= THIN_RATIO && ratio < GOOD_RATIO,
        (tests) => ({
          sentence: `There are tests, ${counted(tests.cases, "case")} and ${counted(tests.files, "file")} of them: ${RATIO(tests)}.`,
          weight: 7,
        }),
      ),
  },
  {
    id: "tests.thin",
    kind: "gap",
    topic: "tests",
    reason: `Below ${THIN_RATIO} lines of test for each line of code, most changes go unchecked.`,
    look: (facts) =>
      whereTested(
        facts,
        (ratio) => ratio < THIN_RATIO,
        (tests) => ({
          sentence: `Tests are few: ${counted(tests.cases, "case")} for ${counted(tests.sourceFiles, "source file")}.`,
          weight: 10,
          step: {
            sentence: "Add a test beside the next change you make, in the style of those that are there.",
            reason: "The frame stands already; each change is a cheap occasion.",
            urgency: URGENCY.thinTests,
          },
        }),
      ),
  },
  {
    id: "tests.none",
    kind: "gap",
    topic: "tests",
    reason:
      "Without a test nothing says that a change broke something. The places are where a first one would tell most: the most complex code.",
    look: (facts) => {
      const tests = facts.found?.tests;
      if (!tests || tests.files > 0 || tests.cases > 0 || tests.sourceFiles < ENOUGH_FILES) return [];
      return [
        {
          sentence: `No test was found beside ${counted(tests.sourceFiles, "source file")}.`,
          weight: 14,
          places: codePlaces(facts),
          total: tests.sourceFiles,
          step: {
            sentence: "Write a first test, for the most complex function you have.",
            reason: "It is where a mistake is most likely, and having one test makes the second one easy.",
            urgency: URGENCY.noTests,
          },
        },
      ];
    },
  },
  {
    id: "tests.crowded-files",
    kind: "habit",
    topic: "tests",
    reason: "Thirty cases and more in a file, on average, make it slow to find which one speaks about what.",
    look: (facts) => {
      const tests = facts.found?.tests;
      if (!tests || tests.files === 0 || tests.cases / tests.files < 30) return [];
      return [
        {
          sentence: `Test files are crowded: ${Math.round(tests.cases / tests.files)} cases in each on average.`,
          weight: 3,
          places: testPlaces(facts),
          total: tests.files,
        },
      ];
    },
  },
];

const missingPlaces = (facts: Facts): Place[] =>
  (facts.found?.documentation.missing ?? [])
    .map(({ path, line, name }) => ({ path, line, label: name }))
    .toSorted(byPlace);

/** How many there are; the list of places holds the largest of them alone. */
const withoutComment = (facts: Facts): number =>
  (facts.found?.documentation.publicFunctions ?? 0) - (facts.found?.documentation.documentedFunctions ?? 0);

function documentedShare(facts: Facts): number | null {
  const documentation = facts.found?.documentation;
  if (!documentation || documentation.publicFunctions < ENOUGH_PUBLIC) return null;
  return documentation.documentedFunctions / documentation.publicFunctions;
}

export const DOCUMENTATION_RULES: readonly Rule[] = [
  {
    id: "documentation.readme-full",
    kind: "strength",
    topic: "documentation",
    reason: `From ${FULL_README.toLocaleString("en")} bytes on, a README has room for what it is, how to use it and an example. Its words are not judged.`,
    look: (facts) => {
      const documentation = facts.found?.documentation;
      if (!documentation?.readme || documentation.readmeBytes < FULL_README) return [];
      return [
        {
          sentence: "A README of some length greets newcomers.",
          weight: 4,
          places: filePlaces([documentation.readme]),
        },
      ];
    },
  },
  {
    id: "documentation.readme-short",
    kind: "gap",
    topic: "documentation",
    reason: `Below ${SHORT_README} bytes there is room for a title and a sentence.`,
    look: (facts) => {
      const documentation = facts.found?.documentation;
      if (!documentation?.readme || documentation.readmeBytes >= SHORT_README) return [];
      return [
        {
          sentence: `The README has ${counted(documentation.readmeBytes, "byte")}: a newcomer learns little from it.`,
          weight: 5,
          places: filePlaces([documentation.readme]),
          step: {
            sentence: "Say in the README what this is for, how to start it, and one example.",
            reason: "It is the first file that anybody opens, you in a year included.",
            urgency: URGENCY.documentation,
          },
        },
      ];
    },
  },
  {
    id: "documentation.no-readme",
    kind: "gap",
    topic: "documentation",
    reason:
      "Without a README the code is the only way in. The places are functions that others may call and that say nothing either.",
    look: (facts) => {
      const documentation = facts.found?.documentation;
      if (!documentation || documentation.readme !== null) return [];
      const silent = withoutComment(facts);
      return [
        {
          sentence: `There is no README, and ${counted(silent, "public function is", "public functions are")} without a comment.`,
          weight: 9,
          places: missingPlaces(facts),
          total: silent,
          step: {
            sentence: "Write a README: what this is for, how to start it, and one example.",
            reason: "It is the first file that anybody opens, you in a year included.",
            urgency: URGENCY.documentation + 2,
          },
        },
      ];
    },
  },
  {
    id: "documentation.public-explained",
    kind: "strength",
    topic: "documentation",
    reason: `From ${percent(DOCUMENTED)} on, callers rarely need to read the body. The places are the exceptions.`,
    look: (facts) => {
      const share = documentedShare(facts);
      if (share === null || share < DOCUMENTED) return [];
      return [
        {
          sentence: `${percent(share)} of the public functions have a comment that says what they do; ${counted(withoutComment(facts), "is", "are")} without.`,
          weight: 9,
          places: missingPlaces(facts),
          total: withoutComment(facts),
        },
      ];
    },
  },
  {
    id: "documentation.public-partly",
    kind: "habit",
    topic: "documentation",
    reason: `Between ${percent(UNDOCUMENTED)} and ${percent(DOCUMENTED)}, a caller cannot rely on finding a comment.`,
    look: (facts) => {
      const share = documentedShare(facts);
      if (share === null || share < UNDOCUMENTED || share >= DOCUMENTED) return [];
      return [
        {
          sentence: `${percent(share)} of the public functions have a comment; the others leave it to their names.`,
          weight: 5,
          places: missingPlaces(facts),
          total: withoutComment(facts),
        },
      ];
    },
  },
  {
    id: "documentation.public-silent",
    kind: "gap",
    topic: "documentation",
    reason: `Below ${percent(UNDOCUMENTED)}, whoever calls these functions has to read them first.`,
    look: (facts) => {
      const documentation = facts.found?.documentation;
      const share = documentedShare(facts);
      if (!documentation || share === null || share >= UNDOCUMENTED) return [];
      const silent = withoutComment(facts);
      return [
        {
          sentence: `${silent.toLocaleString("en")} of ${counted(documentation.publicFunctions, "public function")} have no comment.`,
          weight: 7,
          places: missingPlaces(facts),
          total: silent,
          step: {
            sentence:
              "Begin with the public functions named here: say in one sentence what each promises, and when it fails.",
            reason: "That is what a caller needs and what a name has no room for.",
            urgency: URGENCY.documentation + 1,
          },
        },
      ];
    },
  },
];

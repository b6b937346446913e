import { functionPlaces, type Facts } from "./facts";
import { counted, URGENCY, type Rule } from "./rule";

/** SonarSource's limit for one function (rule S3776), by the authors of cognitive complexity. */
export const COGNITIVE_LIMIT = 15;
/** McCabe's own limit of paths through one function (1976), kept by NIST SP 500-235. */
export const CYCLOMATIC_LIMIT = 10;
/** What fits on a sheet: rule 4 of Holzmann's "Power of Ten" (NASA/JPL, 2006). */
export const LINES_LIMIT = 60;
/** Pylint's default for `max-args`; more are hard to call right. */
export const PARAMETERS_LIMIT = 5;
/** Fewer functions say nothing about a habit. */
const ENOUGH_FUNCTIONS = 20;

/** `twice`, `3 times`. */
const times = (factor: number): string => (factor === 2 ? "twice" : `${factor.toLocaleString("en")} times`);
const enough = (facts: Facts) => (facts.found?.functions.count ?? 0) >= ENOUGH_FUNCTIONS;

/** Hotspots past a limit; "at least" when the list of hotspots itself is full of them. */
function past(facts: Facts, isPast: (each: Facts["hotspots"][number]) => boolean) {
  const over = facts.hotspots.filter(isPast);
  return { over, atLeast: over.length > 0 && over.length === facts.hotspots.length ? "At least " : "" };
}

export const COMPLEXITY_RULES: readonly Rule[] = [
  {
    id: "complexity.short-functions",
    kind: "strength",
    topic: "complexity",
    reason: `A function that fits on half a page is read as a whole. Half of the ${LINES_LIMIT} lines of the “Power of Ten” rules is taken as short. The places are the longest of the most complex ones.`,
    look: (facts) => {
      const lines = facts.found?.functions.lines;
      if (!lines || !enough(facts) || lines.p90 > LINES_LIMIT / 2) return [];
      return [
        {
          sentence: `Nine of ten functions have at most ${counted(lines.p90, "line")}.`,
          weight: LINES_LIMIT - lines.p90,
          places: functionPlaces(
            facts.hotspots.toSorted(
              (one, other) => other.lines - one.lines || one.line - other.line || (one.path < other.path ? -1 : 1),
            ),
          ),
        },
      ];
    },
  },
  {
    id: "complexity.plain-flow",
    kind: "strength",
    topic: "complexity",
    reason: `Cognitive complexity counts what a reader must keep in mind. A third of SonarSource’s limit of ${COGNITIVE_LIMIT} is taken as plain. The places are the mildest of the most complex ones.`,
    look: (facts) => {
      const cognitive = facts.found?.functions.cognitive;
      if (!cognitive || !enough(facts) || cognitive.p90 > COGNITIVE_LIMIT / 3) return [];
      return [
        {
          sentence: `Nine of ten functions have a cognitive complexity of at most ${cognitive.p90}: they read from top to bottom.`,
          weight: COGNITIVE_LIMIT - cognitive.p90,
          places: functionPlaces(
            facts.hotspots
              .toReversed()
              .filter((each) => each.cognitive <= cognitive.p90 || each.cognitive <= COGNITIVE_LIMIT),
          ),
        },
      ];
    },
  },
  {
    id: "complexity.none-over-limit",
    kind: "strength",
    topic: "complexity",
    reason: `SonarSource’s rule S3776 asks for a change above ${COGNITIVE_LIMIT}. The places are the functions nearest to it.`,
    look: (facts) => {
      const max = facts.found?.functions.cognitive.max ?? 0;
      if (!enough(facts) || max > COGNITIVE_LIMIT) return [];
      return [
        {
          sentence: `No function passes the limit of ${COGNITIVE_LIMIT} for cognitive complexity; the highest has ${max}.`,
          weight: COGNITIVE_LIMIT - max + 5,
          places: functionPlaces(facts.hotspots),
        },
      ];
    },
  },
  {
    id: "complexity.hard-to-follow",
    kind: "hotspot",
    topic: "complexity",
    reason: `Above a cognitive complexity of ${COGNITIVE_LIMIT} (SonarSource, rule S3776) readers lose the thread, and a change is likely to miss a case.`,
    look: (facts) => {
      const { over, atLeast } = past(facts, (each) => each.cognitive > COGNITIVE_LIMIT);
      const worst = over[0];
      if (!worst) return [];
      return [
        {
          sentence: `${atLeast}${counted(over.length, "function")} ${over.length === 1 ? "has" : "have"} a cognitive complexity above ${COGNITIVE_LIMIT}, up to ${worst.cognitive}.`,
          weight: worst.cognitive,
          places: functionPlaces(over),
          step: {
            sentence: `Take the most complex function apart: ${worst.cognitive} points in ${counted(worst.lines, "line")}.`,
            reason:
              "One long condition or loop body moved into a function with a name of its own lowers the score at once, and can be tested alone.",
            urgency: URGENCY.hotspot + Math.min(4, worst.cognitive / 50),
          },
        },
      ];
    },
  },
  {
    id: "complexity.many-paths",
    kind: "gap",
    topic: "complexity",
    reason: `Each path wants a test. McCabe’s limit is ${CYCLOMATIC_LIMIT}; functions that are hard to follow anyway are not named twice.`,
    look: (facts) => {
      const { over } = past(facts, (each) => each.cyclomatic > CYCLOMATIC_LIMIT && each.cognitive <= COGNITIVE_LIMIT);
      const most = Math.max(...over.map((each) => each.cyclomatic));
      if (over.length === 0) return [];
      return [
        {
          sentence: `${counted(over.length, "further function")} ${over.length === 1 ? "has" : "have"} more than ${CYCLOMATIC_LIMIT} paths, up to ${most}: flat, but long to test.`,
          weight: most,
          places: functionPlaces(over),
        },
      ];
    },
  },
  {
    id: "complexity.long-functions",
    kind: "gap",
    topic: "complexity",
    reason: `More than ${LINES_LIMIT} lines do not fit on a sheet (rule 4 of the “Power of Ten”, NASA/JPL). Counted among the most complex functions.`,
    look: (facts) => {
      const { over } = past(facts, (each) => each.lines > LINES_LIMIT);
      const longest = Math.max(...over.map((each) => each.lines));
      if (over.length === 0) return [];
      return [
        {
          sentence: `${counted(over.length, "complex function is", "complex functions are")} longer than ${LINES_LIMIT} lines; the longest has ${longest.toLocaleString("en")}.`,
          weight: longest / 10,
          places: functionPlaces(over.toSorted((one, other) => other.lines - one.lines)),
        },
      ];
    },
  },
  {
    id: "complexity.many-parameters",
    kind: "gap",
    topic: "complexity",
    reason: `More than ${PARAMETERS_LIMIT} parameters (Pylint’s default limit) are easily passed in the wrong order.`,
    look: (facts) => {
      // Where the pattern of that name has counted them all, the complex ones among them are no second thing to say.
      if (facts.patterns.some(({ id, count, inTests }) => id === "many-parameters" && count > inTests)) return [];
      const { over } = past(facts, (each) => each.parameters > PARAMETERS_LIMIT);
      const most = Math.max(...over.map((each) => each.parameters));
      if (over.length === 0) return [];
      return [
        {
          sentence: `${counted(over.length, "complex function takes", "complex functions take")} more than ${PARAMETERS_LIMIT} parameters, up to ${most}.`,
          weight: most,
          places: functionPlaces(over.toSorted((one, other) => other.parameters - one.parameters)),
        },
      ];
    },
  },
  {
    id: "complexity.one-stands-out",
    kind: "hotspot",
    topic: "complexity",
    reason: "One function at twice the score of the next is where most of the risk of a change gathers.",
    look: (facts) => {
      const [first, second] = facts.hotspots;
      if (!first || !second || first.cognitive <= COGNITIVE_LIMIT || first.cognitive < 2 * second.cognitive) return [];
      return [
        {
          sentence: `One function stands out: its cognitive complexity of ${first.cognitive} is ${times(Math.floor(first.cognitive / Math.max(1, second.cognitive)))} that of the next.`,
          weight: first.cognitive / 2,
          places: functionPlaces([first]),
        },
      ];
    },
  },
  {
    id: "complexity.gathers-in-one-file",
    kind: "hotspot",
    topic: "complexity",
    reason:
      "Three or more of the most complex functions side by side are a part of the design that wants a second look, not three accidents.",
    look: (facts) => {
      const complex = facts.hotspots.filter((each) => each.cognitive > COGNITIVE_LIMIT);
      const byFile = [...Map.groupBy(complex, (each) => each.path).values()]
        .filter((list) => list.length >= 3)
        .toSorted((one, other) => other.length - one.length);
      const [first] = byFile;
      if (!first) return [];
      const together = byFile.flat();
      const where = byFile.length === 1 ? "in one file" : `in ${byFile.length} files, ${first.length} of them in one`;
      return [
        {
          sentence: `${together.length} of the ${complex.length} hardest functions stand ${where}.`,
          weight: first.length * 3,
          places: functionPlaces(together),
        },
      ];
    },
  },
  {
    id: "complexity.nameless",
    kind: "gap",
    topic: "complexity",
    reason:
      "A name says what a piece of code is for, and stands in the stack trace when it fails. From a cognitive complexity of 8, half of the limit, the lack is felt.",
    look: (facts) => {
      const nameless = facts.hotspots.filter((each) => each.name === "(anonymous)" && each.cognitive >= 8);
      if (nameless.length < 2) return [];
      return [
        {
          sentence: `${nameless.length} of the most complex functions have no name.`,
          weight: nameless.length,
          places: functionPlaces(nameless),
        },
      ];
    },
  },
];

import { outsideTests, patternPlaces, type Facts, type NamedPattern } from "./facts";
import { counted, percent, URGENCY, type Draft, type Rule } from "./rule";

/** How many of the most used patterns are named as the code's signature. */
const SIGNATURES = 3;
/** Rarer ones are chance. */
const SIGNATURE_COUNT = 10;
/** Half of the files: what nobody who reads this code gets round. */
const WIDESPREAD = 0.5;
const ENOUGH_FILES = 8;
/** Twice is chance, three times a habit. */
const HABIT = 3;
/** One risky place in a thousand lines or fewer is taken as rare; it is a bound of ours, chosen on this project's own code. */
const RARE_PER_THOUSAND = 1;
/** So many occurrences make it worth asking whether they look alike. */
const ENOUGH_TO_COMPARE = 20;
/** One structure for five occurrences or more. */
const UNIFORM = 5;
/** Half of the catalogue's concepts for a language are more than most code bases of one language need. */
const BROAD_CONCEPTS = 15;

const habits = (facts: Facts) => facts.patterns.filter((pattern) => pattern.kind === "habit");
/** The most used ones, which are told of first. */
const signature = (facts: Facts) =>
  habits(facts)
    .filter((pattern) => outsideTests(pattern) >= SIGNATURE_COUNT)
    .slice(0, SIGNATURES);
const risks = (facts: Facts) =>
  facts.patterns.filter((pattern) => pattern.kind === "risk" && outsideTests(pattern) > 0);
const outside = (pattern: NamedPattern) =>
  patternPlaces({ ...pattern, examples: pattern.examples.filter((example) => !example.inTest) });

export const PATTERN_RULES: readonly Rule[] = [
  {
    id: "patterns.signature",
    kind: "habit",
    topic: "patterns",
    reason: `The ${SIGNATURES} patterns that stand most often in code that is no test, from ${SIGNATURE_COUNT} times on: what one has to know to read this code.`,
    look: (facts) =>
      signature(facts).map((pattern, rank): Draft => ({
        sentence: `${pattern.name}: ${counted(outsideTests(pattern), "time")}, in ${pattern.files.toLocaleString("en")} of ${counted(facts.found?.files ?? pattern.files, "file")}.`,
        weight: 20 - rank,
        places: outside(pattern),
        total: pattern.count,
      })),
  },
  {
    id: "patterns.everywhere",
    kind: "habit",
    topic: "patterns",
    reason: `It is none of the most frequent ones, but stands in at least ${percent(WIDESPREAD)} of the files that were parsed; below ${ENOUGH_FILES} files a half means little.`,
    look: (facts) => {
      const files = facts.found?.files ?? 0;
      const named = new Set(signature(facts).map(({ id }) => id));
      const widest = habits(facts)
        .filter((pattern) => !named.has(pattern.id) && files >= ENOUGH_FILES && pattern.files / files >= WIDESPREAD)
        .toSorted((one, other) => other.files - one.files || (one.id < other.id ? -1 : 1))[0];
      if (!widest) return [];
      return [
        {
          sentence: `${percent(widest.files / files)} of the files use one pattern: ${widest.name}.`,
          weight: 12,
          places: patternPlaces(widest),
          total: widest.count,
        },
      ];
    },
  },
  {
    id: "patterns.uniform",
    kind: "strength",
    topic: "patterns",
    reason: `Names and values aside, at least ${UNIFORM} occurrences share one structure: who has read one has read them all. Asked from ${ENOUGH_TO_COMPARE} occurrences on.`,
    look: (facts) => {
      const uniform = habits(facts)
        .filter(
          (pattern) =>
            pattern.count >= ENOUGH_TO_COMPARE && pattern.shapes > 0 && pattern.count / pattern.shapes >= UNIFORM,
        )
        .toSorted(
          (one, other) => other.count / other.shapes - one.count / one.shapes || (one.id < other.id ? -1 : 1),
        )[0];
      if (!uniform) return [];
      return [
        {
          sentence: `One thing is done one way: ${uniform.name}, ${counted(uniform.count, "occurrence")} in ${counted(uniform.shapes, "shape")}.`,
          weight: 7,
          places: patternPlaces(uniform),
          total: uniform.count,
        },
      ];
    },
  },
  {
    id: "patterns.broad",
    kind: "strength",
    topic: "patterns",
    reason: `Patterns of ${BROAD_CONCEPTS} concepts or more show a wide command of the language. It says that they are used, not that each use is right.`,
    look: (facts) => {
      const known = habits(facts).filter((pattern) => outsideTests(pattern) >= HABIT);
      const concepts = new Set(known.map((pattern) => pattern.concept)).size;
      if (concepts < BROAD_CONCEPTS) return [];
      return [
        {
          sentence: `${concepts} concepts of the catalogue are in regular use here, at least ${HABIT} times each.`,
          weight: 10,
          places: known.flatMap((pattern) => outside(pattern).slice(0, 1)),
          total: known.reduce((sum, pattern) => sum + pattern.count, 0),
        },
      ];
    },
  },
  {
    id: "patterns.risk",
    kind: "gap",
    topic: "patterns",
    reason: `A pattern that is worth a look each time stands in code that is no test ${HABIT} times or more.`,
    look: (facts) =>
      risks(facts)
        .filter((pattern) => outsideTests(pattern) >= HABIT)
        .map((pattern): Draft => ({
          sentence: `${pattern.name} comes up ${counted(outsideTests(pattern), "time")} outside of tests.`,
          weight: 5 + Math.min(15, Math.log2(outsideTests(pattern)) * 2),
          places: outside(pattern),
          total: outsideTests(pattern),
          step: {
            sentence: `Go through the places of “${pattern.name}” and change those that have no reason.`,
            reason: `It stands in ${counted(pattern.files, "file")}; where there is a reason, a comment saves the next reader the question.`,
            concept: pattern.concept,
            urgency: URGENCY.risk + Math.min(9, Math.log2(outsideTests(pattern))),
          },
        })),
  },
  {
    id: "patterns.single-risk",
    kind: "gap",
    topic: "patterns",
    reason: "Once or twice is no habit, but such a place is worth a look each time.",
    look: (facts) => {
      const rare = risks(facts).filter((pattern) => outsideTests(pattern) < HABIT);
      if (rare.length === 0) return [];
      return [
        {
          sentence: `${counted(rare.length, "risky pattern comes", "risky patterns come")} up once or twice: ${rare
            .slice(0, 3)
            .map(({ name }) => name)
            .join("; ")}${rare.length > 3 ? "; and more" : ""}.`,
          weight: 4,
          places: rare.flatMap((pattern) => outside(pattern)),
          total: rare.reduce((sum, pattern) => sum + outsideTests(pattern), 0),
        },
      ];
    },
  },
  {
    id: "patterns.few-risks",
    kind: "strength",
    topic: "patterns",
    reason: `Risky patterns come up at most ${RARE_PER_THOUSAND} time in a thousand lines. The bound is ours, not a law. Asked from ${ENOUGH_FILES} files on.`,
    look: (facts) => {
      const lines = facts.found?.lines ?? 0;
      const places = risks(facts).reduce((sum, pattern) => sum + outsideTests(pattern), 0);
      if (
        places === 0 ||
        lines < 1000 ||
        (facts.found?.files ?? 0) < ENOUGH_FILES ||
        (places / lines) * 1000 > RARE_PER_THOUSAND
      )
        return [];
      return [
        {
          sentence: `Risky patterns are rare: ${counted(places, "place")} in ${counted(lines, "line")}.`,
          weight: 9,
          places: risks(facts).flatMap((pattern) => outside(pattern)),
          total: places,
        },
      ];
    },
  },
  {
    id: "patterns.risks-gather",
    kind: "hotspot",
    topic: "patterns",
    reason: `Three different risky patterns or more were seen in one file. Only the places that were kept as examples are known, so there may be more.`,
    look: (facts) => {
      const places = risks(facts).flatMap((pattern) => outside(pattern).map((place) => ({ ...place, id: pattern.id })));
      const files = [...Map.groupBy(places, (place) => place.path).values()]
        .map((list) => ({ list, kinds: new Set(list.map(({ id }) => id)).size }))
        .filter(({ kinds }) => kinds >= 3)
        .toSorted(
          (one, other) => other.kinds - one.kinds || ((one.list[0]?.path ?? "") < (other.list[0]?.path ?? "") ? -1 : 1),
        );
      const first = files[0];
      if (!first) return [];
      return [
        {
          sentence: `${first.kinds} different risky patterns meet in one file${files.length > 1 ? `, and ${counted(files.length - 1, "other file looks", "other files look")} like it` : ""}.`,
          weight: 10 + first.kinds,
          places: first.list,
        },
      ];
    },
  },
  {
    id: "patterns.in-tests-only",
    kind: "habit",
    topic: "patterns",
    reason: "Known from tests, but not used where the work is done. Ten times and more show that it is known well.",
    look: (facts) => {
      const pattern = habits(facts)
        .filter(
          (each) =>
            each.count >= SIGNATURE_COUNT &&
            each.inTests === each.count &&
            !/test|mock|fixture|assert/.test(`${each.id} ${each.concept}`),
        )
        .toSorted((one, other) => other.count - one.count || (one.id < other.id ? -1 : 1))[0];
      if (!pattern) return [];
      return [
        {
          sentence: `${pattern.name} is used in tests alone, ${counted(pattern.count, "time")}.`,
          weight: 4,
          places: patternPlaces(pattern),
          total: pattern.count,
        },
      ];
    },
  },
];

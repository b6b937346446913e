/**
 * How the verdict on an answer stands, as `private.verdict_steps` enforces it in the database; a test compares the two
 * tables. `needs_review` is how it began when nobody could tell, `appealed` what its learner made of it.
 */
export const STANDINGS = ["final", "needs_review", "appealed", "upheld", "overturned"] as const;
export type Standing = (typeof STANDINGS)[number];

/** The legal steps: a verdict is looked at once more, and what a reviewer said stays. */
export const VERDICT_STEPS: Readonly<Record<Standing, readonly Standing[]>> = {
  final: ["appealed"],
  // `final` where a model said what no check could: its learner may appeal that too.
  needs_review: ["upheld", "overturned", "final"],
  appealed: ["upheld", "overturned"],
  upheld: [],
  overturned: [],
};

/** As long as the database takes. */
export const APPEAL_WORDS_MAX = 2_000;

export type Appealed =
  | { readonly ok: true; readonly standing: "appealed" }
  | { readonly ok: false; readonly code: "rule_broken" | "conflict"; readonly sentence: string };

/** What becomes of a verdict when its learner says that it is wrong: it is marked for review, whoever or whatever gave it. */
export function appeal(verdict: { readonly standing: Standing; readonly passed: boolean }, words: string): Appealed {
  const said = words.trim();
  if (said === "" || said.length > APPEAL_WORDS_MAX) {
    return {
      ok: false,
      code: "rule_broken",
      sentence: `Say in up to ${APPEAL_WORDS_MAX.toLocaleString("en")} characters what the verdict overlooks.`,
    };
  }
  if (verdict.standing === "needs_review" || verdict.standing === "appealed") {
    return { ok: false, code: "conflict", sentence: "Somebody is going to look at this answer already." };
  }
  if (verdict.passed) {
    return { ok: false, code: "conflict", sentence: "This answer passed: there is nothing to appeal." };
  }
  if (!VERDICT_STEPS[verdict.standing].includes("appealed")) {
    return {
      ok: false,
      code: "conflict",
      sentence: "Somebody has looked at this answer again, and that verdict stays.",
    };
  }
  return { ok: true, standing: "appealed" };
}

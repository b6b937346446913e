import type { BelievedPattern, LearnerPatternKind, PatternCorrection } from "./schemas";

/** What a learner can say of a pattern, and what it changes. */
export const CORRECTION_WORDS: Readonly<
  Record<PatternCorrection, { readonly label: string; readonly effect: string }>
> = {
  known: { label: "I know this well", effect: "You said that you know this well." },
  want_to_learn: { label: "I want to learn this", effect: "You said that you want to learn this." },
  not_mine: {
    label: "This is not my code",
    effect: "You said that this is not your code. It is not compared with other code.",
  },
  wrong: {
    label: "This is wrong",
    effect: "You said that this was misread. It is not compared with other code.",
  },
};

export const KIND_WORDS: Readonly<Record<LearnerPatternKind, string>> = {
  habit: "Habits",
  risk: "Worth a look",
  misconception: "Ideas to check",
};

/** What the memory of patterns calls a wrong idea: the exercise that names it, then its own name there. */
export function errorPattern(exerciseSlug: string, misconceptionId: string): string {
  return `${exerciseSlug}-${misconceptionId}`.slice(0, 100);
}

/** Why something is believed, in one sentence. */
export function reasonOf({
  kind,
  count,
  good,
  sightings,
}: Pick<BelievedPattern, "kind" | "count" | "good" | "sightings">): string {
  const repositories = new Set(sightings.flatMap(({ repoUrl }) => repoUrl ?? [])).size;
  const answers = sightings.filter(({ source }) => source === "exercise").length;
  const where = [
    ...(repositories > 0 ? [`${counted(repositories, "repository", "repositories")}`] : []),
    ...(answers > 0 ? [counted(answers, "answer", "answers")] : []),
  ].join(" and ");
  if (where === "") return "Nothing shows it any more. What you said about it is kept until you take it back.";
  const seen = `Seen ${count === 1 ? "once" : `${count.toLocaleString("en")} times`} in ${where}`;
  if (kind === "habit" && good < count) return `${seen}, ${good.toLocaleString("en")} of them done well.`;
  if (kind === "risk") return `${seen}, tests aside.`;
  return `${seen}.`;
}

function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

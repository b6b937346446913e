import "server-only";
import { z } from "zod";
import { appCache } from "@/lib/platform/cache/app-cache";
import { readIdioms } from "../content/read-idioms";
import type { Pull } from "../mastery/choose-item";
import { pullsOf } from "./pulls";
import { correctionSchema, patternKindSchema, type BelievedPattern, type TaskIdiom } from "./schemas";
import { readPatterns } from "./store";

const recalledSchema = z.object({
  patterns: z.array(
    z.object({
      pattern: z.string(),
      kind: patternKindSchema,
      concept: z.string(),
      good: z.number().int(),
      missed: z.number().int(),
      correction: correctionSchema.nullable(),
      /** The newest place in a repository. */
      place: z.object({ repoUrl: z.string(), commit: z.string(), path: z.string(), line: z.number().int() }).nullable(),
    }),
  ),
});
/** What a session has to know of a learner's patterns. */
export type Recalled = z.infer<typeof recalledSchema>;
export type RecalledPattern = Recalled["patterns"][number];

/** A learner's patterns in short, from the cache; what the learner says of one, and what is seen anew, holds at once. */
export async function recallPatterns(userId: string): Promise<Recalled> {
  const { value } = await appCache().getOrLoad({
    cache: "learning-context",
    key: userId,
    schema: recalledSchema,
    load: async () => ({ patterns: (await readPatterns(userId)).map(inShort) }),
  });
  return value;
}

/** What was kept of a learner's patterns holds no longer; called after the change was committed. */
export async function recallAnew(userId: string): Promise<void> {
  // It lives for five minutes: an event for each answer would cost more than it could mend.
  await appCache().invalidate({ keys: [{ cache: "learning-context", key: userId }] }, { publish: false });
}

function inShort({ pattern, kind, concept, count, good, correction, sightings }: BelievedPattern): RecalledPattern {
  const seen = sightings.find(({ repoUrl, commit, places }) => repoUrl && commit && places.length > 0);
  const [first] = seen?.places ?? [];
  return {
    pattern,
    kind,
    concept,
    good,
    missed: count - good,
    correction,
    place:
      seen?.repoUrl && seen.commit && first
        ? { repoUrl: seen.repoUrl, commit: seen.commit, path: first.path, line: first.line }
        : null,
  };
}

/** What a learner's memory says for each task of the content. */
export function pullsFor({ patterns }: Recalled): Map<string, Pull> {
  return pullsOf(allIdioms(), new Map(patterns.map((one) => [one.pattern, one])));
}

/** The idioms that a task is about, with their names; none for a task that the catalogue says nothing of. */
export function idiomsOfTask(activityId: string): readonly TaskIdiom[] {
  return allIdioms().get(activityId) ?? [];
}

let idioms: ReadonlyMap<string, readonly TaskIdiom[]> | undefined;

function allIdioms(): ReadonlyMap<string, readonly TaskIdiom[]> {
  const { names, tasks } = readIdioms();
  return (idioms ??= new Map(
    Object.entries(tasks).map(([item, own]) => [
      item,
      own.map(({ pattern, role }) => ({ pattern, role, name: names[pattern] ?? pattern })),
    ]),
  ));
}

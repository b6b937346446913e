import "server-only";
import { readContent } from "../content/read-content";
import { readIdioms } from "../content/read-idioms";
import { idiomsOfTask, pullsFor, recallPatterns } from "./recall";
import type { TaskQuery, TaskPatterns } from "./schemas";
import { knownStructures } from "./store";

/**
 * The tasks whose exemplars (or shown code) use idioms of the catalogue, each with those that the learner has and lacks: those
 * first that memory draws them to. One read of memory and one of structures, whatever there is in the content.
 */
export async function tasksByPatterns(userId: string, { track, concept, limit }: TaskQuery): Promise<TaskPatterns[]> {
  const recalled = await recallPatterns(userId);
  const pulls = pullsFor(recalled);
  const seen = new Map(
    recalled.patterns
      .filter(({ correction }) => correction !== "not_mine" && correction !== "wrong")
      .map((one) => [one.pattern, one]),
  );
  const tasks = readContent()
    .filter(({ slug }) => track === undefined || slug === track)
    .flatMap(({ slug, concepts }) => concepts.map((one) => ({ trackSlug: slug, ...one })))
    .filter(({ slug }) => concept === undefined || slug === concept)
    .flatMap(({ trackSlug, slug, exercises }) => exercises.map((exercise) => ({ trackSlug, concept: slug, exercise })))
    .filter(({ exercise }) => idiomsOfTask(exercise.uuid).length > 0)
    .map((task) => ({ ...task, pull: pulls.get(task.exercise.uuid) }))
    .toSorted((one, other) => (other.pull?.weight ?? 0) - (one.pull?.weight ?? 0))
    .slice(0, limit);
  const structures = new Map(
    tasks.flatMap(({ exercise }) =>
      (readIdioms().tasks[exercise.uuid] ?? []).map(({ pattern, role, fingerprints }) => [
        `${exercise.uuid} ${pattern} ${role}`,
        fingerprints,
      ]),
    ),
  );
  const known = await knownStructures(userId, [...new Set([...structures.values()].flat())]);
  return tasks.map(({ trackSlug, concept: of, exercise, pull }) => {
    const own = idiomsOfTask(exercise.uuid).map((idiom) => {
      const prints = structures.get(`${exercise.uuid} ${idiom.pattern} ${idiom.role}`) ?? [];
      const theirs = new Set(known.get(idiom.pattern));
      const memory = seen.get(idiom.pattern);
      return {
        ...idiom,
        times: (memory?.good ?? 0) + (memory?.missed ?? 0),
        alike: prints.filter((print) => theirs.has(print)).length,
        has: memory !== undefined,
      };
    });
    return {
      exerciseId: exercise.uuid,
      title: exercise.title,
      concept: of,
      trackSlug,
      why: pull?.sentence ?? null,
      has: own.filter(({ has }) => has).map(({ has: _, ...idiom }) => idiom),
      lacks: own.filter(({ has }) => !has).map(({ pattern, name, role }) => ({ pattern, name, role })),
    };
  });
}

import { CATALOGUE } from "../lib/analysis/patterns/catalogue.ts";
import { beyond, idiomsIn, type Idiom } from "../lib/analysis/patterns/idioms.ts";
import type { TaskIdioms } from "../lib/learning/content/read-idioms.ts";
import type { Exercise, Track } from "../lib/learning/content/schemas.ts";

/** What more than one task in so many has says nothing of a task, unless it belongs to the task's own concept. */
const RARE = 6;
/** As many structures of an idiom are kept for a task. */
const STRUCTURES = 10;
const LANGUAGES: Readonly<Record<string, string>> = {
  javascript: "JavaScript",
  typescript: "TypeScript",
  python: "Python",
};

type Role = TaskIdioms["tasks"][string][number]["role"];

interface Found {
  readonly exercise: Exercise;
  readonly idioms: readonly (Idiom & { readonly role: Role })[];
}

/**
 * Which idioms of the pattern catalogue each task is about, by the analysis engine's own rules: those that its exemplar has
 * and its stub has not are to be written, risks that its stub has and its exemplar has not are to be mended, those of code
 * that is asked about are to be read.
 */
export async function taskIdioms(tracks: readonly Track[]): Promise<TaskIdioms> {
  const found: Found[] = [];
  const related = new Map<string, ReadonlySet<string>>();
  for (const { concepts } of tracks)
    for (const { exercises, recommendedFor } of concepts)
      for (const exercise of exercises) {
        found.push({ exercise, idioms: await idiomsOf(exercise) });
        related.set(exercise.uuid, new Set([...exercise.concepts, ...recommendedFor]));
      }
  const withCode = found.filter(({ idioms }) => idioms.length > 0).length;
  const having = new Map<string, number>();
  for (const { idioms } of found)
    for (const pattern of new Set(idioms.map((idiom) => idiom.pattern)))
      having.set(pattern, (having.get(pattern) ?? 0) + 1);
  const speaks = (uuid: string, { pattern, concept, role }: Found["idioms"][number]): boolean => {
    const about = related.get(uuid);
    return (
      role === "mend" ||
      about?.has(concept) === true ||
      about?.has(pattern) === true ||
      (having.get(pattern) ?? 0) * RARE <= withCode
    );
  };
  const tasks: [string, TaskIdioms["tasks"][string]][] = found
    .map(({ exercise: { uuid }, idioms }): [string, TaskIdioms["tasks"][string]] => [
      uuid,
      gathered(idioms.filter((idiom) => speaks(uuid, idiom))),
    ])
    .filter(([, idioms]) => idioms.length > 0)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  const used = new Set(tasks.flatMap(([, idioms]) => idioms.map(({ pattern }) => pattern)));
  return {
    names: Object.fromEntries(CATALOGUE.filter(({ id }) => used.has(id)).map(({ id, name }) => [id, name])),
    tasks: Object.fromEntries(tasks),
  };
}

async function idiomsOf(exercise: Exercise): Promise<Found["idioms"]> {
  const language = "language" in exercise ? LANGUAGES[exercise.language] : undefined;
  if (language === undefined) return [];
  if (exercise.kind === "fix" || exercise.kind === "write" || exercise.kind === "refactor") {
    const [whole, given] = [await idiomsIn(language, exercise.exemplar), await idiomsIn(language, exercise.stub)];
    return [...withRole("write", beyond(whole, given)), ...withRole("mend", mended(given, whole))];
  }
  if (exercise.kind === "order") return withRole("write", await idiomsIn(language, exercise.lines.join("\n")));
  return exercise.code === undefined ? [] : withRole("read", await idiomsIn(language, exercise.code));
}

/** What is good style is written and read, what is worth a look is mended. */
function withRole(role: Role, idioms: readonly Idiom[]): Found["idioms"] {
  const wanted = role === "mend" ? "risk" : "habit";
  return idioms.filter(({ kind }) => kind === wanted).map((idiom) => ({ ...idiom, role }));
}

/** A risk that is still there in another form is not mended. */
function mended(given: readonly Idiom[], whole: readonly Idiom[]): Idiom[] {
  return given.filter(({ pattern }) => whole.every((idiom) => idiom.pattern !== pattern));
}

function gathered(idioms: Found["idioms"]): TaskIdioms["tasks"][string] {
  return [...Map.groupBy(idioms, ({ pattern, role }) => `${pattern} ${role}`).values()]
    .flatMap((same) => {
      const [first] = same;
      if (!first) return [];
      const fingerprints = [...new Set(same.map(({ fingerprint }) => fingerprint))].sort().slice(0, STRUCTURES);
      return [{ pattern: first.pattern, role: first.role, fingerprints }];
    })
    .toSorted((one, other) => (`${one.pattern} ${one.role}` < `${other.pattern} ${other.role}` ? -1 : 1));
}

import "server-only";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { conceptSchema, exerciseSchema, trackSchema, type Concept, type Exercise, type Track } from "./schemas";

/** A file of `content/` that is not what the format asks for: a defect of ours, found by the tests. */
export class ContentBroken extends Error {
  override readonly name = "ContentBroken";
}

/** Where content lies: in the repository, or beside the server (`scripts/build.ts` copies it). */
function contentFolder(): string {
  return path.join(/*turbopackIgnore: true*/ process.cwd(), "content");
}

const read = new Map<string, readonly Track[]>();

/**
 * All tracks with their concepts and exercises, read once.
 * @throws ContentBroken with the file and what is wrong with it
 */
export function readContent(folder = contentFolder()): readonly Track[] {
  const known = read.get(folder);
  if (known) return known;
  const tracks = foldersIn(folder).map((name) => readTrack(path.join(folder, name)));
  read.set(folder, tracks);
  return tracks;
}

/** @returns null for an exercise that content does not have (any more) */
export function findExercise(id: string): Exercise | null {
  for (const { concepts } of readContent())
    for (const { exercises } of concepts) for (const exercise of exercises) if (exercise.uuid === id) return exercise;
  return null;
}

function readTrack(folder: string): Track {
  const { concepts, ...track } = readFile(path.join(folder, "track.yaml"), trackSchema);
  if (path.basename(folder) !== track.slug) throw new ContentBroken(`${folder} holds the track "${track.slug}"`);
  const unnamed = foldersIn(folder).filter((name) => !concepts.includes(name));
  if (unnamed.length > 0) throw new ContentBroken(`${folder}/track.yaml does not name ${unnamed.join(", ")}`);
  return { ...track, concepts: concepts.map((slug) => readConcept(path.join(folder, slug))) };
}

function readConcept(folder: string): Concept {
  const concept = readFile(path.join(folder, "concept.yaml"), conceptSchema);
  if (path.basename(folder) !== concept.slug) throw new ContentBroken(`${folder} holds the concept "${concept.slug}"`);
  const exercises = readdirSync(folder)
    .filter((name) => name.endsWith(".yaml") && name !== "concept.yaml")
    .sort()
    .map((name) => {
      const exercise = readFile(path.join(folder, name), exerciseSchema);
      if (name !== `${exercise.slug}.yaml`) throw new ContentBroken(`${folder}/${name} holds "${exercise.slug}"`);
      if (exercise.concepts[0] !== concept.slug)
        throw new ContentBroken(`${folder}/${name} must name "${concept.slug}" as its first concept`);
      return exercise;
    })
    .toSorted(byDifficulty);
  return { ...concept, exercises };
}

function byDifficulty(one: Exercise, other: Exercise): number {
  return one.difficulty - other.difficulty || (one.slug < other.slug ? -1 : 1);
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function readFile<Schema extends z.ZodType>(file: string, schema: Schema): z.infer<Schema> {
  let value: unknown;
  try {
    value = parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new ContentBroken(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  const checked = schema.safeParse(value);
  if (!checked.success) throw new ContentBroken(`${file}: ${z.prettifyError(checked.error)}`);
  return checked.data;
}

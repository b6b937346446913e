import type { Exercise, ExerciseView, Track, TrackList } from "./schemas";

/** What a learner sees before answering: the options and lines mixed, always in the same way, and nothing of the answer. */
export function viewOf(exercise: Exercise): ExerciseView {
  const mix = <T>(values: readonly T[]): T[] => mixed(values, exercise.uuid);
  const shown = "stub" in exercise ? exercise.stub : "code" in exercise ? exercise.code : undefined;
  return {
    id: exercise.uuid,
    slug: exercise.slug,
    title: exercise.title,
    kind: exercise.kind,
    bloom: exercise.bloom,
    difficulty: exercise.difficulty,
    estimatedMinutes: exercise.estimatedMinutes,
    concepts: exercise.concepts,
    prompt: exercise.prompt,
    language: "language" in exercise ? exercise.language : null,
    code: shown ?? null,
    practiceTests: practiceTestsOf(exercise),
    options: "options" in exercise ? mix(exercise.options) : [],
    reasons: exercise.kind === "justify" ? mix(exercise.reasons) : [],
    lines: exercise.kind === "order" ? mix([...exercise.lines, ...exercise.distractors]) : [],
    required: "required" in exercise ? exercise.required : [],
    forbidden: "forbidden" in exercise ? exercise.forbidden : [],
    open: openCriteria(exercise).length > 0,
    hints: exercise.hints.length,
  };
}

type Line = Exercise["rubric"][number];
type OpenLine = Line & { readonly by: Extract<Line["by"], { readonly open: unknown }> };

/** The lines of the rubric that no check can tell. */
export function openCriteria({ rubric }: Pick<Exercise, "rubric">): OpenLine[] {
  return rubric.filter((line): line is OpenLine => typeof line.by === "object" && !Array.isArray(line.by));
}

function practiceTestsOf(exercise: Exercise): string | null {
  const asksForCode = exercise.kind === "fix" || exercise.kind === "write" || exercise.kind === "refactor";
  return asksForCode && exercise.language === "python" ? exercise.tests : null;
}

/** The tracks as a map: concepts in order, each with its exercises by difficulty. */
export function outlineOf(tracks: readonly Track[]): TrackList {
  return {
    items: tracks.map(({ slug, title, summary, language, concepts }) => ({
      slug,
      title,
      summary,
      language,
      concepts: concepts.map((concept) => ({
        slug: concept.slug,
        title: concept.title,
        summary: concept.summary,
        prerequisites: concept.prerequisites,
        blooms: concept.blooms,
        exercises: concept.exercises.map(({ uuid, title, bloom, difficulty, estimatedMinutes }) => ({
          id: uuid,
          title,
          bloom,
          difficulty,
          minutes: estimatedMinutes,
        })),
      })),
    })),
  };
}

/** A permutation that depends on the seed alone (Fisher–Yates over a xorshift). */
function mixed<T>(values: readonly T[], seed: string): T[] {
  let state =
    [...seed].reduce((sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 16_777_619) >>> 0, 2_166_136_261) || 1;
  const next = (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const all = [...values];
  for (let at = all.length - 1; at > 0; at -= 1) {
    const other = next(at + 1);
    const [one, two] = [all[at], all[other]];
    if (one === undefined || two === undefined) continue;
    all[at] = two;
    all[other] = one;
  }
  return all;
}

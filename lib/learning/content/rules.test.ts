import path from "node:path";
import { expect, test } from "vitest";
import { readContent } from "./read-content";
import { openCriteria, outlineOf, viewOf } from "./rules";
import { exerciseViewSchema, trackListSchema, type Exercise } from "./schemas";

const tracks = readContent(path.join(import.meta.dirname, "..", "..", "..", "content"));
const exercises = tracks.flatMap(({ concepts }) => concepts.flatMap((concept) => concept.exercises));
const linesOf = (exercise: Exercise): readonly string[] => (exercise.kind === "order" ? exercise.lines : []);

test("what is seen of an exercise fits its schema and holds nothing of its answer", () => {
  for (const exercise of exercises) {
    const view = exerciseViewSchema.parse(viewOf(exercise));
    const told = JSON.stringify(view);
    for (const { feedback } of exercise.misconceptions) expect(told).not.toContain(JSON.stringify(feedback));
    expect(told).not.toContain(JSON.stringify(exercise.explanation));
    for (const { by } of openCriteria(exercise))
      for (const words of Object.values(by.open)) expect(told).not.toContain(JSON.stringify(words));
    expect(view.open).toBe(exercise.kind === "explain");
    if ("exemplar" in exercise) expect(told).not.toContain(JSON.stringify(exercise.exemplar));
    // Those of Python are run by the learner's own browser, for practice alone, and decide nothing.
    if ("tests" in exercise && exercise.tests && view.practiceTests === null)
      expect(told).not.toContain(JSON.stringify(exercise.tests));
    expect(view.practiceTests !== null).toBe("exemplar" in exercise && exercise.language === "python");
    expect(view.hints).toBe(exercise.hints.length);
  }
});

test("options and lines are mixed, completely and always in the same way", () => {
  for (const exercise of exercises) {
    expect(viewOf(exercise)).toEqual(viewOf(exercise));
    if ("options" in exercise)
      expect(viewOf(exercise).options.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual(
        exercise.options.toSorted((a, b) => a.id.localeCompare(b.id)),
      );
    for (const line of linesOf(exercise)) expect(viewOf(exercise).lines).toContain(line);
  }
  const orders = exercises.filter(({ kind }) => kind === "order");
  expect(orders.every((exercise) => viewOf(exercise).lines.join() !== linesOf(exercise).join())).toBe(true);
  const first = exercises.filter((one) => one.kind === "justify" && viewOf(one).options[0]?.id === one.answer).length;
  // The right option stands first no more often than chance would have it, roughly.
  expect(first).toBeLessThan(exercises.filter(({ kind }) => kind === "justify").length / 2);
});

test("the outline names each track, concept and exercise, easiest first", () => {
  const { items } = trackListSchema.parse(outlineOf(tracks));
  const listed = items.flatMap(({ concepts }) => concepts.flatMap((concept) => concept.exercises));
  expect(listed.map(({ id }) => id).toSorted()).toEqual(exercises.map(({ uuid }) => uuid).toSorted());
  for (const { concepts } of items)
    for (const concept of concepts)
      expect(concept.exercises.map(({ difficulty }) => difficulty)).toEqual(
        concept.exercises.map(({ difficulty }) => difficulty).toSorted((a, b) => a - b),
      );
});

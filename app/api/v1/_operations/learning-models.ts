import { z } from "zod";
import { defineOperation } from "@/app/_http/operation";
import { fittedHintRequestSchema, saidLessonRequestSchema } from "@/lib/learning/session/schemas";

const TAG = "Learning";
const params = z.strictObject({ id: z.uuid() });
const ERRORS = [
  "not_found",
  "conflict",
  "learning_session_ended",
  "rule_broken",
  "rate_limited",
  "database_unavailable",
] as const;

export const fitHintOperation = defineOperation({
  id: "fitLearningHint",
  method: "POST",
  path: "/api/v1/learning-sessions/{id}/hints/fitted",
  summary:
    "A hint that was given, said so that it fits what stands in the editor: a line of JSON `{sentence}` for each sentence once it was checked, `{restart: true}` when those before are taken back, and a last one `{done: true, text, by}`. Task, hint and answer go to a model only if the preference `aiHints` is on; else `by` says why the author’s hint stands",
  tag: TAG,
  access: "user",
  params,
  body: fittedHintRequestSchema,
  maxBodyBytes: 128 * 1024,
  responses: { 200: { description: "Lines of JSON", schema: null, file: "application/x-ndjson" } },
  errors: [...ERRORS],
});

export const sayLessonOperation = defineOperation({
  id: "sayLearningLesson",
  method: "POST",
  path: "/api/v1/learning-sessions/{id}/lesson",
  summary:
    "The lesson of the task that is shown, in the learner’s format and for their level: a line of JSON `{part, text}` for each part once it was checked, `{restart: true}` when those before are taken back, and a last one `{done: true, parts, by}`. The lesson goes to a model only if the preference `aiLessons` is on",
  tag: TAG,
  access: "user",
  params,
  body: saidLessonRequestSchema,
  responses: { 200: { description: "Lines of JSON", schema: null, file: "application/x-ndjson" } },
  errors: [...ERRORS],
});

import { z } from "zod";
import { defineOperation } from "@/app/_http/operation";
import { answerSchema, checkedAnswerSchema, exerciseViewSchema, trackListSchema } from "@/lib/learning/content/schemas";

const TAG = "Learning";
const params = z.strictObject({ id: z.uuid() });

export const listTracksOperation = defineOperation({
  id: "listTracks",
  method: "GET",
  path: "/api/v1/tracks",
  summary: "The learning tracks with their concepts and exercises",
  tag: TAG,
  access: "public",
  responses: { 200: { description: "All tracks", schema: trackListSchema } },
  errors: [],
});

export const readExerciseOperation = defineOperation({
  id: "readExercise",
  method: "GET",
  path: "/api/v1/exercises/{id}",
  summary: "An exercise as it is put to a learner",
  tag: TAG,
  access: "user",
  params,
  responses: { 200: { description: "The exercise, without its answer", schema: exerciseViewSchema } },
  errors: ["unauthenticated", "session_ended", "not_found", "rule_broken"],
});

export const checkExerciseOperation = defineOperation({
  id: "checkExercise",
  method: "POST",
  path: "/api/v1/exercises/{id}/checks",
  summary: "What the checks say of an answer; code in it is run in the sandbox. Nothing is kept of it",
  tag: TAG,
  access: "user",
  params,
  body: z.strictObject({ answer: answerSchema }),
  maxBodyBytes: 128 * 1024,
  responses: { 200: { description: "Line by line of the rubric", schema: checkedAnswerSchema } },
  errors: [
    "invalid_request",
    "unauthenticated",
    "session_ended",
    "not_found",
    "payload_too_large",
    "rule_broken",
    "rate_limited",
    "service_unavailable",
  ],
});

import { z } from "zod";
import { defineOperation } from "@/app/_http/operation";
import {
  draftRunSchema,
  appealedSchema,
  enrolledSchema,
  heartbeatSchema,
  hintRequestSchema,
  hintSchema,
  respondedSchema,
  responseRequestSchema,
  resumedSessionSchema,
  runRequestedSchema,
  sessionListSchema,
  sessionViewSchema,
  startedSessionSchema,
  startRequestSchema,
} from "@/lib/learning/session/schemas";

const TAG = "Learning";
const params = z.strictObject({ id: z.uuid() });
/** An answer holds up to 64 KiB of text, which JSON may spell twice as long. */
const ANSWER_BYTES = 128 * 1024;

const track = z.strictObject({ slug: z.string().regex(/^[a-z][a-z0-9-]{0,99}$/) });

export const enrolOperation = defineOperation({
  id: "enrolInTrack",
  method: "POST",
  path: "/api/v1/tracks/{slug}/enrolments",
  summary: "Enrol in a track, or come back to one that was left",
  tag: TAG,
  access: "user",
  params: track,
  responses: {
    200: { description: "Enrolled before", schema: enrolledSchema },
    201: { description: "Enrolled now", schema: enrolledSchema },
  },
  errors: ["not_found", "database_unavailable"],
});

export const leaveTrackOperation = defineOperation({
  id: "leaveTrack",
  method: "DELETE",
  path: "/api/v1/tracks/{slug}/enrolments",
  summary: "Leave a track; what was learned stays",
  tag: TAG,
  access: "user",
  params: track,
  responses: { 204: { description: "Not enrolled any more", schema: null } },
  errors: ["not_found", "database_unavailable"],
});

export const startSessionOperation = defineOperation({
  id: "startLearningSession",
  method: "POST",
  path: "/api/v1/learning-sessions",
  summary: "Start a session on a track, one of its lessons (to practise or to test out), or a topic; 100 an hour",
  tag: TAG,
  access: "user",
  body: startRequestSchema,
  responses: {
    201: {
      description: "The session with its first task; Location says where it is resumed",
      schema: startedSessionSchema,
    },
  },
  errors: ["not_found", "rule_broken", "rate_limited", "database_unavailable"],
});

export const listSessionsOperation = defineOperation({
  id: "listLearningSessions",
  method: "GET",
  path: "/api/v1/learning-sessions",
  summary: "The caller's sessions, newest first",
  tag: TAG,
  access: "user",
  query: z.strictObject({
    cursor: z.string().max(200).optional().describe("`nextCursor` of the page before."),
    limit: z.coerce.number().int().min(1).max(100).default(20),
  }),
  responses: { 200: { description: "One page", schema: sessionListSchema } },
  errors: ["database_unavailable"],
});

export const readSessionOperation = defineOperation({
  id: "readLearningSession",
  method: "GET",
  path: "/api/v1/learning-sessions/{id}",
  summary: "A session with all that a device needs to go on with it: also the snapshot of `session:<id>`",
  tag: TAG,
  access: "user",
  params,
  responses: { 200: { description: "The session", schema: resumedSessionSchema } },
  errors: ["not_found", "database_unavailable"],
});

export const respondOperation = defineOperation({
  id: "answerLearningSession",
  method: "POST",
  path: "/api/v1/learning-sessions/{id}/responses",
  summary:
    "Answer the task that is shown. The same answer sent again to the same version is counted once. Where its words show what no check can tell (`open` in the exercise), it is `needs_review` until a person, or a model if the preference `aiGrading` is on, has looked: `response:settled` on `session:<id>` tells",
  tag: TAG,
  access: "user",
  params,
  body: responseRequestSchema,
  maxBodyBytes: ANSWER_BYTES,
  responses: {
    200: {
      description: "The verdict line by line, what it changed and why, and what comes next",
      schema: respondedSchema,
    },
  },
  errors: [
    "not_found",
    "conflict",
    "learning_session_ended",
    "rule_broken",
    "rate_limited",
    "database_unavailable",
    "service_unavailable",
  ],
});

export const runDraftOperation = defineOperation({
  id: "runInLearningSession",
  method: "POST",
  path: "/api/v1/learning-sessions/{id}/run",
  summary: "Run code in the sandbox without grading it, with the first half of its tests",
  tag: TAG,
  access: "user",
  params,
  body: runRequestedSchema,
  maxBodyBytes: ANSWER_BYTES,
  responses: {
    200: { description: "What it printed, how it ended and what the shown tests said", schema: draftRunSchema },
  },
  errors: [
    "not_found",
    "conflict",
    "learning_session_ended",
    "rule_broken",
    "rate_limited",
    "database_unavailable",
    "service_unavailable",
  ],
});

export const giveHintOperation = defineOperation({
  id: "giveLearningHint",
  method: "POST",
  path: "/api/v1/learning-sessions/{id}/hints",
  summary: "The next hint, which counts for the answer. Asked for again, it is the same one",
  tag: TAG,
  access: "user",
  params,
  body: hintRequestSchema,
  responses: { 200: { description: "The hint", schema: hintSchema } },
  errors: ["not_found", "conflict", "learning_session_ended", "rule_broken", "rate_limited", "database_unavailable"],
});

export const heartbeatOperation = defineOperation({
  id: "beatLearningSession",
  method: "POST",
  path: "/api/v1/learning-sessions/{id}/heartbeat",
  summary: "A device is there, every 30 seconds; with what stands in its editor, for the other devices",
  tag: TAG,
  access: "user",
  params,
  body: heartbeatSchema,
  maxBodyBytes: ANSWER_BYTES,
  responses: { 204: { description: "Noted", schema: null } },
  errors: ["not_found", "learning_session_ended", "rule_broken", "rate_limited", "database_unavailable"],
});

export const endSessionOperation = defineOperation({
  id: "endLearningSession",
  method: "POST",
  path: "/api/v1/learning-sessions/{id}/end",
  summary: "End a session; ending one that is over changes nothing",
  tag: TAG,
  access: "user",
  params,
  responses: { 200: { description: "The session with its summary", schema: sessionViewSchema } },
  errors: ["not_found", "database_unavailable"],
});

export const appealOperation = defineOperation({
  id: "appealLearningResponse",
  method: "POST",
  path: "/api/v1/learning-sessions/{id}/responses/{responseId}/appeal",
  summary: "Say that a verdict is wrong, a check’s or a model’s: somebody looks at the answer",
  tag: TAG,
  access: "user",
  params: z.strictObject({ id: z.uuid(), responseId: z.uuid() }),
  body: z.strictObject({ words: z.string().trim().min(1).max(2_000) }),
  responses: { 202: { description: "Marked for review", schema: appealedSchema } },
  errors: ["not_found", "conflict", "rule_broken", "rate_limited", "database_unavailable"],
});

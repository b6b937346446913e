import { serve } from "inngest/next";
import { after } from "next/server";
import { inngest } from "@/inngest/client";
import { GIVING_FUNCTIONS } from "@/inngest/giving/functions";
import { analyseRepository } from "@/inngest/learning/analyse-repository";
import { endStaleAnalysesFunction } from "@/inngest/learning/end-stale-analyses";
import { askOwnCodeFunction, makeOwnCodeExercises } from "@/inngest/learning/make-own-code-exercises";
import { gradeOpenCriteriaFunction } from "@/inngest/learning/grade-open-criteria";
import { lookUpVulnerabilitiesFunction } from "@/inngest/learning/look-up-vulnerabilities";
import { endOverdueSessionsFunction, watchSessionFunction } from "@/inngest/learning/watch-session";
import { mailEndedAnalysisFunction } from "@/inngest/learning/mail-ended-analysis";
import { rememberAnswersFunction } from "@/inngest/learning/remember-answers";
import { rememberPatternsFunction } from "@/inngest/learning/remember-patterns";
import { cacheInvalidatedFunction } from "@/inngest/platform/cache-invalidated";
import { drainOutboxFunction, pruneOutboxFunction } from "@/inngest/platform/drain-outbox";
import { stateChangedFunction } from "@/inngest/platform/state-changed";
import { purgeAiCallsFunction } from "@/inngest/platform/purge-ai-calls";
import { stripIdempotencyFunction } from "@/inngest/platform/strip-idempotency";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";

/** A clone and its count are one step, and a large repository takes its time. */
export const maxDuration = 300;

/** Inngest calls our functions here; the SDK checks its signature on every call. */
const handlers = serve({
  client: inngest,
  functions: [
    analyseRepository,
    cacheInvalidatedFunction,
    endStaleAnalysesFunction,
    watchSessionFunction,
    endOverdueSessionsFunction,
    lookUpVulnerabilitiesFunction,
    mailEndedAnalysisFunction,
    rememberPatternsFunction,
    askOwnCodeFunction,
    makeOwnCodeExercises,
    rememberAnswersFunction,
    gradeOpenCriteriaFunction,
    drainOutboxFunction,
    pruneOutboxFunction,
    stripIdempotencyFunction,
    purgeAiCallsFunction,
    stateChangedFunction,
    ...GIVING_FUNCTIONS,
  ],
});

export const { GET, PUT } = handlers;

/** A function's step may have written events; they go out as those of any request do. */
export const POST: typeof handlers.POST = (request, context) => {
  after(drainAfterRequest);
  return handlers.POST(request, context);
};

import { z } from "zod";

const traced = { traceparent: z.string().optional() };

/** Events about analyses, as the outbox writes them and Inngest delivers them. */
export const analysisRequestedSchema = z.object({ analysisId: z.uuid(), userId: z.uuid(), ...traced });
export const analysisCompletedSchema = z.object({
  analysisId: z.uuid(),
  /** Everyone whose analysis it is: one person when it was answered from the cache. */
  userIds: z.array(z.uuid()),
  fromCache: z.boolean(),
  ...traced,
});
export const analysisFailedSchema = z.object({ analysisId: z.uuid(), code: z.string(), ...traced });
export const analysisCanceledSchema = z.object({ analysisId: z.uuid(), ...traced });
export const vulnerabilitiesRequestedSchema = z.object({ analysisId: z.uuid(), ...traced });

export const ANALYSIS_EVENTS = {
  "analysis/requested": analysisRequestedSchema,
  "analysis/completed": analysisCompletedSchema,
  "analysis/failed": analysisFailedSchema,
  "analysis/canceled": analysisCanceledSchema,
  "analysis/vulnerabilities.requested": vulnerabilitiesRequestedSchema,
} as const;

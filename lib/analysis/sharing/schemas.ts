import { z } from "zod";
import { evidenceSchema, insightKindSchema, insightTopicSchema, MAX_NEXT_STEPS } from "../insights/schemas";
import { distributionSchema, functionMeasureSchema, patternCountSchema } from "../patterns/schemas";
import { recommendationSchema } from "../recommendations/schemas";
import { languageCountSchema, repositorySchema } from "../schemas";

const count = z.number().int().min(0);
const said = { ruleId: z.string(), topic: insightTopicSchema, sentence: z.string(), reason: z.string() };
/** Empty for a private repository. */
const places = { evidence: z.array(evidenceSchema), total: count };

/**
 * What strangers see of a shared analysis. Everything that is not named here stays with its owner: snippets, security,
 * what was skipped, who shared it (docs/decisions/0017).
 */
export const sharedAnalysisSchema = z.strictObject({
  repository: repositorySchema,
  private: z.boolean(),
  /** Null for a private repository. */
  commit: z.string().nullable(),
  finishedAt: z.iso.datetime(),
  files: count,
  lines: count,
  languages: z.array(languageCountSchema),
  patterns: z.array(
    patternCountSchema.pick({ id: true, kind: true, concept: true, count: true, inTests: true, files: true }),
  ),
  functions: z
    .strictObject({
      count,
      cognitive: distributionSchema,
      /** Empty for a private repository. */
      hotspots: z.array(functionMeasureSchema),
    })
    .nullable(),
  tests: z.strictObject({ files: count, cases: count, linesRatio: z.number().nullable() }).nullable(),
  insights: z.array(z.strictObject({ ...said, kind: insightKindSchema, ...places })),
  nextSteps: z.array(z.strictObject({ ...said, ...places })).max(MAX_NEXT_STEPS),
  recommendations: z.array(recommendationSchema),
});
export type SharedAnalysis = z.infer<typeof sharedAnalysisSchema>;

/** A link that is open, without its token, which is said once. */
export const openLinkSchema = z.strictObject({ createdAt: z.iso.datetime() });
export const newLinkSchema = openLinkSchema.extend({
  token: z.string(),
  url: z.url().describe("The page for people."),
  apiUrl: z.url().describe("The same as JSON."),
});

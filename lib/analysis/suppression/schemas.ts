import { z } from "zod";

/** A word alone is no reason that anybody could check; the same as for a comment in the code. */
const SHORTEST = "Say in a few words (8 characters or more) why this is all right.";

/** Why a finding is all right where it is. */
export const suppressionReasonSchema = z
  .string()
  .trim()
  .min(8, SHORTEST)
  .max(300, "Keep the reason within 300 characters.");

/** The id of a finding, which stays the same in later analyses of the repository. */
export const findingIdSchema = z.string().regex(/^[0-9a-f]{32}$/);

/** A finding that somebody marked as all right, for themselves and for good. */
export const suppressionSchema = z.strictObject({
  finding: findingIdSchema,
  /** What it was when it was marked. */
  rule: z.string(),
  title: z.string(),
  path: z.string(),
  reason: z.string(),
  createdAt: z.iso.datetime(),
});
export type Suppression = z.infer<typeof suppressionSchema>;

export const listedSuppressionSchema = suppressionSchema.extend({
  /** Whether this analysis still has the finding; one that is gone does no harm. */
  present: z.boolean(),
});

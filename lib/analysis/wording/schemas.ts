import { z } from "zod";

/** An insight by its place in the result, in a model's words; null where it keeps the rule's own. */
export const rewordedSchema = z.strictObject({
  insight: z.number().int().min(0),
  sentence: z.string().nullable(),
  /** Spans of the insight that the new sentence rests on; each was found there. */
  quotes: z.array(z.string()),
});
export type Reworded = z.infer<typeof rewordedSchema>;

/** Which words the insights of an analysis are shown in, and what asking for others would send where. */
export const wordingSchema = z.strictObject({
  /** `rules`: the rules' own words, as derived. `model`: a model's, checked against them. */
  by: z.enum(["rules", "model"]),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  at: z.iso.datetime().nullable(),
  /** In the order of reading; empty while the rules' own words are shown. */
  items: z.array(rewordedSchema),
  /** Where the sentences and their reasons would go, first choice first; empty when this server has no key. */
  wouldSendTo: z.array(z.strictObject({ host: z.string(), model: z.string() })),
});
export type Wording = z.infer<typeof wordingSchema>;

/** Why a model's words are not there although they were asked for. */
export const notRewordedSchema = z.enum(["no_key", "not_allowed", "over_budget", "unavailable", "refused", "too_long"]);
export type NotReworded = z.infer<typeof notRewordedSchema>;

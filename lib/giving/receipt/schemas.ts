import { z } from "zod";
import { pledgeRowSchema } from "../administration/schemas";

/** A donor's own gift. */
export const giftSchema = pledgeRowSchema.extend({ capturedAt: z.iso.datetime().nullable() });
export type Gift = z.infer<typeof giftSchema>;

/** The days of a statement, both inclusive, in UTC. */
export const statementRangeSchema = z
  .strictObject({ from: z.iso.date(), to: z.iso.date() })
  .refine(({ from, to }) => from <= to, { path: ["to"], message: "The last day lies before the first." });
export type StatementRange = z.output<typeof statementRangeSchema>;

import { z } from "zod";

const place = z.number().int();

/** An operator of a function that another could stand for, by its place in the function's text. */
const operatorSiteSchema = z.strictObject({
  start: place,
  end: place,
  from: z.string(),
  to: z.string(),
  /** In the function's text, from 1. */
  line: place,
});
export type OperatorSite = Readonly<z.infer<typeof operatorSiteSchema>>;

/** A function that needs nothing around it, as far as its tree can tell; running it has the last word. */
export const standaloneFunctionSchema = z.strictObject({
  path: z.string(),
  line: place,
  endLine: place,
  language: z.enum(["javascript", "typescript"]),
  name: z.string(),
  /** A declaration of `name`, its indentation taken away. */
  text: z.string(),
  parameters: z.array(z.strictObject({ name: z.string(), type: z.string().nullable() })).readonly(),
  operators: z.array(operatorSiteSchema).readonly(),
});
export type StandaloneFunction = Readonly<z.infer<typeof standaloneFunctionSchema>>;

import { z } from "zod";
import { checkedVulnerabilitiesSchema } from "../security/schemas";

const packageSchema = z.strictObject({
  ecosystem: z.enum(["npm", "PyPI", "crates.io", "Go"]),
  name: z.string().max(214),
  version: z.string().max(90),
});

/** A lockfile and the packages that it names. */
export const lockfileSchema = z.strictObject({ path: z.string(), packages: z.array(packageSchema) });
export type Lockfile = z.infer<typeof lockfileSchema>;

/** How the look-up of an analysis stands, and what it would send. */
export const lookUpSchema = z.strictObject({
  status: z.enum(["not_asked", "asked", "done", "failed"]),
  /** What leaves this machine when somebody asks: these packages with their versions, and nothing else. */
  wouldSend: z.strictObject({
    to: z.string(),
    packages: z.number().int(),
    lockfiles: z.array(z.strictObject({ path: z.string(), packages: z.number().int() })),
    /** False for an analysis of before this was kept: analyse again to be able to ask. */
    known: z.boolean(),
  }),
  askedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  /** Why the last one came to nothing. */
  error: z.string().nullable(),
  /** What the newest look-up that came to its end answered. */
  found: checkedVulnerabilitiesSchema.nullable(),
});
export type LookUp = z.infer<typeof lookUpSchema>;

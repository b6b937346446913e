import { z } from "zod";

/** The part of OSV's answers that is read. https://google.github.io/osv.dev/api/ and https://ossf.github.io/osv-schema/ */
export const MAX_QUERIES = 1_000;

/** A package at a version, in OSV's spelling of ecosystems. */
export interface PackageVersion {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
}

/** An advisory's id becomes a part of an address: nothing else may be in it. */
const advisoryIdSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,59}$/);

const batchResultSchema = z.object({
  vulns: z.array(z.object({ id: advisoryIdSchema })).optional(),
  next_page_token: z.string().max(2_000).optional(),
});

/** `POST /v1/querybatch`: a result for each query, in their order; `{}` for a package without advisories. */
export const batchAnswerSchema = z.object({ results: z.array(batchResultSchema) });

const eventSchema = z.object({ introduced: z.string().optional(), fixed: z.string().optional() });

const affectedSchema = z.object({
  package: z.object({ ecosystem: z.string(), name: z.string() }).optional(),
  ranges: z.array(z.object({ type: z.string(), events: z.array(eventSchema) })).optional(),
});

/** `GET /v1/vulns/{id}` */
export const advisorySchema = z.object({
  id: advisoryIdSchema,
  summary: z.string().optional(),
  details: z.string().optional(),
  aliases: z.array(z.string()).optional(),
  withdrawn: z.string().optional(),
  severity: z.array(z.object({ type: z.string(), score: z.string() })).optional(),
  affected: z.array(affectedSchema).optional(),
  database_specific: z.object({ severity: z.string().optional().catch(undefined) }).optional(),
});
export type Advisory = z.infer<typeof advisorySchema>;

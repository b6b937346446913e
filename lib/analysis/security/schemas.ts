import { z } from "zod";

/** What one result holds at most. Counts go on past these; the list says that it was cut. */
export const SECURITY_LIMITS = {
  maxFindings: 500,
  maxPlaces: 20,
  maxSnippetCharacters: 400,
  maxVulnerabilities: 200,
  maxExamples: 5,
} as const;

const count = z.number().int().min(0);
const path = z.string().max(4096);

/** How bad it is if it is true. Says nothing about how likely that is: see {@link confidenceSchema}. */
export const severitySchema = z.enum(["critical", "high", "medium", "low", "info"]);
export type Severity = z.infer<typeof severitySchema>;

/** How likely it is that the finding is true. Says nothing about how bad it would be. */
export const confidenceSchema = z.enum(["high", "medium", "low"]);
export type Confidence = z.infer<typeof confidenceSchema>;

export const securityCategorySchema = z.enum(["secret", "code", "supply_chain"]);
export type SecurityCategory = z.infer<typeof securityCategorySchema>;

const placeSchema = z.strictObject({ path, line: z.number().int().min(1) });

export const securityFindingSchema = z.strictObject({
  /** 32 hex digits over rule, path and normalised content: the same finding keeps it when lines above it move. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  rule: z.string().max(80),
  category: securityCategorySchema,
  /** `CWE-798`. */
  cwe: z.string().regex(/^CWE-\d{1,5}$/),
  title: z.string().max(200),
  severity: severitySchema,
  confidence: confidenceSchema,
  path,
  /** From 1. */
  line: z.number().int().min(1),
  endLine: z.number().int().min(1),
  /** The line or lines, shortened, with every secret in them masked. */
  snippet: z.string().max(SECURITY_LIMITS.maxSnippetCharacters),
  /** What to do about it. */
  advice: z.string().max(600),
  /** Of the file: findings in tests and examples have a low confidence. */
  role: z.enum(["source", "test", "example", "documentation", "configuration", "vendored", "generated"]),
  /** The same secret in other places; it is one finding. */
  alsoAt: z.array(placeSchema).max(SECURITY_LIMITS.maxPlaces).optional(),
  /** Places in all, this one included; more than `alsoAt` lists when that was cut. */
  places: z.number().int().min(1),
  /** Somebody decided that this is all right, and said why. Not part of the counts by severity. */
  suppressed: z.strictObject({ reason: z.string().max(300), by: z.enum(["comment", "user"]) }).optional(),
});
export type SecurityFinding = z.infer<typeof securityFindingSchema>;

/** What was not looked at. A page shows these beside the findings: not checked is not the same as clean. */
export const notCheckedSchema = z.strictObject({
  what: z.enum(["history", "vulnerabilities", "secrets_live", "files", "lockfile"]),
  message: z.string().max(400),
});
export type NotChecked = z.infer<typeof notCheckedSchema>;

export const vulnerabilitySchema = z.strictObject({
  /** 32 hex digits over advisory, package and lockfile: the same in later analyses, whatever the version. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  /** `GHSA-…`, `CVE-…`, `PYSEC-…`, as the advisory database names it. */
  advisory: z.string().max(60),
  /** Other names of the same advisory, such as its CVE. */
  aliases: z.array(z.string().max(60)).max(20),
  ecosystem: z.string().max(40),
  package: z.string().max(214),
  version: z.string().max(90),
  /** The lockfile in which the version stands. */
  path,
  /** In the advisory's own words; empty when it has none. */
  summary: z.string().max(300),
  /** As the advisory rates it; null when it does not. */
  severity: severitySchema.nullable(),
  /** The lowest version named as repaired that is above this one; null when none is named. */
  fixedIn: z.string().max(90).nullable(),
  /** Somebody decided that this is all right, and said why. Not part of `total`. */
  suppressed: z.strictObject({ reason: z.string().max(300), by: z.literal("user") }).optional(),
});
export type Vulnerability = z.infer<typeof vulnerabilitySchema>;

/** What OSV answered about the packages of an analysis. */
export const checkedVulnerabilitiesSchema = z.strictObject({
  status: z.literal("checked"),
  source: z.literal("OSV"),
  at: z.iso.datetime(),
  /** Different packages and versions that were asked about. */
  packages: count,
  /** All that OSV has, less those that are marked as all right. */
  total: count,
  /** Worst first, marked ones last; fewer than `total` when there are too many to keep one by one. */
  found: z.array(vulnerabilitySchema).max(SECURITY_LIMITS.maxVulnerabilities),
});
export type CheckedVulnerabilities = z.infer<typeof checkedVulnerabilitiesSchema>;

export const vulnerabilitiesSchema = z.discriminatedUnion("status", [
  /** The usual: no advisory data on this machine, and nobody asked for names to be sent out. */
  z.strictObject({ status: z.literal("not_checked"), message: z.string().max(400) }),
  checkedVulnerabilitiesSchema,
]);

/** A bound of ours that cut the search short. */
export const securityLimitSchema = z.strictObject({
  limit: z.enum(["findings", "findings_in_file", "line_length", "lockfile_bytes", "lockfile_shape", "syntax"]),
  value: count,
  /** Files that it cut. */
  files: count,
  examples: z.array(path).max(SECURITY_LIMITS.maxExamples),
});
export type SecurityLimit = z.infer<typeof securityLimitSchema>;

const bySeverity = z.strictObject({ critical: count, high: count, medium: count, low: count, info: count });

export const securityFoundSchema = z.strictObject({
  /** Worst first (severity, then confidence, then path and line); suppressed ones last. */
  findings: z.array(securityFindingSchema).max(SECURITY_LIMITS.maxFindings),
  counts: z.strictObject({
    /** Without suppressed ones, with those that `findings` has no room for. */
    total: count,
    bySeverity,
    byCategory: z.strictObject({ secret: count, code: count, supply_chain: count }),
    byConfidence: z.strictObject({ high: count, medium: count, low: count }),
    suppressed: count,
  }),
  /** Files that were read for secrets; for dangerous code; manifests, lockfiles and workflows that were read. */
  checked: z.strictObject({ secrets: count, code: count, supplyChain: count, rules: count }),
  vulnerabilities: vulnerabilitiesSchema,
  notChecked: z.array(notCheckedSchema),
  limits: z.array(securityLimitSchema),
  measuredMs: count,
});
export type SecurityFound = z.infer<typeof securityFoundSchema>;

import { describe, expect, test } from "vitest";
import { z } from "zod";
import { toSarif } from "./sarif";
import type { SecurityFinding, SecurityFound } from "./schemas";

const text = z.strictObject({ text: z.string().min(1), markdown: z.string().optional() });
const level = z.enum(["none", "note", "warning", "error"]);
const artifact = z.strictObject({
  // A relative reference by RFC 3986: no scheme, not from the root, no backslash, nothing unescaped.
  uri: z.string().regex(/^(?![a-z][a-z0-9+.-]*:)(?!\/)[\w.~!$&'()*+,;=@%/-]+$/i),
  uriBaseId: z.string(),
});
const region = z.strictObject({
  startLine: z.number().int().min(1),
  endLine: z.number().int().min(1).optional(),
  snippet: text.optional(),
});
const place = z.strictObject({ artifactLocation: artifact, region: region.optional() });
const reference = z.strictObject({ id: z.string(), toolComponent: z.strictObject({ name: z.string() }) });
/** What SARIF 2.1.0 (OASIS, 27 March 2020) demands of the objects that are written here, checked by hand against its text. */
const sarifSchema = z.strictObject({
  $schema: z.url(),
  version: z.literal("2.1.0"),
  runs: z
    .array(
      z.strictObject({
        tool: z.strictObject({
          driver: z.strictObject({
            name: z.string(),
            version: z.string(),
            informationUri: z.url(),
            supportedTaxonomies: z.array(z.strictObject({ name: z.string() })),
            rules: z.array(
              z.strictObject({
                id: z.string(),
                name: z.string().regex(/^[A-Za-z0-9]+$/),
                shortDescription: text,
                fullDescription: text,
                help: text,
                helpUri: z.url(),
                defaultConfiguration: z.strictObject({ level }),
                properties: z.looseObject({
                  tags: z.array(z.string()),
                  "security-severity": z.string().regex(/^\d+\.\d$/),
                }),
                relationships: z.array(z.strictObject({ target: reference, kinds: z.array(z.string()).min(1) })),
              }),
            ),
          }),
        }),
        taxonomies: z.array(
          z.strictObject({
            name: z.string(),
            organization: z.string(),
            informationUri: z.url(),
            shortDescription: text,
            taxa: z.array(z.strictObject({ id: z.string(), helpUri: z.url() })),
          }),
        ),
        originalUriBaseIds: z.record(z.string(), z.strictObject({ description: text })),
        versionControlProvenance: z
          .array(z.strictObject({ repositoryUri: z.url(), revisionId: z.string().optional() }))
          .optional(),
        invocations: z.array(
          z.strictObject({
            executionSuccessful: z.boolean(),
            toolExecutionNotifications: z.array(
              z.strictObject({ level, message: text, descriptor: z.strictObject({ id: z.string() }) }),
            ),
          }),
        ),
        columnKind: z.enum(["utf16CodeUnits", "unicodeCodePoints"]),
        results: z.array(
          z.strictObject({
            ruleId: z.string(),
            ruleIndex: z.number().int().min(0),
            level,
            message: text,
            locations: z.array(z.strictObject({ physicalLocation: place })).min(1),
            relatedLocations: z
              .array(z.strictObject({ id: z.number().int().min(0), physicalLocation: place, message: text }))
              .optional(),
            partialFingerprints: z.record(z.string(), z.string()),
            taxa: z.array(reference),
            suppressions: z
              .array(
                z.strictObject({
                  kind: z.enum(["inSource", "external"]),
                  status: z.literal("accepted"),
                  justification: z.string(),
                }),
              )
              .optional(),
            properties: z.record(z.string(), z.string()),
          }),
        ),
      }),
    )
    .length(1),
});

const finding = (more: Partial<SecurityFinding> = {}): SecurityFinding => ({
  id: "0".repeat(32),
  rule: "code/sql-injection",
  category: "code",
  cwe: "CWE-89",
  title: "A query is put together from values",
  severity: "high",
  confidence: "medium",
  path: "src/a.ts",
  line: 3,
  endLine: 4,
  snippet: "db.query(…)",
  advice: "Use parameters.",
  role: "source",
  places: 1,
  ...more,
});

const foundOf = (...findings: SecurityFinding[]): SecurityFound => ({
  findings,
  counts: {
    total: findings.length,
    bySeverity: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
    byCategory: { secret: 0, code: 0, supply_chain: 0 },
    byConfidence: { high: 0, medium: 0, low: 0 },
    suppressed: 0,
  },
  checked: { secrets: 1, code: 1, supplyChain: 0, rules: 1 },
  vulnerabilities: { status: "not_checked", message: "Not checked." },
  notChecked: [{ what: "history", message: "History not scanned." }],
  limits: [],
  measuredMs: 1,
});

const TOOL = { version: "1", informationUri: "https://devmentor.example/docs" };
const SOURCE = { repositoryUri: "https://github.com/a/b", revisionId: "0".repeat(40) };

describe("SARIF", () => {
  test("has the shape that the standard demands, also without findings", () => {
    const found = foundOf(
      finding(),
      finding({
        rule: "secret/github-token",
        cwe: "CWE-798",
        severity: "critical",
        places: 3,
        alsoAt: [{ path: "b.ts", line: 1 }],
      }),
      finding({ suppressed: { reason: "a constant", by: "comment" }, severity: "info", path: "ünï code/#?%20/c:d.ts" }),
    );
    const log = sarifSchema.parse(JSON.parse(JSON.stringify(toSarif(found, TOOL, SOURCE))));
    const [run] = log.runs;
    expect(run?.results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ["code/sql-injection", "error"],
      ["secret/github-token", "error"],
      ["code/sql-injection", "note"],
    ]);
    for (const { ruleId, ruleIndex } of run?.results ?? []) expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(run?.taxonomies[0]?.taxa.map(({ id }) => id)).toEqual(["CWE-798", "CWE-89"]);
    expect(run?.results[2]?.suppressions).toEqual([
      { kind: "inSource", status: "accepted", justification: "a constant" },
    ]);
    expect(run?.results[2]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe(
      "%C3%BCn%C3%AF%20code/%23%3F%2520/c%3Ad.ts",
    );
    sarifSchema.parse(JSON.parse(JSON.stringify(toSarif(foundOf(), TOOL, { repositoryUri: null, revisionId: null }))));
  });

  test("what was not checked is told", () => {
    const [run] = sarifSchema.parse(toSarif(foundOf(), TOOL, SOURCE)).runs;
    expect(run?.invocations[0]?.toolExecutionNotifications).toEqual([
      { level: "note", message: { text: "History not scanned." }, descriptor: { id: "not-checked/history" } },
    ]);
  });
});

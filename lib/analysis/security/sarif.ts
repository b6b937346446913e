import type { SecurityFinding, SecurityFound, Severity } from "./schemas";

/** Of the tool that writes the file. */
export interface SarifTool {
  readonly version: string;
  /** Where people read about it. */
  readonly informationUri: string;
}

/** What was analysed, so that a reader can find the lines again. */
export interface SarifSource {
  readonly repositoryUri: string | null;
  readonly revisionId: string | null;
}

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
const LEVELS = { critical: "error", high: "error", medium: "warning", low: "note", info: "note" } as const;
/** What GitHub's code scanning sorts security findings by: CVSS's bands. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.5",
  low: "3.0",
  info: "0.0",
};
const PRECISION = { high: "high", medium: "medium", low: "low" } as const;
const SRCROOT = "%SRCROOT%";

/**
 * Findings as a SARIF 2.1.0 log of one run: rules with their help, CWE as a taxonomy, a fingerprint for each result, paths
 * relative to the repository's root, suppressions with their justification. What was not checked becomes a notification, because
 * a log without results would otherwise read as "nothing wrong".
 */
export function toSarif(found: SecurityFound, tool: SarifTool, source: SarifSource): SarifLog {
  const findings = [...found.findings, ...knownVulnerabilities(found)];
  const byRule = new Map<string, SecurityFinding>();
  for (const finding of findings) if (!byRule.has(finding.rule)) byRule.set(finding.rule, finding);
  const ruleIds = [...byRule.keys()];
  const cwes = [...new Set(findings.map(({ cwe }) => cwe))].toSorted();
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "DevMentor",
            version: tool.version,
            informationUri: tool.informationUri,
            rules: [...byRule.values()].map((finding) => ruleOf(finding)),
            supportedTaxonomies: [{ name: "CWE" }],
          },
        },
        taxonomies: [
          {
            name: "CWE",
            organization: "MITRE",
            informationUri: "https://cwe.mitre.org/data/published/cwe_latest.pdf",
            shortDescription: { text: "Common Weakness Enumeration" },
            taxa: cwes.map((cwe) => ({
              id: cwe,
              helpUri: `https://cwe.mitre.org/data/definitions/${cwe.slice(4)}.html`,
            })),
          },
        ],
        originalUriBaseIds: { [SRCROOT]: { description: { text: "The root of the repository" } } },
        ...(source.repositoryUri
          ? {
              versionControlProvenance: [
                {
                  repositoryUri: source.repositoryUri,
                  ...(source.revisionId ? { revisionId: source.revisionId } : {}),
                },
              ],
            }
          : {}),
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: found.notChecked.map(({ what, message }) => ({
              level: "note" as const,
              message: { text: message },
              descriptor: { id: `not-checked/${what}` },
            })),
          },
        ],
        columnKind: "utf16CodeUnits",
        results: findings.map((finding) => resultOf(finding, ruleIds.indexOf(finding.rule))),
      },
    ],
  };
}

const VULNERABILITY = "vulnerability/";

/** Advisories that somebody had looked up, in the shape of findings; an unrated one is a warning, not a note. */
function knownVulnerabilities({ vulnerabilities }: SecurityFound): SecurityFinding[] {
  if (vulnerabilities.status !== "checked") return [];
  return vulnerabilities.found.map(
    ({ id, advisory, package: name, version, path, summary, severity, fixedIn, ...rest }) => ({
      id,
      rule: `${VULNERABILITY}${advisory}`,
      category: "supply_chain",
      // Dependency on a vulnerable third-party component.
      cwe: "CWE-1395",
      title: `${name} ${version}: ${summary === "" ? advisory : summary}`.slice(0, 200),
      severity: severity ?? "medium",
      // The version is certain; whether the code reaches what is wrong in it is not known.
      confidence: "medium",
      path,
      line: 1,
      endLine: 1,
      snippet: "",
      advice: `${fixedIn === null ? "No version that repairs it is named." : `Update ${name} to ${fixedIn} or later.`} See https://osv.dev/vulnerability/${advisory}`,
      role: "configuration",
      places: 1,
      ...(rest.suppressed ? { suppressed: rest.suppressed } : {}),
    }),
  );
}

function ruleOf({ rule, title, advice, cwe, severity, category }: SecurityFinding): SarifRule {
  return {
    id: rule,
    name: rule.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_all, letter: string) => letter.toUpperCase()),
    shortDescription: { text: title },
    fullDescription: { text: title },
    help: { text: advice, markdown: advice },
    helpUri: `https://cwe.mitre.org/data/definitions/${cwe.slice(4)}.html`,
    defaultConfiguration: { level: LEVELS[severity] },
    properties: {
      tags: ["security", category, `external/cwe/${cwe.toLowerCase()}`],
      "security-severity": SECURITY_SEVERITY[severity],
    },
    relationships: [{ target: { id: cwe, toolComponent: { name: "CWE" } }, kinds: ["superset"] }],
  };
}

function resultOf(finding: SecurityFinding, ruleIndex: number): SarifResult {
  const { rule, severity, confidence, title, path, line, endLine, snippet, cwe, id, suppressed, places, role } =
    finding;
  return {
    ruleId: rule,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: places === 1 ? title : `${title} (in ${places} places)` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(path), uriBaseId: SRCROOT },
          // An advisory is about a package: in which line of the lockfile it stands is not known.
          ...(rule.startsWith(VULNERABILITY)
            ? {}
            : { region: { startLine: line, endLine, snippet: { text: snippet } } }),
        },
      },
    ],
    ...(finding.alsoAt && finding.alsoAt.length > 0
      ? {
          relatedLocations: finding.alsoAt.map((place, at) => ({
            id: at + 1,
            physicalLocation: {
              artifactLocation: { uri: uriOf(place.path), uriBaseId: SRCROOT },
              region: { startLine: place.line },
            },
            message: { text: "The same secret" },
          })),
        }
      : {}),
    partialFingerprints: { "devmentorFinding/v1": id },
    taxa: [{ id: cwe, toolComponent: { name: "CWE" } }],
    ...(suppressed
      ? {
          suppressions: [
            {
              kind: suppressed.by === "comment" ? ("inSource" as const) : ("external" as const),
              status: "accepted" as const,
              justification: suppressed.reason,
            },
          ],
        }
      : {}),
    properties: {
      confidence,
      role,
      precision: PRECISION[confidence],
      "security-severity": SECURITY_SEVERITY[severity],
    },
  };
}

/** A path of git as a relative URI: every part escaped, so that no name can point anywhere else. */
function uriOf(path: string): string {
  const parts = path.split("/").map((part) => encodeURIComponent(part.toWellFormed()));
  // A first part with a colon would read as a scheme; encodeURIComponent has escaped it. Dots stay, and git has no such parts.
  return parts.join("/");
}

interface Text {
  readonly text: string;
}
interface Place {
  readonly artifactLocation: { readonly uri: string; readonly uriBaseId: string };
  readonly region?: { readonly startLine: number; readonly endLine?: number; readonly snippet?: Text };
}
interface Reference {
  readonly id: string;
  readonly toolComponent: { readonly name: string };
}
interface SarifRule {
  readonly id: string;
  readonly name: string;
  readonly shortDescription: Text;
  readonly fullDescription: Text;
  readonly help: Text & { readonly markdown: string };
  readonly helpUri: string;
  readonly defaultConfiguration: { readonly level: "error" | "warning" | "note" };
  readonly properties: { readonly tags: readonly string[]; readonly "security-severity": string };
  readonly relationships: readonly { readonly target: Reference; readonly kinds: readonly string[] }[];
}
interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: "error" | "warning" | "note";
  readonly message: Text;
  readonly locations: readonly { readonly physicalLocation: Place }[];
  readonly relatedLocations?: readonly {
    readonly id: number;
    readonly physicalLocation: Place;
    readonly message: Text;
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly taxa: readonly Reference[];
  readonly suppressions?: readonly {
    readonly kind: "inSource" | "external";
    readonly status: "accepted";
    readonly justification: string;
  }[];
  readonly properties: Readonly<Record<string, string>>;
}

/** The part of SARIF 2.1.0 that is written. */
export interface SarifLog {
  readonly $schema: string;
  readonly version: "2.1.0";
  readonly runs: readonly {
    readonly tool: {
      readonly driver: {
        readonly name: string;
        readonly version: string;
        readonly informationUri: string;
        readonly rules: readonly SarifRule[];
        readonly supportedTaxonomies: readonly { readonly name: string }[];
      };
    };
    readonly taxonomies: readonly object[];
    readonly originalUriBaseIds: Readonly<Record<string, { readonly description: Text }>>;
    readonly versionControlProvenance?: readonly { readonly repositoryUri: string; readonly revisionId?: string }[];
    readonly invocations: readonly object[];
    readonly columnKind: "utf16CodeUnits";
    readonly results: readonly SarifResult[];
  }[];
}

import { createHash } from "node:crypto";
import { foundPhase } from "../rules";
import type { AnalysisResult } from "../schemas";
import { SECURITY_LIMITS, type CheckedVulnerabilities, type Severity, type Vulnerability } from "../security/schemas";
import type { Decisions } from "../suppression/rules";
import type { Lockfile } from "./schemas";
import { severityOf } from "./severity";
import { compareVersions } from "./versions";

/** What is read of an advisory. */
export interface AdvisoryView {
  readonly id: string;
  readonly summary?: string | undefined;
  readonly details?: string | undefined;
  readonly aliases?: readonly string[] | undefined;
  readonly withdrawn?: string | undefined;
  readonly severity?: readonly { readonly type: string; readonly score: string }[] | undefined;
  readonly affected?:
    | readonly {
        readonly package?: { readonly ecosystem: string; readonly name: string } | undefined;
        readonly ranges?:
          | readonly { readonly type: string; readonly events: readonly { readonly fixed?: string | undefined }[] }[]
          | undefined;
      }[]
    | undefined;
  readonly database_specific?: { readonly severity?: string | undefined } | undefined;
}

export type Package = Lockfile["packages"][number];

/** A package with the advisories that there are about its version. */
export interface Affected {
  readonly package: Package;
  readonly paths: readonly string[];
  readonly advisories: readonly AdvisoryView[];
}

/** Each package and version once, with the lockfiles that name it. */
export function differentPackages(lockfiles: readonly Lockfile[]): { package: Package; paths: string[] }[] {
  const different = new Map<string, { package: Package; paths: string[] }>();
  for (const { path, packages } of lockfiles)
    for (const each of packages) {
      const key = `${each.ecosystem}\0${each.name}\0${each.version}`;
      const known = different.get(key);
      if (!known) different.set(key, { package: each, paths: [path] });
      else if (!known.paths.includes(path)) known.paths.push(path);
    }
  return [...different.values()];
}

const ORDER: readonly (Severity | null)[] = ["critical", "high", "medium", "low", null, "info"];

/** What to tell of OSV's answers: advisories that are one under several names once, withdrawn ones not at all. */
export function tell(affected: readonly Affected[], packages: number, at: Date): CheckedVulnerabilities {
  const all = affected.flatMap((one) =>
    oneForEach(one.advisories).flatMap((advisory) =>
      one.paths.map((path) => vulnerability(one.package, path, advisory)),
    ),
  );
  const sorted = all.toSorted(byOrder);
  return {
    status: "checked",
    source: "OSV",
    at: at.toISOString(),
    packages,
    total: all.length,
    found: sorted.slice(0, SECURITY_LIMITS.maxVulnerabilities),
  };
}

/** GitHub's advisory, a CVE and PyPI's of one thing name one another: the most telling stands for all of them. */
function oneForEach(advisories: readonly AdvisoryView[]): AdvisoryView[] {
  const kept: AdvisoryView[] = [];
  const rank = ({ id }: AdvisoryView): number => (id.startsWith("GHSA-") ? 0 : id.startsWith("MAL-") ? 1 : 2);
  for (const advisory of advisories
    .filter(({ withdrawn }) => withdrawn === undefined)
    .toSorted((one, other) => rank(one) - rank(other) || (one.id < other.id ? -1 : 1))) {
    const names = new Set([advisory.id, ...(advisory.aliases ?? [])]);
    if (!kept.some((known) => [known.id, ...(known.aliases ?? [])].some((name) => names.has(name))))
      kept.push(advisory);
  }
  return kept;
}

function vulnerability(of: Package, path: string, advisory: AdvisoryView): Vulnerability {
  const { ecosystem, name, version } = of;
  const words = (advisory.summary ?? advisory.details ?? "").replaceAll(/\s+/g, " ").trim();
  return {
    id: createHash("sha256")
      .update(`vulnerability\0${advisory.id}\0${ecosystem}\0${name}\0${path}`)
      .digest("hex")
      .slice(0, 32),
    advisory: advisory.id,
    aliases: (advisory.aliases ?? []).filter((alias) => alias.length <= 60).slice(0, 20),
    ecosystem,
    package: name,
    version,
    path,
    summary: words.length > 300 ? `${words.slice(0, 299)}…` : words,
    severity: severityOf(advisory),
    fixedIn: fixedIn(of, advisory),
  };
}

function fixedIn({ ecosystem, name, version }: Package, { affected = [] }: AdvisoryView): string | null {
  const fixed = affected
    .filter((each) => each.package?.name === name && each.package.ecosystem.startsWith(ecosystem))
    .flatMap(({ ranges = [] }) => ranges.filter(({ type }) => type !== "GIT"))
    .flatMap(({ events }) => events.flatMap((event) => (event.fixed === undefined ? [] : [event.fixed])))
    .filter((each) => each.length <= 90 && compareVersions(each, version) > 0);
  return fixed.toSorted(compareVersions)[0] ?? null;
}

function byOrder(one: Vulnerability, other: Vulnerability): number {
  const key = ({ package: name, advisory, path }: Vulnerability): string => `${name}\0${advisory}\0${path}`;
  return (
    Number(one.suppressed !== undefined) - Number(other.suppressed !== undefined) ||
    ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity) ||
    (key(one) < key(other) ? -1 : 1)
  );
}

/** A result with what OSV answered in it, when somebody asked; what was checked is no longer said to be unchecked. */
export function withVulnerabilities(
  result: AnalysisResult,
  lookUp: { readonly found: CheckedVulnerabilities | null } | null,
  decisions: Decisions,
): AnalysisResult {
  const security = foundPhase(result.phases.security);
  if (!lookUp?.found || !security) return result;
  const vulnerabilities = decideVulnerabilities(lookUp.found, decisions);
  const notChecked = security.notChecked.filter(({ what }) => what !== "vulnerabilities");
  return { ...result, phases: { ...result.phases, security: { ...security, vulnerabilities, notChecked } } };
}

function decideVulnerabilities(found: CheckedVulnerabilities, decisions: Decisions): CheckedVulnerabilities {
  const decided = found.found.map((each): Vulnerability => {
    const reason = decisions.get(each.id);
    return reason === undefined ? each : { ...each, suppressed: { reason, by: "user" } };
  });
  const marked = decided.filter(({ suppressed }) => suppressed).length;
  return { ...found, total: found.total - marked, found: decided.toSorted(byOrder) };
}

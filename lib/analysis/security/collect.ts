import type { FileRole } from "../source";
import { fingerprintOf, ShownText, weigh, type Hit } from "./finding";
import {
  SECURITY_LIMITS,
  type Confidence,
  type SecurityFinding,
  type SecurityFound,
  type SecurityLimit,
  type Severity,
} from "./schemas";
import { suppressionFor, type Suppressions } from "./suppression";

const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low", "info"];
const CONFIDENCES: readonly Confidence[] = ["high", "medium", "low"];

/** Findings that one file adds at most: a file with more is data, and would hide all others. */
const MAX_IN_FILE = 50;
/** Kept while the analysis goes on; of more than this the least telling are let go. */
const KEPT_WHILE_READING = 3_000;
/** Of the findings as JSON; a result as a whole may have 2 MB. */
const MAX_BYTES = 1_200_000;

/** What a hit needs to know of its file to become a finding. */
export interface HitFile {
  readonly path: string;
  readonly role: FileRole;
  readonly shown: ShownText;
  readonly suppressions: Suppressions;
}

interface Kept {
  finding: SecurityFinding;
  /** Equal for places of the same secret. Never leaves this object. */
  readonly group: string | null;
}

/** Gathers findings of all files: numbers them, groups places of one secret, counts, and keeps what tells most. */
export class FindingCollector {
  #kept: Kept[] = [];
  readonly #groups = new Map<string, Kept>();
  readonly #limits = new Map<SecurityLimit["limit"], { value: number; files: number; examples: string[] }>();
  readonly #counts = {
    total: 0,
    bySeverity: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
    byCategory: { secret: 0, code: 0, supply_chain: 0 },
    byConfidence: { high: 0, medium: 0, low: 0 },
    suppressed: 0,
  };

  /**
   * Takes the hits of one file, in order of position.
   * @param groupOf for a hit that is a secret: what it is equal to in other places
   */
  addFile(file: HitFile, hits: readonly Hit[], groupOf: (hit: Hit) => string | null = () => null): void {
    const ordinals = new Map<string, number>();
    const ordered = hits.length > MAX_IN_FILE ? hits.toSorted(byWeight).slice(0, MAX_IN_FILE) : hits;
    if (hits.length > MAX_IN_FILE) this.limit("findings_in_file", MAX_IN_FILE, file.path);
    for (const hit of ordered) {
      const finding = toFinding(file, hit, ordinals);
      const group = groupOf(hit);
      const known = group === null ? undefined : this.#groups.get(group);
      if (known) this.#anotherPlace(known, finding);
      else this.#keep({ finding, group });
    }
  }

  /** Notes that a bound of ours cut the search in a file. */
  limit(limit: SecurityLimit["limit"], value: number, path?: string): void {
    const noted = this.#limits.get(limit) ?? { value, files: 0, examples: [] };
    if (path !== undefined) {
      noted.files += 1;
      if (noted.examples.length < SECURITY_LIMITS.maxExamples) noted.examples.push(path.slice(0, 4096));
    }
    this.#limits.set(limit, noted);
  }

  /** @returns the findings, worst first, their counts, and the bounds that were met. */
  finish(): Pick<SecurityFound, "findings" | "counts" | "limits"> {
    const sorted = this.#kept.map(({ finding }) => finding).toSorted(byOrder);
    const findings: SecurityFinding[] = [];
    let bytes = 0;
    for (const finding of sorted) {
      bytes += Buffer.byteLength(JSON.stringify(finding));
      if (findings.length === SECURITY_LIMITS.maxFindings || bytes > MAX_BYTES) break;
      findings.push(finding);
    }
    if (findings.length < this.#counts.total + this.#counts.suppressed) this.limit("findings", findings.length);
    return {
      findings,
      counts: structuredClone(this.#counts),
      limits: [...this.#limits].map(([limit, noted]) => ({ limit, ...noted })),
    };
  }

  #keep(kept: Kept): void {
    this.#count(kept.finding, 1);
    this.#kept.push(kept);
    if (kept.group !== null) this.#groups.set(kept.group, kept);
    if (this.#kept.length <= KEPT_WHILE_READING) return;
    this.#kept = this.#kept.toSorted((a, b) => byOrder(a.finding, b.finding));
    for (const { group } of this.#kept.splice(SECURITY_LIMITS.maxFindings * 2)) {
      if (group !== null) this.#groups.delete(group);
    }
  }

  /** The place that weighs most speaks for all of them. */
  #anotherPlace(known: Kept, other: SecurityFinding): void {
    const { finding } = known;
    const [main, second] = byOrder(other, finding) < 0 ? [other, finding] : [finding, other];
    const others = [...(finding.alsoAt ?? []), { path: second.path, line: second.line }];
    this.#count(finding, -1);
    known.finding = {
      ...main,
      places: finding.places + 1,
      alsoAt: others
        .filter(({ path, line }) => path !== main.path || line !== main.line)
        .slice(0, SECURITY_LIMITS.maxPlaces),
    };
    this.#count(known.finding, 1);
  }

  #count(finding: SecurityFinding, by: 1 | -1): void {
    if (finding.suppressed) {
      this.#counts.suppressed += by;
      return;
    }
    this.#counts.total += by;
    this.#counts.bySeverity[finding.severity] += by;
    this.#counts.byCategory[finding.category] += by;
    this.#counts.byConfidence[finding.confidence] += by;
  }
}

function byWeight(a: Pick<Hit, "severity" | "confidence" | "start">, b: typeof a): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    CONFIDENCES.indexOf(a.confidence) - CONFIDENCES.indexOf(b.confidence) ||
    a.start - b.start
  );
}

/** Suppressed ones last, then by severity, confidence, path and line. */
function byOrder(a: SecurityFinding, b: SecurityFinding): number {
  return (
    Number(a.suppressed !== undefined) - Number(b.suppressed !== undefined) ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    CONFIDENCES.indexOf(a.confidence) - CONFIDENCES.indexOf(b.confidence) ||
    (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line)
  );
}

function toFinding(file: HitFile, hit: Hit, ordinals: Map<string, number>): SecurityFinding {
  const { rule, category, cwe, title, advice } = hit;
  const snippet = file.shown.snippet(hit.start, hit.end);
  const key = `${rule}\0${snippet}`;
  const ordinal = ordinals.get(key) ?? 0;
  ordinals.set(key, ordinal + 1);
  const line = file.shown.lineAt(hit.start);
  const endLine = Math.max(line, file.shown.lineAt(Math.max(hit.start, hit.end - 1)));
  const suppression = suppressionFor(file.suppressions, rule, line, endLine);
  return {
    id: fingerprintOf(rule, file.path, snippet, ordinal),
    rule,
    category,
    cwe,
    title,
    ...weigh(hit, file.role),
    path: file.path.slice(0, 4096),
    line,
    endLine,
    snippet,
    advice,
    role: file.role,
    places: 1,
    ...(suppression ? { suppressed: { reason: suppression.reason, by: "comment" as const } } : {}),
  };
}

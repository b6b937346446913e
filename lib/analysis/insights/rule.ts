import type { Facts } from "./facts";
import type { Place } from "./place";
import type { Evidence, InsightKind, InsightTopic } from "./schemas";

/** What a rule has to say. Without a place it is dropped: no sentence stands without evidence. */
export interface Draft {
  readonly sentence: string;
  readonly weight: number;
  /** The most telling first; the engine keeps the first few. */
  readonly places: readonly Place[];
  /** Places in all, when more are known of than are listed. */
  readonly total?: number;
  readonly step?: StepDraft;
}

export interface StepDraft {
  readonly sentence: string;
  readonly reason: string;
  /** Slug of a concept in the catalogue. */
  readonly concept?: string | undefined;
  /** Larger is sooner: see {@link URGENCY}. */
  readonly urgency: number;
}

/**
 * What comes first among next steps: what others can abuse today, then what has no safety net, then what is hard to
 * change, then what is hard to know.
 */
export const URGENCY = {
  leakedSecret: 100,
  exploitable: 90,
  noTests: 75,
  hotspot: 70,
  risk: 60,
  supplyChain: 50,
  thinTests: 45,
  documentation: 30,
  housekeeping: 20,
} as const;

export interface Rule {
  readonly id: string;
  readonly kind: InsightKind;
  readonly topic: InsightTopic;
  /** Why what it says matters and where its thresholds come from; shown beside the sentence. */
  readonly reason: string;
  readonly look: (facts: Facts) => readonly Draft[];
}

/** Names of functions are as long as their authors like. */
const MAX_LABEL = 80;

/** The places as evidence: whole, each once. */
export function asEvidence(places: readonly Place[]): Evidence[] {
  const seen = new Set<string>();
  return places.flatMap(({ path, line, endLine, label }) => {
    const key = `${path}\0${line}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [
      {
        path,
        line,
        endLine: endLine && endLine > line ? endLine : null,
        label: label ? label.slice(0, MAX_LABEL) : null,
      },
    ];
  });
}

/** `1 file`, `1,200 files`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${value.toLocaleString("en")} ${value === 1 ? one : many}`;
}

/** Whole percents; what is there but rounds to nothing says so. */
export function percent(share: number): string {
  const whole = Math.round(share * 100);
  return whole === 0 && share > 0 ? "under 1%" : `${whole}%`;
}

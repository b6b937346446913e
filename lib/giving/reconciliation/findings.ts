import { PROPOSALS, type Verdict } from "./rules";
import type { Discrepancy, Stage, Sum } from "./schemas";
import type { PageFindings } from "./store";

interface Money {
  readonly currency: string;
  readonly minor: number;
}

/** What a page of a run shows, while it is looked through. */
export class Findings {
  readonly #seen: string[] = [];
  readonly #counts = new Map<string, number>();
  readonly #sums = new Map<string, Sum>();
  readonly #discrepancies: Discrepancy[] = [];

  /** That an object was looked at, and what came of it. */
  note(kind: Stage, objectId: string, verdict: Verdict): void {
    this.#seen.push(objectId);
    this.count(kind);
    if (verdict === "foreign") this.count("foreign");
    if (typeof verdict === "string") return;
    this.count("different");
    this.#discrepancies.push(verdict);
  }

  count(name: string, by = 1): void {
    if (by === 0) return;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  /** Adds an object's amounts, as both sides have it, to the sums of its currency. */
  add({ currency, kind, theirsMinor, oursMinor }: Sum): void {
    if (theirsMinor === 0 && oursMinor === 0) return;
    const key = `${currency} ${kind}`;
    const sum = this.#sums.get(key) ?? { currency, kind, theirsMinor: 0, oursMinor: 0 };
    this.#sums.set(key, {
      ...sum,
      theirsMinor: sum.theirsMinor + theirsMinor,
      oursMinor: sum.oursMinor + oursMinor,
    });
  }

  /** Likewise, where the two may be of different currencies: each counts in its own. */
  addEach(kind: Sum["kind"], theirs: Money, ours: Money | undefined): void {
    const nothing = { kind, theirsMinor: 0, oursMinor: 0 };
    this.add({ ...nothing, currency: theirs.currency, theirsMinor: theirs.minor });
    if (ours) this.add({ ...nothing, currency: ours.currency, oursMinor: ours.minor });
  }

  /** As it is written down. @param next where the run goes on */
  page(next: { readonly stage: Stage; readonly lastId: string | null }): PageFindings {
    return {
      seen: this.#seen,
      counts: Object.fromEntries(this.#counts),
      sums: [...this.#sums.values()],
      discrepancies: this.#discrepancies.map((each) => ({ ...each, proposal: PROPOSALS[each.kind] })),
      nextStage: next.stage,
      nextLastId: next.lastId,
    };
  }
}

import type { PatternsFound } from "../patterns/schemas";
import type { SecurityFound } from "../security/schemas";
import type { LanguagesFound } from "../schemas";

/** What the phases before this one found. A phase that found nothing (it was cut off, say) is null. */
export interface InsightInput {
  readonly languages: LanguagesFound;
  readonly patterns: PatternsFound | null;
  readonly security: SecurityFound | null;
}

/** What the rules need of the pattern catalogue: words for ids, and which concept belongs to which languages. */
export interface CatalogueView {
  readonly patterns: readonly {
    readonly id: string;
    readonly name: string;
    readonly concept: string;
    readonly kind: "habit" | "risk";
    readonly languages: readonly string[];
  }[];
  readonly concepts: readonly {
    readonly slug: string;
    readonly title: string;
    /** Concepts without which this one does not matter; absent: it matters in any code. */
    readonly buildsOn?: readonly string[] | undefined;
  }[];
}

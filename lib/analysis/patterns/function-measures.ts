import type { SourceFile } from "../source";
import type { SyntaxTree } from "../syntax/syntax-tree";
import type { FunctionInfo } from "./functions";
import {
  FOUND_LIMITS,
  type Distribution,
  type DocumentationFound,
  type FunctionMeasure,
  type FunctionsFound,
} from "./schemas";

/** Upper ends of the buckets. Cyclomatic: McCabe's limit of 10, and NIST 500-235's 15; cognitive: Sonar's default of 15. */
const BUCKETS = {
  lines: [5, 10, 20, 40, 60, 100],
  cyclomatic: [1, 5, 10, 15, 20, 50],
  cognitive: [0, 5, 10, 15, 25, 50],
} as const;

/** Gathers the measures of the functions of many files: histograms of exact values, and the most complex ones. */
export class FunctionMeasures {
  #count = 0;
  readonly #lines = new Histogram();
  readonly #cyclomatic = new Histogram();
  readonly #cognitive = new Histogram();
  #hotspots: FunctionMeasure[] = [];
  #publicFunctions = 0;
  #documented = 0;
  #missing: { path: string; line: number; name: string; lines: number }[] = [];

  add(file: SourceFile, tree: SyntaxTree, functions: readonly FunctionInfo[]): void {
    for (const info of functions) {
      const { lines } = info;
      this.#count += 1;
      this.#lines.add(lines);
      this.#cyclomatic.add(info.cyclomatic);
      this.#cognitive.add(info.cognitive);
      if (file.role === "test" || file.role === "example") continue;
      this.#rank(file, tree, info, lines);
      if (!info.isPublic) continue;
      this.#publicFunctions += 1;
      if (info.isDocumented) this.#documented += 1;
      else this.#remember(file.path, info, lines);
    }
  }

  functions(): FunctionsFound {
    return {
      count: this.#count,
      lines: this.#lines.distribution(BUCKETS.lines),
      cyclomatic: this.#cyclomatic.distribution(BUCKETS.cyclomatic),
      cognitive: this.#cognitive.distribution(BUCKETS.cognitive),
      hotspots: this.#hotspots,
    };
  }

  documentation(): Pick<DocumentationFound, "publicFunctions" | "documentedFunctions" | "missing"> {
    return {
      publicFunctions: this.#publicFunctions,
      documentedFunctions: this.#documented,
      missing: this.#missing.map(({ path, line, name }) => ({ path, line, name })),
    };
  }

  #rank(file: SourceFile, tree: SyntaxTree, info: FunctionInfo, lines: number): void {
    const worst = this.#hotspots.at(-1);
    if (info.cognitive === 0) return;
    if (this.#hotspots.length >= FOUND_LIMITS.hotspots && worst && info.cognitive <= worst.cognitive) return;
    const { name, line, endLine, parameters, cyclomatic, cognitive } = info;
    this.#hotspots.push({
      path: file.path,
      line,
      endLine,
      name,
      language: tree.language,
      lines,
      parameters,
      cyclomatic,
      cognitive,
    });
    this.#hotspots.sort((a, b) => b.cognitive - a.cognitive);
    this.#hotspots.length = Math.min(this.#hotspots.length, FOUND_LIMITS.hotspots);
  }

  #remember(path: string, { line, name }: FunctionInfo, lines: number): void {
    if (this.#missing.length >= FOUND_LIMITS.undocumented && lines <= (this.#missing.at(-1)?.lines ?? 0)) return;
    this.#missing.push({ path, line, name, lines });
    this.#missing.sort((a, b) => b.lines - a.lines);
    this.#missing.length = Math.min(this.#missing.length, FOUND_LIMITS.undocumented);
  }
}

/** Counts by exact value; values are small and few, whatever the number of functions. */
class Histogram {
  readonly #counts = new Map<number, number>();
  #total = 0;
  #sum = 0;

  add(value: number): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
    this.#total += 1;
    this.#sum += value;
  }

  distribution(ends: readonly number[]): Distribution {
    const sorted = [...this.#counts].sort(([a], [b]) => a - b);
    /** Nearest rank: the smallest value that at least that part of all values does not exceed. */
    const percentile = (part: number): number => {
      let seen = 0;
      for (const [value, count] of sorted) {
        seen += count;
        if (seen >= part * this.#total) return value;
      }
      return 0;
    };
    const between = (from: number, to: number) =>
      sorted.reduce((sum, [value, count]) => (value > from && value <= to ? sum + count : sum), 0);
    return {
      buckets: [...ends, null].map((upTo, index) => ({
        upTo,
        functions: between(index === 0 ? -1 : (ends[index - 1] ?? -1), upTo ?? Number.POSITIVE_INFINITY),
      })),
      mean: this.#total === 0 ? 0 : Math.round((this.#sum / this.#total) * 100) / 100,
      p50: percentile(0.5),
      p75: percentile(0.75),
      p90: percentile(0.9),
      p99: percentile(0.99),
      max: sorted.at(-1)?.[0] ?? 0,
    };
  }
}

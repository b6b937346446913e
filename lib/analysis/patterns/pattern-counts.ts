import type { SourceFile } from "../source";
import type { NodeId, SyntaxTree } from "../syntax/syntax-tree";
import { CATALOGUE } from "./catalogue";
import { fingerprintOf, shapeOf } from "./fingerprint";
import { findOccurrences } from "./match";
import { Samples } from "./samples";
import { FOUND_LIMITS, type Occurrence, type PatternCount } from "./schemas";
import type { Scopes } from "./scopes";
import { snippetOf } from "./snippet";

/** Counts the patterns of many files. Keeps numbers and a few examples, so that its memory does not grow. */
export class PatternCounts {
  readonly #tallies = CATALOGUE.map(() => new Tally());

  /** @returns how many test cases the file has. */
  add(file: SourceFile, tree: SyntaxTree, scopes: Scopes): number {
    const inTest = file.role === "test" || file.role === "example";
    let cases = 0;
    findOccurrences(tree, scopes, (index, node) => {
      if (CATALOGUE[index]?.id === "test-case") cases += 1;
      this.#tallies[index]?.add(file.path, tree, node, inTest);
    });
    return cases;
  }

  found(): PatternCount[] {
    return CATALOGUE.flatMap(({ id, kind, concept }, index) => {
      const tally = this.#tallies[index];
      return tally && tally.count > 0 ? [{ id, kind, concept, ...tally.found() }] : [];
    });
  }
}

class Tally {
  count = 0;
  #inTests = 0;
  #files = 0;
  #lastPath = "";
  readonly #shapes = new Set<number>();
  readonly #byLanguage = new Map<string, number>();
  /** Of each file the first one; then further ones; those of tests only where nothing else is. */
  readonly #first = new Samples<Occurrence>(FOUND_LIMITS.examplesPerPattern);
  readonly #further = new Samples<Occurrence>(FOUND_LIMITS.examplesPerPattern);
  readonly #tests = new Samples<Occurrence>(FOUND_LIMITS.examplesPerPattern);

  add(path: string, tree: SyntaxTree, node: NodeId, inTest: boolean): void {
    this.count += 1;
    if (inTest) this.#inTests += 1;
    this.#byLanguage.set(tree.language, (this.#byLanguage.get(tree.language) ?? 0) + 1);
    if (this.#shapes.size < FOUND_LIMITS.shapes) this.#shapes.add(shapeOf(tree, node));
    const isFirst = path !== this.#lastPath;
    if (isFirst) {
      this.#lastPath = path;
      this.#files += 1;
    }
    const make = () => occurrence(path, tree, node, inTest);
    if (inTest) {
      if (isFirst) this.#tests.offer(path, make);
    } else if (isFirst) this.#first.offer(path, make);
    else this.#further.offer(`${path}:${node}`, make);
  }

  found(): Omit<PatternCount, "id" | "kind" | "concept"> {
    const examples = [...this.#first.values(), ...this.#further.values(), ...this.#tests.values()];
    return {
      count: this.count,
      inTests: this.#inTests,
      files: this.#files,
      shapes: this.#shapes.size,
      byLanguage: Object.fromEntries(this.#byLanguage),
      examples: examples.slice(0, FOUND_LIMITS.examplesPerPattern),
    };
  }
}

function occurrence(path: string, tree: SyntaxTree, node: NodeId, inTest: boolean): Occurrence {
  return {
    path,
    line: tree.line(node),
    endLine: tree.endLine(node),
    language: tree.language,
    inTest,
    snippet: snippetOf(tree, node, path),
    fingerprint: fingerprintOf(tree, node),
  };
}

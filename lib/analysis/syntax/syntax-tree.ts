import type { Grammar, LanguageFamily } from "./grammars";

/** A node's number in its tree: nodes are numbered in the order of a walk from the root (0). -1 is no node. */
export type NodeId = number;

/** The columns of a tree, one row for each node. */
export interface TreeColumns {
  readonly size: number;
  readonly kind: Uint16Array;
  readonly field: Uint8Array;
  /** In UTF-16 units, as JavaScript counts. */
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  readonly parent: Int32Array;
  /** The number behind the node's last descendant. */
  readonly after: Uint32Array;
}

/**
 * A syntax tree copied out of WebAssembly into flat columns: nothing to free, no call across the border for a
 * question, no recursion however deep the code is nested. Every question accepts -1 and answers it with -1, "" or
 * an empty list, so that questions can be chained.
 */
export class SyntaxTree {
  readonly #grammar: Grammar;
  readonly #columns: TreeColumns;
  #lineStarts: Uint32Array | undefined;
  /** Linguist's name of the language. */
  readonly language: string;
  readonly text: string;

  constructor(language: string, text: string, grammar: Grammar, columns: TreeColumns) {
    this.language = language;
    this.text = text;
    this.#grammar = grammar;
    this.#columns = columns;
  }

  get family(): LanguageFamily {
    return this.#grammar.family;
  }

  get grammar(): Grammar {
    return this.#grammar;
  }

  /** What to give another thread, whose tree is made of the same columns. */
  get columns(): TreeColumns {
    return this.#columns;
  }

  /** Number of nodes, tokens included. */
  get size(): number {
    return this.#columns.size;
  }

  kindId(node: NodeId): number {
    return this.#columns.kind[node] ?? -1;
  }

  /** @returns the node's kind as the grammar names it, "" for no node. */
  kind(node: NodeId): string {
    return node < 0 ? "" : (this.#grammar.kinds[this.#columns.kind[node] ?? 0] ?? "");
  }

  is(node: NodeId, ...kinds: readonly string[]): boolean {
    return node >= 0 && kinds.includes(this.kind(node));
  }

  /** False for tokens: punctuation and keywords. */
  isNamed(node: NodeId): boolean {
    return node >= 0 && this.#grammar.named[this.#columns.kind[node] ?? 0] === 1;
  }

  start(node: NodeId): number {
    return this.#columns.start[node] ?? -1;
  }

  end(node: NodeId): number {
    return this.#columns.end[node] ?? -1;
  }

  textOf(node: NodeId): string {
    return node < 0 ? "" : this.text.slice(this.#columns.start[node], this.#columns.end[node]);
  }

  parent(node: NodeId): NodeId {
    return this.#columns.parent[node] ?? -1;
  }

  /** @returns the number behind the node's last descendant: `node + 1 … after(node) - 1` is what is below it. */
  after(node: NodeId): NodeId {
    return this.#columns.after[node] ?? -1;
  }

  /** @returns the first child in the named field (`condition`, `body`, …), -1 when there is none. */
  child(node: NodeId, field: string): NodeId {
    const id = this.#grammar.fieldIds.get(field);
    if (node < 0 || id === undefined) return -1;
    const { after, field: fields } = this.#columns;
    const end = after[node] ?? 0;
    for (let child = node + 1; child < end; child = after[child] ?? end) if (fields[child] === id) return child;
    return -1;
  }

  /** @returns whether the node stands in that field of its parent. */
  inField(node: NodeId, field: string): boolean {
    return node >= 0 && this.#columns.field[node] === this.#grammar.fieldIds.get(field);
  }

  /** Children that are not tokens, comments included. */
  namedChildren(node: NodeId): NodeId[] {
    return this.children(node).filter((child) => this.isNamed(child));
  }

  children(node: NodeId): NodeId[] {
    const found: NodeId[] = [];
    if (node < 0) return found;
    const { after } = this.#columns;
    const end = after[node] ?? 0;
    for (let child = node + 1; child < end; child = after[child] ?? end) found.push(child);
    return found;
  }

  /** @returns the first child of one of the kinds (tokens have their own text as kind), -1 when there is none. */
  childOfKind(node: NodeId, ...kinds: readonly string[]): NodeId {
    if (node < 0) return -1;
    const { after } = this.#columns;
    const end = after[node] ?? 0;
    for (let child = node + 1; child < end; child = after[child] ?? end)
      if (kinds.includes(this.kind(child))) return child;
    return -1;
  }

  /** @returns the first child that is neither token nor comment, -1 when there is none. */
  firstNamed(node: NodeId): NodeId {
    if (node < 0) return -1;
    const { after } = this.#columns;
    const end = after[node] ?? 0;
    for (let child = node + 1; child < end; child = after[child] ?? end) {
      if (this.isNamed(child) && !this.isComment(child)) return child;
    }
    return -1;
  }

  /** @returns the sibling behind it, tokens included, -1 for the last one. */
  next(node: NodeId): NodeId {
    const parent = this.parent(node);
    if (parent < 0) return -1;
    const next = this.after(node);
    return next < this.after(parent) ? next : -1;
  }

  /**
   * @returns the sibling in front of it, tokens included, when that is a flat one such as a comment or an attribute;
   *   -1 for the first one and where code that is nested deeper stands in front.
   */
  previousShallow(node: NodeId): NodeId {
    const parent = this.parent(node);
    let before = node - 1;
    for (let step = 0; step < 4 && before > parent; step += 1) {
      if (this.parent(before) === parent) return before;
      before = this.parent(before);
    }
    return -1;
  }

  isComment(node: NodeId): boolean {
    return this.kind(node).endsWith("comment");
  }

  /** 1 for the first line. */
  line(node: NodeId): number {
    return node < 0 ? 0 : this.lineAt(this.start(node));
  }

  /** The last line that the node has something on. */
  endLine(node: NodeId): number {
    return node < 0 ? 0 : this.lineAt(Math.max(this.start(node), this.end(node) - 1));
  }

  get lines(): number {
    return this.#starts().length;
  }

  /** @returns the line, from 1, of an offset into the text. */
  lineAt(offset: number): number {
    const starts = this.#starts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** @returns the first 1,000 characters of a line, from 1, without its end. */
  lineText(line: number): string {
    const starts = this.#starts();
    const start = starts[line - 1] ?? 0;
    const text = this.text.slice(start, Math.min(starts[line] ?? this.text.length, start + 1_000));
    return text.replace(/\r?\n$/, "");
  }

  #starts(): Uint32Array {
    if (this.#lineStarts) return this.#lineStarts;
    const starts: number[] = [0];
    for (let at = this.text.indexOf("\n"); at !== -1; at = this.text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.#lineStarts = Uint32Array.from(starts);
    return this.#lineStarts;
  }
}

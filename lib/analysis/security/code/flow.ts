import type { NodeId, SyntaxTree } from "../../syntax/syntax-tree";
import type { Dialect, Origin } from "./dialect";
import { dialectOf } from "./dialect-of";

const ORDER: readonly Origin[] = ["literal", "safe", "dynamic", "built", "request"];

/** @returns the more worrying of two. */
export function worse(a: Origin, b: Origin): Origin {
  return ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b;
}

interface Definition {
  /** -1 for a parameter. */
  readonly value: NodeId;
  readonly origin: Origin | null;
  /** The function (or the file) in which the name means this. */
  readonly scope: NodeId;
  readonly at: NodeId;
}

const WRAPPERS: ReadonlySet<string> = new Set([
  "parenthesized_expression",
  "reference_expression",
  "await_expression",
  "await",
]);
const MAX_DEPTH = 8;
/** Questions answered for one file; a hostile one could ask without end. */
const MAX_STEPS = 50_000;
const MAX_TEXT = 240;
/** Levels up to a function: brackets can be nested a million deep. */
const MAX_ASCENT = 300;
/** Assignments of one name that are looked at. */
const MAX_DEFINITIONS = 8;

/** Follows values inside one file, without running it: names to their assignments, text to its parts. */
export class Flow {
  readonly tree: SyntaxTree;
  readonly #dialect: Dialect;
  #definitions: Map<string, Definition[]> | undefined;
  #steps = 0;

  constructor(tree: SyntaxTree) {
    this.tree = tree;
    this.#dialect = dialectOf(tree.family);
  }

  /** @returns where the value of an expression comes from. */
  origin(node: NodeId, depth = 0): Origin {
    this.#steps += 1;
    if (node < 0) return "literal";
    if (depth > MAX_DEPTH || this.#steps > MAX_STEPS) return "dynamic";
    const { tree } = this;
    const dialect = this.#dialect;
    const kind = tree.kind(node);
    if (dialect.strings.has(kind)) return this.#text(node, depth);
    if (dialect.literals.has(kind)) return "literal";
    if (dialect.transparent.has(kind)) return this.#worstOf(tree.namedChildren(node), depth);
    if (dialect.binaries.has(kind)) return this.#joined(node, depth);
    if (dialect.names.has(kind)) return this.#named(node, depth);
    if (dialect.calls.has(kind)) return this.#call(node, depth);
    if (dialect.members.has(kind)) return this.#member(node, depth);
    return "dynamic";
  }

  /** The text of an expression without white space, shortened: to compare with what is known. */
  compact(node: NodeId): string {
    const { tree } = this;
    if (node < 0) return "";
    return tree.text.slice(tree.start(node), Math.min(tree.end(node), tree.start(node) + MAX_TEXT)).replace(/\s+/g, "");
  }

  /** The literal text at the beginning of a value, as far as it is known: `https://api.example.com/` of an address. */
  literalStart(node: NodeId, depth = 0): string {
    const { tree } = this;
    if (node < 0 || depth > MAX_DEPTH) return "";
    const kind = tree.kind(node);
    if (this.#dialect.strings.has(kind)) {
      const parts = tree.namedChildren(node);
      const dynamic = parts.find((part) => this.#dialect.interpolations.has(tree.kind(part)));
      const end = dynamic === undefined ? tree.end(node) : tree.start(dynamic);
      return tree.text
        .slice(tree.start(node), Math.min(end, tree.start(node) + MAX_TEXT))
        .replace(/^[a-z@$]{0,2}["'`]{1,3}/i, "");
    }
    if (this.#dialect.binaries.has(kind)) return this.literalStart(tree.child(node, "left"), depth + 1);
    if (this.#dialect.transparent.has(kind)) return this.literalStart(tree.firstNamed(node), depth + 1);
    if (this.#dialect.names.has(kind)) {
      const [only, ...others] = this.#definitionsOf(node);
      return only && others.length === 0 ? this.literalStart(only.value, depth + 1) : "";
    }
    if (this.#dialect.calls.has(kind))
      return this.literalStart(this.#dialect.argumentsOf(tree, node)[0] ?? -1, depth + 1);
    return "";
  }

  /** The node itself, or what the name stands for when it was assigned exactly once; without brackets, `&` and `await`. */
  resolve(node: NodeId): NodeId {
    let at = node;
    for (let depth = 0; depth < MAX_DEPTH && WRAPPERS.has(this.tree.kind(at)); depth += 1)
      at = this.tree.firstNamed(at);
    if (!this.#dialect.names.has(this.tree.kind(at))) return at;
    const [only, ...others] = this.#definitionsOf(at);
    return only && others.length === 0 && only.value >= 0 ? only.value : at;
  }

  /** @returns the innermost function round a node, -1 outside of all. */
  functionOf(node: NodeId): NodeId {
    let at = this.tree.parent(node);
    for (let level = 0; at >= 0 && !this.#dialect.functions.has(this.tree.kind(at)); level += 1) {
      if (level === MAX_ASCENT) return -1;
      at = this.tree.parent(at);
    }
    return at;
  }

  #worstOf(nodes: readonly NodeId[], depth: number): Origin {
    let worst: Origin = "literal";
    for (const node of nodes.slice(0, 40))
      if (!this.tree.isComment(node)) worst = worse(worst, this.origin(node, depth + 1));
    return worst;
  }

  /** A dynamic part makes text built. */
  #text(node: NodeId, depth: number): Origin {
    const { tree } = this;
    let worst: Origin = "literal";
    for (const part of tree.namedChildren(node).slice(0, 40)) {
      if (this.#dialect.interpolations.has(tree.kind(part)))
        worst = worse(worst, this.origin(tree.firstNamed(part), depth + 1));
      // Strings written one after another are one.
      else if (this.#dialect.strings.has(tree.kind(part))) worst = worse(worst, this.origin(part, depth + 1));
    }
    return worst === "dynamic" ? "built" : worst;
  }

  #joined(node: NodeId, depth: number): Origin {
    const { tree } = this;
    const left = this.origin(tree.child(node, "left"), depth + 1);
    const right = this.origin(tree.child(node, "right"), depth + 1);
    const both = worse(left, right);
    const operator = tree.textOf(tree.child(node, "operator"));
    if (operator !== "+" && operator !== "%")
      return operator === "||" || operator === "??" || operator === "or" ? both : "safe";
    return both === "dynamic" && (left === "literal" || right === "literal") ? "built" : both;
  }

  #named(node: NodeId, depth: number): Origin {
    const name = this.tree.textOf(node);
    const definitions = this.#definitionsOf(node);
    if (definitions.length === 0) return /^[A-Z][A-Z0-9_]+$/.test(name) ? "safe" : "dynamic";
    let worst: Origin = "literal";
    for (const { value, origin } of definitions) worst = worse(worst, origin ?? this.origin(value, depth + 2));
    return worst;
  }

  #member(node: NodeId, depth: number): Origin {
    const text = this.compact(node);
    if (this.#dialect.sources.test(text)) return "request";
    // A field of something from the request is from the request; one of anything else is only dynamic.
    const inside = this.tree.firstNamed(node);
    if (this.origin(inside, depth + 1) === "request") return "request";
    return /(?:^|[.:])[A-Z][A-Z0-9_]+$/.test(text) ? "safe" : "dynamic";
  }

  #call(node: NodeId, depth: number): Origin {
    const dialect = this.#dialect;
    const text = this.compact(node);
    if (dialect.cleaners.test(text)) return "safe";
    if (dialect.sources.test(text)) return "request";
    const args = dialect.argumentsOf(this.tree, node);
    const worst = this.#worstOf(args, depth);
    const receiver = dialect.receiverOf(this.tree, node);
    const of = receiver < 0 ? "literal" : this.origin(receiver, depth + 1);
    if (worst === "request" || of === "request") return "request";
    if (dialect.formats.test(text)) {
      const both = worse(worst, of);
      return both === "dynamic" ? "built" : both;
    }
    return of === "built" ? "built" : "dynamic";
  }

  #definitionsOf(node: NodeId): Definition[] {
    const all = this.#read().get(this.tree.textOf(node)) ?? [];
    let best: Definition[] = [];
    let scope = -1;
    for (const definition of all) {
      const inside = definition.scope <= 0 || (definition.scope < node && node < this.tree.after(definition.scope));
      if (!inside || definition.scope < scope) continue;
      if (definition.scope > scope) {
        scope = definition.scope;
        best = [];
      }
      if (best.length < MAX_DEFINITIONS) best.push(definition);
    }
    return best;
  }

  #read(): Map<string, Definition[]> {
    if (this.#definitions) return this.#definitions;
    const definitions = new Map<string, Definition[]>();
    this.#definitions = definitions;
    const { tree } = this;
    const dialect = this.#dialect;
    const wanted = new Uint8Array(65_536);
    for (const kind of dialect.definers) for (const id of tree.grammar.idsOf(kind)) wanted[id] = 1;
    for (let node = 0; node < tree.size; node += 1) {
      if (wanted[tree.kindId(node)] !== 1) continue;
      for (const { name, value, origin } of dialect.define(tree, node)) {
        const key = tree.textOf(name);
        if (key.length > 80) continue;
        const known = definitions.get(key) ?? [];
        const scope = Math.max(0, this.functionOf(name));
        if (known.length < 200) known.push({ value, origin, scope, at: node });
        definitions.set(key, known);
      }
    }
    return definitions;
  }
}

import { createHash } from "node:crypto";
import type { Grammar } from "../syntax/grammars";
import type { NodeId, SyntaxTree } from "../syntax/syntax-tree";

/**
 * The normal form of a piece of code, and its fingerprint.
 *
 * Walking the subtree in order, each node is written as the name of its kind, except that
 * - comments, commas and semicolons are left out, so layout, trailing commas and optional semicolons do not count;
 * - a name of any kind (`identifier`, `property_identifier`, `type_identifier`, …) is written `$`;
 * - a literal is written `"` (text, without looking inside unless it has expressions in it) or `0` (number);
 * - keywords and operators stay as they are, and a bracket of our own marks where a node ends.
 * Only the first {@link FINGERPRINT_NODES} nodes count, which keeps the cost of a file linear however occurrences
 * nest. The fingerprint is the first 16 hexadecimal digits of the SHA-256 of that, so it is the same in every
 * process; it depends on the grammar's version, as the catalogue's number does.
 */
export const FINGERPRINT_NODES = 400;

const TEXT = /^(?:string|char|rune|raw_string|interpreted_string|encapsed_string|template_string)\w*$/;
const NUMBER = /^(?:number|integer|float|\w*(?:int|integer|float|imaginary|decimal|hex|octal|binary)\w*_literal)$/;

/** What becomes of a kind of node. */
interface Mark {
  readonly role: "skip" | "token" | "name" | "number" | "text" | "node";
  readonly text: string;
  readonly hash: number;
}

const END: Mark = { role: "node", text: ")", hash: hashOf(")") };
const marksOf = new WeakMap<Grammar, readonly Mark[]>();

/** @returns the code's structure as text, one mark for each node. */
export function normalForm(tree: SyntaxTree, node: NodeId): string {
  const marks: string[] = [];
  visit(tree, node, ({ text }) => marks.push(text));
  return marks.join(" ");
}

/** @returns 16 hexadecimal digits, equal for code of equal structure. */
export function fingerprintOf(tree: SyntaxTree, node: NodeId): string {
  return createHash("sha256")
    .update(`${tree.family}:${normalForm(tree, node)}`)
    .digest("hex")
    .slice(0, 16);
}

/** @returns a number for counting structures within one run: 53 bits of the same normal form, cheaper to make. */
export function shapeOf(tree: SyntaxTree, node: NodeId): number {
  let low = 0x811c9dc5;
  let high = 0x01000193;
  visit(tree, node, ({ hash }) => {
    low = Math.imul(low ^ hash, 0x01000193);
    high = Math.imul(high ^ hash, 0x85ebca6b) ^ (high >>> 15);
  });
  return (high & 0x1f_ffff) * 0x1_0000_0000 + (low >>> 0);
}

function visit(tree: SyntaxTree, node: NodeId, emit: (mark: Mark) => void): void {
  const marks = marksFor(tree.grammar);
  const ends: number[] = [];
  const end = tree.after(node);
  let seen = 0;
  for (let at = node; at < end && seen < FINGERPRINT_NODES;) {
    const mark = marks[tree.kindId(at)];
    const after = tree.after(at);
    if (!mark || mark.role === "skip") {
      at = after;
      continue;
    }
    while (ends.length > 0 && at >= (ends.at(-1) ?? 0)) {
      ends.pop();
      emit(END);
    }
    seen += 1;
    if (mark.role === "text" && !hasExpressions(tree, at)) {
      emit(TEXT_MARK);
      at = after;
      continue;
    }
    // A name with parts (`a.b` as one node) is a node like others.
    const isLeaf = after === at + 1;
    emit(mark.role === "name" && isLeaf ? NAME_MARK : mark);
    if (!isLeaf) ends.push(after);
    at += 1;
  }
}

const TEXT_MARK: Mark = { role: "text", text: '"', hash: hashOf('"') };
const NAME_MARK: Mark = { role: "name", text: "$", hash: hashOf("$") };

function marksFor(grammar: Grammar): readonly Mark[] {
  const known = marksOf.get(grammar);
  if (known) return known;
  const made: Mark[] = [];
  grammar.kinds.forEach((kind, id) => {
    made[id] = markOf(kind, grammar.named[id] === 1);
  });
  marksOf.set(grammar, made);
  return made;
}

function markOf(kind: string, isNamed: boolean): Mark {
  const mark = (role: Mark["role"], text: string): Mark => ({ role, text, hash: hashOf(text) });
  if (kind === "," || kind === ";" || kind.endsWith("comment")) return mark("skip", "");
  if (!isNamed) return mark("token", kind);
  if (NUMBER.test(kind)) return mark("number", "0");
  if (TEXT.test(kind)) return mark("text", kind);
  return mark(kind.endsWith("identifier") ? "name" : "node", `${kind}(`);
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}

function hasExpressions(tree: SyntaxTree, node: NodeId): boolean {
  return tree.childOfKind(node, "interpolation", "template_substitution", "string_interpolation") >= 0;
}

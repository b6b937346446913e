import type { Grammar } from "../syntax/grammars";
import type { NodeId, SyntaxTree } from "../syntax/syntax-tree";
import { CATALOGUE } from "./catalogue";
import type { Pattern, PatternRule, RuleFamily } from "./pattern";
import type { Scopes } from "./scopes";

interface Entry {
  readonly index: number;
  readonly rule: PatternRule;
}

/** By grammar and language: the rules that want to see a kind of node, by the kind's number. */
const tables = new WeakMap<Grammar, Map<string, readonly (readonly Entry[] | undefined)[]>>();

/** Where a pattern occurs: its place in the catalogue, and the node. */
export type OnOccurrence = (patternIndex: number, node: NodeId) => void;

/**
 * Finds the occurrences of all patterns in one walk: each node is shown to the rules of its kind, and to no other.
 * @returns how many nodes were looked at: one for each node of the tree
 */
export function findOccurrences(tree: SyntaxTree, scopes: Scopes, found: OnOccurrence): number {
  const table = tableFor(tree);
  let visited = 0;
  for (let node = 0; node < tree.size; node += 1) {
    visited += 1;
    const entries = table[tree.kindId(node)];
    if (!entries) continue;
    for (const { index, rule } of entries) if (rule.when?.(tree, node, scopes) ?? true) found(index, node);
  }
  return visited;
}

/** @returns whether the catalogue has rules for the tree's language. */
export function hasRules(tree: SyntaxTree): boolean {
  return tableFor(tree).length > 0;
}

function tableFor(tree: SyntaxTree): readonly (readonly Entry[] | undefined)[] {
  let byLanguage = tables.get(tree.grammar);
  if (!byLanguage) {
    byLanguage = new Map();
    tables.set(tree.grammar, byLanguage);
  }
  let table = byLanguage.get(tree.language);
  if (!table) {
    table = buildTable(tree);
    byLanguage.set(tree.language, table);
  }
  return table;
}

function buildTable(tree: SyntaxTree): readonly (readonly Entry[] | undefined)[] {
  const table: Entry[][] = [];
  CATALOGUE.forEach((pattern, index) => {
    const rule = ruleFor(pattern, tree);
    if (!rule || (rule.only && !rule.only.includes(tree.language))) return;
    for (const kind of rule.on) {
      for (const id of tree.grammar.idsOf(kind)) (table[id] ??= []).push({ index, rule });
    }
  });
  return table;
}

function ruleFor(pattern: Pattern, tree: SyntaxTree): PatternRule | undefined {
  return pattern.rules[tree.family as RuleFamily];
}

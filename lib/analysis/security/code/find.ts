import type { NodeId, SyntaxTree } from "../../syntax/syntax-tree";
import type { Hit } from "../finding";
import { hasRules } from "./dialect-of";
import { Flow } from "./flow";
import { GO_RULES } from "./go";
import { JAVA_RULES } from "./java";
import { JAVASCRIPT_RULES } from "./javascript";
import { PYTHON_RULES } from "./python";
import {
  checkSink,
  hitOf,
  type CallRule,
  type LanguageRules,
  type NodeRule,
  type RuleFile,
  type Sink,
} from "./rule-file";
import { RUST_RULES } from "./rust";

const RULES: Readonly<Record<string, LanguageRules>> = {
  javascript: JAVASCRIPT_RULES,
  python: PYTHON_RULES,
  go: GO_RULES,
  java: JAVA_RULES,
  rust: RUST_RULES,
};

export interface CodeFound {
  readonly hits: Hit[];
  /** Parts of the text that are secret, such as a signing key of three letters. */
  readonly hidden: readonly { readonly start: number; readonly end: number; readonly visible: 0 }[];
}

interface Dispatch {
  /** 1 for kinds that are calls, 2 for kinds that have rules of their own. */
  readonly kinds: Uint8Array;
  readonly nodeRules: ReadonlyMap<number, readonly NodeRule[]>;
}

const KINDS = 65_536;
/** Hits of one rule in a file: more of the same tell nothing new. */
const MAX_OF_RULE = 20;
/** One is enough: the file is the finding. */
const ONCE_A_FILE: ReadonlySet<string> = new Set(["unsafe-without-reason", "bind-all-interfaces"]);

const dispatches = new WeakMap<object, Dispatch>();
const sinksByName = new Map<LanguageRules, ReadonlyMap<string, readonly Sink[]>>();
const callRulesByName = new Map<LanguageRules, ReadonlyMap<string, readonly CallRule[]>>();

/** @returns whether there are rules about dangerous code in the tree's language */
export function looksAt(tree: SyntaxTree): boolean {
  return hasRules(tree.family);
}

/** Looks at a file once, node by node, and asks only the rules that its kind or name concerns. */
export function findDangerousCode(tree: SyntaxTree, path: string): CodeFound {
  const rules = RULES[tree.family];
  if (!rules) return { hits: [], hidden: [] };
  const { kinds, nodeRules } = dispatchFor(tree, rules);
  const sinks = byName(sinksByName, rules, rules.sinks);
  const callRules = byName(callRulesByName, rules, rules.callRules);
  const hits: Hit[] = [];
  const hidden: { start: number; end: number; visible: 0 }[] = [];
  const file = createFile(tree, path, hits, hidden);
  for (let node = 0; node < tree.size; node += 1) {
    const marks = kinds[tree.kindId(node)] ?? 0;
    if (marks === 0) continue;
    if ((marks & 2) !== 0) for (const rule of nodeRules.get(tree.kindId(node)) ?? []) rule.look(file, node);
    if ((marks & 1) === 0) continue;
    const call = rules.callOf(file, node);
    if (!call) continue;
    for (const sink of sinks.get(call.name) ?? []) checkSink(file, call, sink);
    for (const rule of callRules.get(call.name) ?? []) rule.look(file, call);
  }
  return { hits: hits.toSorted((a, b) => a.start - b.start), hidden: hidden.toSorted((a, b) => a.start - b.start) };
}

function createFile(
  tree: SyntaxTree,
  path: string,
  hits: Hit[],
  hidden: { start: number; end: number; visible: 0 }[],
): RuleFile {
  const mentioned = new Map<string, boolean>();
  const perRule = new Map<string, number>();
  // The same rule never reports a call and something inside it.
  const reported = new Map<string, number>();
  return {
    path,
    tree,
    flow: new Flow(tree),
    report(rule, node: NodeId, weight, hide) {
      const times = perRule.get(rule) ?? 0;
      const end = reported.get(rule) ?? -1;
      if (hide !== undefined && hide >= 0) hidden.push({ start: tree.start(hide), end: tree.end(hide), visible: 0 });
      if (times >= (ONCE_A_FILE.has(rule) ? 1 : MAX_OF_RULE) || tree.start(node) < end) return;
      perRule.set(rule, times + 1);
      reported.set(rule, tree.end(node));
      hits.push(hitOf(rule, tree, node, weight));
    },
    mentions(word) {
      let answer = mentioned.get(word);
      if (answer === undefined) {
        answer = tree.text.includes(word);
        mentioned.set(word, answer);
      }
      return answer;
    },
  };
}

function dispatchFor(tree: SyntaxTree, rules: LanguageRules): Dispatch {
  const known = dispatches.get(tree.grammar);
  if (known) return known;
  const kinds = new Uint8Array(KINDS);
  const nodeRules = new Map<number, NodeRule[]>();
  for (const kind of rules.calls) for (const id of tree.grammar.idsOf(kind)) kinds[id] = 1;
  for (const rule of rules.nodeRules) {
    for (const id of rule.kinds.flatMap((kind) => tree.grammar.idsOf(kind))) {
      kinds[id] = (kinds[id] ?? 0) | 2;
      nodeRules.set(id, [...(nodeRules.get(id) ?? []), rule]);
    }
  }
  const dispatch = { kinds, nodeRules };
  dispatches.set(tree.grammar, dispatch);
  return dispatch;
}

function byName<T extends { readonly names: readonly string[] }>(
  cache: Map<LanguageRules, ReadonlyMap<string, readonly T[]>>,
  rules: LanguageRules,
  all: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const known = cache.get(rules);
  if (known) return known;
  const map = new Map<string, T[]>();
  for (const rule of all) {
    for (const name of rule.names) map.set(name, [...(map.get(name) ?? []), rule]);
  }
  cache.set(rules, map);
  return map;
}

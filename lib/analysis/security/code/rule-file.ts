import type { NodeId, SyntaxTree } from "../../syntax/syntax-tree";
import type { Hit } from "../finding";
import type { Confidence, Severity } from "../schemas";
import { aboutRule, type CodeRuleId } from "./catalogue";
import type { Origin } from "./dialect";
import type { Flow } from "./flow";

export type Weight = readonly [severity: Severity, confidence: Confidence];

/** A call, new expression or macro, as the rules see it. */
export interface Call {
  readonly node: NodeId;
  /** `child_process.exec`, without white space; of a long chain the beginning is cut. */
  readonly callee: string;
  /** `exec` */
  readonly name: string;
  readonly args: readonly NodeId[];
}

/** A file while its rules run. */
export interface RuleFile {
  readonly path: string;
  readonly tree: SyntaxTree;
  readonly flow: Flow;
  /** @param hidden a node whose text is secret */
  report(rule: CodeRuleId, node: NodeId, weight: Weight, hidden?: NodeId): void;
  /** Whether a word stands anywhere in the file: an import, a check. Answered once for each word. */
  mentions(word: string): boolean;
}

/** A place where a value does harm when somebody else decides it. */
export interface Sink {
  readonly rule: CodeRuleId;
  readonly names: readonly string[];
  /** The whole callee must fit. */
  readonly callee?: RegExp;
  /** Which arguments count; all when not given. */
  readonly args?: readonly number[];
  readonly request?: Weight;
  readonly built?: Weight;
  readonly dynamic?: Weight;
  /** Further conditions; the argument is the one that has the origin. */
  readonly when?: (file: RuleFile, call: Call, argument: NodeId, origin: Origin) => boolean;
}

/** A rule that looks at calls of these names itself. */
export interface CallRule {
  readonly names: readonly string[];
  look(file: RuleFile, call: Call): void;
}

/** A rule that looks at nodes of these kinds. */
export interface NodeRule {
  readonly kinds: readonly string[];
  look(file: RuleFile, node: NodeId): void;
}

export interface LanguageRules {
  /** Kinds of nodes that are calls. */
  readonly calls: readonly string[];
  readonly callOf: (file: RuleFile, node: NodeId) => Call | null;
  readonly sinks: readonly Sink[];
  readonly callRules: readonly CallRule[];
  readonly nodeRules: readonly NodeRule[];
}

/** Reports a call whose argument comes from where it should not. */
export function checkSink(file: RuleFile, call: Call, sink: Sink): void {
  if (sink.callee && !sink.callee.test(call.callee)) return;
  const wanted = sink.args ? sink.args.map((at) => call.args[at] ?? -1).filter((node) => node >= 0) : call.args;
  for (const argument of wanted.slice(0, 12)) {
    const origin = file.flow.origin(argument);
    const weight =
      origin === "request"
        ? sink.request
        : origin === "built"
          ? sink.built
          : origin === "dynamic"
            ? sink.dynamic
            : undefined;
    if (!weight || (sink.when && !sink.when(file, call, argument, origin))) continue;
    file.report(sink.rule, call.node, weight);
    return;
  }
}

export function hitOf(rule: CodeRuleId, tree: SyntaxTree, node: NodeId, [severity, confidence]: Weight): Hit {
  const start = tree.start(node);
  return {
    ...aboutRule(rule),
    category: "code",
    severity,
    confidence,
    start,
    end: Math.max(start + 1, tree.end(node)),
  };
}

/** A name that promises something that must not be guessed. */
export const SECRET_NAME =
  /(?:token|secret|passw|passphrase|otp|nonce|salt|session_?id|api_?key|csrf|verification_?code|reset_?code)/i;
export const PASSWORD_NAME = /passw|pwd|passphrase/i;
export const SESSION_COOKIE = /sess|token|auth|jwt|\bsid\b|login|remember/i;

const SQL_WORDS =
  /\b(?:select\s[\s\S]{1,200}?\sfrom\b|insert\s+into\b|update\s+[\w"`.[\]]{1,60}\s+set\b|delete\s+from\b|drop\s+table\b|create\s+table\b|alter\s+table\b|where\s+[\w"`.]{1,60}\s*(?:=|<|>|like\b|in\b)|order\s+by\b|union\s+select\b)/i;
/** What is put into a query as a name or as marks for parameters is mostly fixed, and cannot be a parameter. */
const QUERY_PARTS =
  /placeholder|column|field|table|schema|(?:^|[^a-z])(?:cols?|keys|quote|ident|order|sort|where|clause|filter|condition|join|limit|offset|sql|query|prefix|suffix|dialect|database|db_?name|view|index|type|marks|values)|["'`]\?["'`]|\?,/i;

/** Whether a value that is put together is a query, and how sure we are that a value went into it. */
export function queryWeight(file: RuleFile, argument: NodeId, origin: Origin): Weight | null {
  const { tree, flow } = file;
  const text = tree.textOf(flow.resolve(argument)).slice(0, 2_000);
  if (!SQL_WORDS.test(text)) return null;
  if (origin === "request") return ["critical", "high"];
  const varying = dynamicText(text);
  if (varying !== "" && varying.split(SEPARATOR).every((part) => /escap|quot|ident/i.test(part))) return null;
  return QUERY_PARTS.test(varying) ? ["medium", "low"] : ["high", "medium"];
}

const SEPARATOR = "\n";

/** What is in `${…}`, behind `+` and `%`, or handed to a format: the parts that vary. */
function dynamicText(text: string): string {
  // In a template only what it says: commas in it belong to the query.
  const wanted = text.startsWith("`")
    ? /\$\{[^}]{0,200}\}/g
    : /\$\{[^}]{0,200}\}|[^{]\{[a-z_][\w.()[\]'"]{0,80}\}|[+%,]\s{0,8}[A-Za-z_][\w.()[\]]{0,80}/g;
  return (text.match(wanted) ?? []).join(SEPARATOR);
}

/** Whether the beginning of an address is fixed as far as its host. */
export function hostIsFixed(file: RuleFile, argument: NodeId): boolean {
  return /^(?:https?:)?\/\/[^/?#]{1,200}[/?#]|^\/(?!\/)[^/?#]{0,200}/i.test(file.flow.literalStart(argument));
}

/** The statement or declaration round a node: up to `levels` steps, not beyond a function. */
export function textRound(file: RuleFile, node: NodeId, levels: number): string {
  const { tree } = file;
  let at = node;
  for (let level = 0; level < levels; level += 1) {
    const parent = tree.parent(at);
    if (parent < 0 || tree.end(parent) - tree.start(parent) > 400) break;
    at = parent;
  }
  return tree.textOf(at).slice(0, 400);
}

/** The name that a value is given: `token` in `const token = …`, `session_id = …`, `return` in `function makeToken`. */
export function nameOfTarget(file: RuleFile, node: NodeId): string {
  const { tree, flow } = file;
  let at = node;
  for (let level = 0; level < 8 && at >= 0; level += 1) {
    const parent = tree.parent(at);
    if (
      /^(?:variable_declarator|pair|assignment\w*|short_var_declaration|var_spec|let_declaration|keyword_argument|keyed_element)$/.test(
        tree.kind(parent),
      )
    ) {
      const target = [
        tree.child(parent, "name"),
        tree.child(parent, "key"),
        tree.child(parent, "left"),
        tree.child(parent, "pattern"),
      ].find((child) => child >= 0);
      return target === undefined || target === at ? "" : tree.textOf(target).slice(0, 100);
    }
    at = parent;
  }
  const inside = flow.functionOf(node);
  return inside < 0 ? "" : tree.textOf(tree.child(inside, "name")).slice(0, 100);
}

/** @returns the text of a string literal without its quotes, null for anything else. */
export function literalText(file: RuleFile, node: NodeId): string | null {
  if (node < 0 || file.flow.origin(node) !== "literal") return null;
  const match = /^(?:[a-z@&]{0,3})(["'`]{1,3})([\s\S]*)\1$/i.exec(file.tree.textOf(node).slice(0, 2_000));
  return match ? (match[2] ?? "") : null;
}

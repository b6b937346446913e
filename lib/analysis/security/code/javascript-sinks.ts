import type { NodeId } from "../../syntax/syntax-tree";
import { hostIsFixed, type RuleFile, type Sink } from "./rule-file";

const SHELLS =
  /(?:^|\.)(?:child_process|childProcess|cp|shell|shelljs|execa|proc)\.(?:exec|execSync|command|commandSync)$|^(?:exec|execSync|execAsync|execPromise|execaCommand|execaCommandSync)$/;
const FETCHES =
  /^(?:fetch|axios|got|needle|undici|request|superagent|https?)(?:\.(?:get|post|put|delete|head|patch|request|fetch|stream))?$/;
export const CLEANED = /sanitiz|purify|escape|JSON\.stringify|encode|xss\(|highlight|prism|marked|shiki|katex/i;
const FILES = [
  "readFile",
  "readFileSync",
  "createReadStream",
  "writeFile",
  "writeFileSync",
  "createWriteStream",
  "unlink",
  "unlinkSync",
  "rm",
  "rmSync",
  "readdir",
  "readdirSync",
  "appendFile",
  "sendFile",
  "download",
  "copyFile",
] as const;

/** The value of a property of an object literal, -1 when it is not there. */
export function property(file: RuleFile, object: NodeId, name: string): NodeId {
  const { tree } = file;
  if (!tree.is(object, "object")) return -1;
  const pair = tree
    .namedChildren(object)
    .find((child) => tree.is(child, "pair") && tree.textOf(tree.child(child, "key")).replace(/["']/g, "") === name);
  return pair === undefined ? -1 : tree.child(pair, "value");
}

/** Values that must not come from outside, by the function that takes them. */
export const JAVASCRIPT_SINKS: readonly Sink[] = [
  {
    rule: "command-injection",
    names: [
      "exec",
      "execSync",
      "execAsync",
      "execPromise",
      "execaCommand",
      "execaCommandSync",
      "command",
      "commandSync",
    ],
    callee: SHELLS,
    args: [0],
    request: ["critical", "high"],
    built: ["high", "medium"],
    when: (file, { callee }) =>
      callee.includes(".") || file.mentions("child_process") || file.mentions("execa") || file.mentions("shelljs"),
  },
  {
    rule: "code-injection",
    names: ["eval"],
    callee: /^(?:(?:window|globalThis|global|self)\.)?eval$/,
    args: [0],
    request: ["critical", "high"],
    built: ["high", "medium"],
    dynamic: ["medium", "medium"],
  },
  {
    rule: "code-injection",
    names: ["runInNewContext", "runInThisContext", "runInContext", "compileFunction"],
    callee: /^vm\./,
    args: [0],
    request: ["critical", "high"],
    built: ["medium", "medium"],
    dynamic: ["medium", "low"],
  },
  {
    rule: "code-injection",
    names: ["setTimeout", "setInterval"],
    args: [0],
    request: ["high", "medium"],
    built: ["medium", "medium"],
  },
  { rule: "code-injection", names: ["require"], callee: /^require$/, args: [0], request: ["high", "high"] },
  {
    rule: "html-injection",
    names: ["insertAdjacentHTML"],
    args: [1],
    request: ["high", "high"],
    built: ["medium", "medium"],
    dynamic: ["medium", "low"],
    when: (file, _call, argument) => !CLEANED.test(file.tree.textOf(file.flow.resolve(argument)).slice(0, 500)),
  },
  {
    rule: "html-injection",
    names: ["write", "writeln"],
    callee: /^document\./,
    args: [0],
    request: ["high", "high"],
    built: ["medium", "medium"],
    when: (file, _call, argument) => !CLEANED.test(file.tree.textOf(argument).slice(0, 500)),
  },
  {
    rule: "html-injection",
    names: ["send", "end", "write", "html"],
    callee: /^(?:res|response|reply|ctx|c)\./,
    args: [0],
    request: ["high", "high"],
    when: (file, _call, argument) => /<[a-z!/]/i.test(file.tree.textOf(file.flow.resolve(argument)).slice(0, 500)),
  },
  {
    rule: "path-traversal",
    names: FILES,
    args: [0],
    request: ["high", "medium"],
    when: (file, { args }, argument) =>
      property(file, args[1] ?? -1, "root") < 0 && !/entry|header\.name/.test(file.tree.textOf(argument)),
  },
  {
    rule: "server-side-request-forgery",
    names: ["fetch", "axios", "got", "needle", "get", "post", "put", "delete", "head", "patch", "request", "stream"],
    callee: FETCHES,
    args: [0],
    request: ["high", "medium"],
    when: (file, _call, argument) =>
      !hostIsFixed(file, argument) &&
      !/location|document\.|event\.request|(?:^|\W)(?:req|request)\.url\b/.test(
        file.tree.textOf(file.flow.resolve(argument)).slice(0, 300),
      ),
  },
  {
    rule: "open-redirect",
    names: ["redirect"],
    callee: /^(?:(?:res|response|reply|ctx|c|NextResponse|Response)\.)?redirect$/,
    request: ["medium", "medium"],
    when: (file, _call, argument) =>
      !hostIsFixed(file, argument) &&
      !/\bnextUrl\b|safe|allow|(?:req|request)\.(?:url|originalUrl)/i.test(
        file.tree.textOf(file.flow.resolve(argument)).slice(0, 300),
      ),
  },
  {
    rule: "nosql-injection",
    names: [
      "find",
      "findOne",
      "findOneAndUpdate",
      "updateOne",
      "deleteOne",
      "deleteMany",
      "updateMany",
      "countDocuments",
    ],
    args: [0],
    request: ["medium", "medium"],
    when: (file, call, argument) =>
      /^(?:req|request|ctx)\.(?:body|query)/.test(file.flow.compact(argument)) && call.callee.includes("."),
  },
  {
    rule: "unsafe-deserialisation",
    names: ["unserialize"],
    args: [0],
    request: ["critical", "high"],
    dynamic: ["high", "medium"],
    when: (file) => file.mentions("node-serialize") || file.mentions("serialize-to-js"),
  },
  {
    rule: "insecure-temporary-file",
    names: ["writeFile", "writeFileSync", "createWriteStream"],
    args: [0],
    built: ["low", "low"],
    when: (file, _call, argument) =>
      /^\/tmp\/|^\$\{os\.tmpdir\(\)\}\//.test(file.flow.literalStart(argument)) &&
      !/random|uuid|nanoid|mkdtemp/i.test(file.tree.textOf(argument)),
  },
];

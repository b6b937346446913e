import type { NodeId } from "../../syntax/syntax-tree";
import { CLEANED, JAVASCRIPT_SINKS, property } from "./javascript-sinks";
import { regexWeight } from "./regex";
import {
  literalText,
  nameOfTarget,
  PASSWORD_NAME,
  queryWeight,
  SECRET_NAME,
  SESSION_COOKIE,
  textRound,
  type Call,
  type LanguageRules,
  type RuleFile,
  type Weight,
} from "./rule-file";

function isText(file: RuleFile, node: NodeId, ...texts: string[]): boolean {
  return node >= 0 && texts.includes(file.tree.textOf(node));
}

function callOf({ tree, flow }: RuleFile, node: NodeId): Call | null {
  const callee = tree.child(node, tree.is(node, "new_expression") ? "constructor" : "function");
  const list = tree.child(node, "arguments");
  if (callee < 0 || !tree.is(list, "arguments")) return null;
  const property = tree.child(callee, "property");
  const name = tree.textOf(property >= 0 ? property : callee).slice(0, 80);
  return {
    node,
    name,
    callee: property >= 0 ? flow.compact(callee).replace(/\?\./g, ".") : name,
    args: tree.namedChildren(list).filter((arg) => !tree.isComment(arg)),
  };
}

function sql(file: RuleFile, call: Call): void {
  for (const argument of call.args.slice(0, 2)) {
    const origin = file.flow.origin(argument);
    if (origin !== "built" && origin !== "request") continue;
    const weight = queryWeight(file, argument, origin);
    if (weight) file.report("sql-injection", call.node, weight);
    return;
  }
}

/** Assignments to `innerHTML`, to a target of a request's choosing, and of Node's switch for certificates. */
function assigned(file: RuleFile, node: NodeId): void {
  const { tree, flow } = file;
  const left = tree.child(node, "left");
  const right = tree.child(node, "right");
  if (tree.is(left, "member_expression")) {
    const name = tree.textOf(tree.child(left, "property"));
    if (name === "innerHTML" || name === "outerHTML") htmlFrom(file, node, right);
    if (name === "NODE_TLS_REJECT_UNAUTHORIZED" && /^["'`]?0/.test(tree.textOf(right)))
      file.report("tls-verification-off", node, ["high", "high"]);
  }
  if (!tree.is(left, "subscript_expression")) return;
  const index = tree.child(left, "index");
  if (/NODE_TLS_REJECT_UNAUTHORIZED/.test(tree.textOf(index)) && /^["'`]?0/.test(tree.textOf(right)))
    file.report("tls-verification-off", node, ["high", "high"]);
  if (tree.is(tree.child(left, "object"), "subscript_expression") && flow.origin(index) === "request") {
    file.report("prototype-pollution", node, ["high", "medium"]);
  }
  mergeWithoutGuard(file, node, index);
}

/** `for (key in source) target[key] = merge(target[key], source[key])` in a function that knows nothing of `__proto__`. */
function mergeWithoutGuard(file: RuleFile, node: NodeId, index: NodeId): void {
  const { tree, flow } = file;
  if (!tree.is(index, "identifier")) return;
  const inside = flow.functionOf(node);
  const name = tree.textOf(tree.child(inside, "name"));
  if (inside < 0 || name === "" || tree.end(inside) - tree.start(inside) > 4_000) return;
  const text = tree.textOf(inside);
  const key = tree.textOf(index).replace(/\W/g, "");
  const walks = new RegExp(`(?:const|let|var)\\s+${key}\\s+(?:in|of)\\b`).test(text);
  const recurses = text.split(`${name}(`).length > 2;
  const right = tree.textOf(tree.child(node, "right"));
  if (
    !walks ||
    !recurses ||
    !right.includes(`${name}(`) ||
    /__proto__|prototype|hasOwn|constructor|create\(null\)|new Map/.test(text)
  )
    return;
  file.report("prototype-pollution", node, ["medium", "low"]);
}

function htmlFrom(file: RuleFile, node: NodeId, value: NodeId): void {
  const origin = file.flow.origin(value);
  if (
    origin === "literal" ||
    origin === "safe" ||
    CLEANED.test(file.tree.textOf(file.flow.resolve(value)).slice(0, 500))
  )
    return;
  const weight: Weight =
    origin === "request" ? ["high", "high"] : origin === "built" ? ["medium", "medium"] : ["medium", "low"];
  file.report("html-injection", node, weight);
}

function cookie(file: RuleFile, { node, callee, args }: Call): void {
  if (!/^(?:res|response|reply|ctx\.cookies|cookies\(\)|cookieStore|cookies)\.(?:cookie|setCookie|set)$/.test(callee))
    return;
  const name = literalText(file, args[0] ?? -1);
  if (name === null || !SESSION_COOKIE.test(name) || args.length < 2 || /xsrf|csrf/i.test(name)) return;
  const options = file.flow.resolve(args[2] ?? -1);
  if (options >= 0 && !file.tree.is(options, "object")) return;
  const text = file.tree.textOf(options);
  if (text.includes("...")) return;
  const off = /httpOnly\s*:\s*false/.test(text);
  if (off || !/httpOnly/.test(text)) file.report("cookie-flags", node, ["medium", off ? "high" : "medium"]);
}

function jwt(file: RuleFile, { node, callee, name, args }: Call): void {
  if (!/(?:^|\.)(?:jwt|jsonwebtoken|JWT|jws)\.(?:sign|verify)$/.test(callee)) return;
  const key = file.flow.resolve(args[1] ?? -1);
  const literal = literalText(file, key);
  if (literal !== null && literal.length > 0 && !/-----BEGIN (?:PUBLIC|CERT)/.test(literal)) {
    file.report("hard-coded-signing-key", node, ["high", "high"], key);
  }
  const options = args[2] ?? -1;
  if (name === "verify" && /["'`]none["'`]/i.test(file.tree.textOf(property(file, options, "algorithms"))))
    file.report("jwt-unverified", node, ["critical", "high"]);
}

function cors(file: RuleFile, object: NodeId): void {
  const { tree } = file;
  if (!isText(file, property(file, object, "credentials"), "true")) return;
  const origin = property(file, object, "origin");
  if (isText(file, origin, "true", '"*"', "'*'")) file.report("cors-with-credentials", object, ["high", "high"]);
  else if (
    /callback\(\s*null\s*,\s*true\s*\)/.test(tree.textOf(origin)) &&
    !/includes|indexOf|test\(|has\(|===|allow/i.test(tree.textOf(origin))
  )
    file.report("cors-with-credentials", object, ["high", "medium"]);
}

export const JAVASCRIPT_RULES: LanguageRules = {
  calls: ["call_expression", "new_expression"],
  callOf,
  sinks: JAVASCRIPT_SINKS,
  callRules: [
    {
      names: [
        "query",
        "execute",
        "raw",
        "$queryRawUnsafe",
        "$executeRawUnsafe",
        "unsafe",
        "prepare",
        "all",
        "run",
        "get",
        "each",
        "exec",
        "whereRaw",
        "havingRaw",
        "orderByRaw",
        "selectRaw",
        "literal",
      ],
      look: sql,
    },
    {
      names: ["spawn", "spawnSync", "execFile", "execFileSync", "execa", "execaSync"],
      look(file, { node, args }) {
        const [program = -1, second = -1] = args;
        const options = args.find((arg) => file.tree.is(arg, "object")) ?? -1;
        const inShell = isText(file, property(file, options, "shell"), "true");
        const list = file.flow.resolve(second);
        const script =
          /^["'`](?:\/bin\/)?(?:ba|z|da)?sh["'`]$/.test(file.tree.textOf(program)) &&
          /^\[\s*["'`]-l?c["'`]/.test(file.tree.textOf(list));
        if (!inShell && !script) return;
        const values = file.tree.is(list, "array") ? [program, ...file.tree.namedChildren(list)] : [program];
        const origins = new Set(values.slice(0, 20).map((value) => file.flow.origin(value)));
        if (origins.has("request")) file.report("command-injection", node, ["critical", "high"]);
        else if (origins.has("built")) file.report("command-injection", node, ["high", "medium"]);
      },
    },
    {
      names: ["Function"],
      look(file, { node, args }) {
        const body = args.at(-1);
        if (body === undefined || !file.tree.is(node, "new_expression", "call_expression")) return;
        const origin = file.flow.origin(body);
        if (origin === "literal" || origin === "safe") return;
        file.report(
          "code-injection",
          node,
          origin === "request" ? ["critical", "high"] : ["medium", origin === "built" ? "medium" : "low"],
        );
      },
    },
    {
      names: ["createHash"],
      look(file, { node, args }) {
        if (!/^["'`](?:md5|sha-?1)["'`]$/i.test(file.tree.textOf(args[0] ?? -1))) return;
        if (PASSWORD_NAME.test(textRound(file, node, 5))) file.report("weak-password-hash", node, ["high", "medium"]);
      },
    },
    {
      names: ["createCipher", "createDecipher", "createCipheriv", "createDecipheriv"],
      look(file, { node, name, args, callee }) {
        const cipher = literalText(file, args[0] ?? -1);
        if (cipher === null || !/^(?:crypto\.)?create/.test(callee)) return;
        if (!name.endsWith("iv") || /^(?:des|rc[24]|bf|blowfish|idea|cast)|ecb/i.test(cipher))
          file.report("weak-cipher", node, ["medium", "high"]);
      },
    },
    {
      names: ["random"],
      look(file, { node, callee }) {
        const target = callee === "Math.random" ? nameOfTarget(file, node) : "";
        if (SECRET_NAME.test(target) && !/color|mock|fake|test|tokens?Count|position/i.test(target))
          file.report("weak-random", node, ["medium", "medium"]);
      },
    },
    { names: ["sign", "verify"], look: jwt },
    { names: ["cookie", "setCookie", "set"], look: cookie },
    {
      names: ["chmod", "chmodSync", "fchmod"],
      look(file, { node, args }) {
        if (/^(?:0o?[0-7]?[0-7][0-7][2367]|["'`]0?[0-7][0-7][2367]["'`])$/.test(file.tree.textOf(args[1] ?? -1)))
          file.report("world-writable", node, ["medium", "high"]);
      },
    },
    {
      names: ["postMessage"],
      look(file, { node, callee, args }) {
        if (
          /(?:parent|opener|contentWindow|window|top|iframe|popup|frame)\.postMessage$/i.test(callee) &&
          isText(file, args[1] ?? -1, '"*"', "'*'")
        )
          file.report("message-to-any-origin", node, ["low", "medium"]);
      },
    },
    {
      names: ["parseXml", "parseXmlString", "parseXmlAsync"],
      look(file, { node, args }) {
        if (isText(file, property(file, args[1] ?? -1, "noent"), "true"))
          file.report("xml-external-entities", node, ["high", "high"]);
      },
    },
    {
      names: ["listen"],
      look(file, { node, args }) {
        if (args.some((arg) => isText(file, arg, '"0.0.0.0"', "'0.0.0.0'")))
          file.report("bind-all-interfaces", node, ["info", "high"]);
      },
    },
    {
      names: ["join", "resolve"],
      look(file, { node, callee, args }) {
        if (
          !callee.startsWith("path.") ||
          !args
            .slice(1)
            .some((arg) =>
              /^(?:entry|header|file|zipEntry)\??\.(?:path|fileName|entryName|name)$/.test(file.flow.compact(arg)),
            )
        )
          return;
        if (
          !/unzip|yauzl|adm-zip|AdmZip|tar-stream|extract\(|zipfile|jszip/i.test(file.tree.text.slice(0, 200_000)) ||
          file.mentions("startsWith(") ||
          file.mentions("relative(") ||
          file.mentions("'..'") ||
          file.mentions('".."')
        )
          return;
        file.report("archive-extraction", node, ["high", "low"]);
      },
    },
    {
      names: ["RegExp"],
      look(file, { node, args }) {
        const source = literalText(file, args[0] ?? -1);
        const weight = source === null ? null : regexWeight(source.replaceAll("\\\\", "\\"));
        if (weight) file.report("regex-denial-of-service", node, weight);
      },
    },
  ],
  nodeRules: [
    { kinds: ["assignment_expression"], look: assigned },
    {
      kinds: ["pair"],
      look(file, node) {
        const { tree, flow } = file;
        const key = tree.textOf(tree.child(node, "key")).slice(0, 40).replace(/["']/g, "");
        const value = tree.child(node, "value");
        if (key === "rejectUnauthorized" && isText(file, value, "false"))
          file.report("tls-verification-off", node, ["high", "high"]);
        else if (key === "credentials" && isText(file, value, "true")) cors(file, tree.parent(node));
        else if (key === "$where" && !["literal", "safe"].includes(flow.origin(value)))
          file.report("nosql-injection", node, ["high", "medium"]);
        else if (key === "NODE_TLS_REJECT_UNAUTHORIZED" && /^["'`]?0/.test(tree.textOf(value)))
          file.report("tls-verification-off", node, ["high", "high"]);
        else if (
          /^(?:secureProtocol|minVersion)$/.test(key) &&
          /["'`](?:SSLv[23]|TLSv1(?:\.1)?)(?:_\w+)?["'`]/.test(tree.textOf(value))
        )
          file.report("weak-tls", node, ["medium", "high"]);
      },
    },
    {
      kinds: ["jsx_attribute"],
      look(file, node) {
        const { tree } = file;
        if (tree.textOf(tree.firstNamed(node)) !== "dangerouslySetInnerHTML") return;
        const object = tree.firstNamed(tree.childOfKind(node, "jsx_expression"));
        const html = property(file, file.flow.resolve(object), "__html");
        if (html >= 0) htmlFrom(file, node, html);
      },
    },
    {
      kinds: ["regex"],
      look(file, node) {
        const weight = regexWeight(file.tree.textOf(file.tree.child(node, "pattern")));
        if (weight) file.report("regex-denial-of-service", node, weight);
      },
    },
  ],
};

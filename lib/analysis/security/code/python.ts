import type { NodeId } from "../../syntax/syntax-tree";
import { PYTHON_SINKS } from "./python-sinks";
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
} from "./rule-file";

const SUBPROCESS = ["run", "call", "Popen", "check_call", "check_output", "getoutput", "getstatusoutput"] as const;

/** The value of a keyword argument, -1 when it is not given. */
function keyword({ tree }: RuleFile, call: Call, name: string): NodeId {
  const found = call.args.find(
    (arg) => tree.is(arg, "keyword_argument") && tree.textOf(tree.child(arg, "name")) === name,
  );
  return found === undefined ? -1 : tree.child(found, "value");
}

function positional({ tree }: RuleFile, call: Call): NodeId[] {
  return call.args.filter((arg) => !tree.is(arg, "keyword_argument", "list_splat", "dictionary_splat"));
}

function textOfKeyword(file: RuleFile, call: Call, name: string): string {
  return file.tree.textOf(keyword(file, call, name));
}

function callOf({ tree, flow }: RuleFile, node: NodeId): Call | null {
  const callee = tree.child(node, "function");
  const list = tree.child(node, "arguments");
  if (callee < 0 || !tree.is(list, "argument_list")) return null;
  const attribute = tree.child(callee, "attribute");
  const name = tree.textOf(attribute >= 0 ? attribute : callee).slice(0, 80);
  return {
    node,
    name,
    callee: attribute >= 0 ? flow.compact(callee) : name,
    args: tree.namedChildren(list).filter((arg) => !tree.isComment(arg)),
  };
}

function shell(file: RuleFile, call: Call): void {
  const always = /^(?:os\.(?:system|popen)|(?:subprocess|commands)\.get(?:status)?output)$/.test(call.callee);
  if (!always && textOfKeyword(file, call, "shell") !== "True") return;
  const command = positional(file, call)[0] ?? keyword(file, call, "args");
  const origin = file.flow.origin(command);
  if (origin === "request") file.report("command-injection", call.node, ["critical", "high"]);
  else if (origin === "built") file.report("command-injection", call.node, ["high", "medium"]);
  else if (origin === "dynamic") file.report("command-injection", call.node, ["medium", "low"]);
}

function sql(file: RuleFile, call: Call): void {
  for (const argument of positional(file, call).slice(0, 1)) {
    const origin = file.flow.origin(argument);
    if (origin !== "built" && origin !== "request") continue;
    const weight = queryWeight(file, argument, origin);
    if (weight) file.report("sql-injection", call.node, weight);
  }
}

function yamlLoad(file: RuleFile, call: Call): void {
  if (!/^(?:yaml|ruamel\.yaml)\.(?:load|load_all|full_load|unsafe_load|unsafe_load_all)$/.test(call.callee)) return;
  const loader = textOfKeyword(file, call, "Loader") || file.tree.textOf(positional(file, call)[1] ?? -1);
  if (/full_load/.test(call.callee) || /Safe|BaseLoader|FullLoader/.test(loader)) return;
  file.report("unsafe-deserialisation", call.node, [
    "high",
    loader === "" && !/unsafe/.test(call.callee) ? "medium" : "high",
  ]);
}

function assigned(file: RuleFile, node: NodeId): void {
  const { tree } = file;
  const left = tree.textOf(tree.child(node, "left"));
  const right = tree.textOf(tree.child(node, "right"));
  if (left.length > 80 || right.length > 80) return;
  if (left.endsWith(".check_hostname") && right === "False")
    file.report("tls-verification-off", node, ["medium", "medium"]);
  else if (left.endsWith(".verify_mode") && right.endsWith("CERT_NONE"))
    file.report("tls-verification-off", node, ["high", "high"]);
  else if (left.endsWith(".verify") && right === "False" && /sess|client|requests|http/i.test(left))
    file.report("tls-verification-off", node, ["high", "medium"]);
  else if (left.endsWith("_create_default_https_context") && /unverified/.test(right))
    file.report("tls-verification-off", node, ["high", "high"]);
  else if (left === "DEBUG" && right === "True" && /settings|config/i.test(file.path))
    file.report("debug-mode", node, ["low", "medium"]);
  else if (left === "app.debug" && right === "True") file.report("debug-mode", node, ["medium", "medium"]);
  else if (/^SESSION_COOKIE_(?:SECURE|HTTPONLY)$/.test(left) && right === "False")
    file.report("cookie-flags", node, ["medium", "medium"]);
  else if (/^ssl\.PROTOCOL_(?:SSLv\d+|TLSv1(?:_1)?)$/.test(right)) file.report("weak-tls", node, ["medium", "high"]);
}

function jwt(file: RuleFile, call: Call): void {
  if (!/^(?:jwt|jose\.jwt|pyjwt)\./.test(call.callee)) return;
  const [, key = -1] = positional(file, call);
  if (call.name === "decode") {
    const options = textOfKeyword(file, call, "options");
    const off = /["']verify_signature["']\s*:\s*False/.test(options) || textOfKeyword(file, call, "verify") === "False";
    if (off) file.report("jwt-unverified", call.node, ["high", "high"]);
    else if (/["']none["']/i.test(textOfKeyword(file, call, "algorithms")))
      file.report("jwt-unverified", call.node, ["critical", "high"]);
  }
  const resolved = file.flow.resolve(key);
  const literal = literalText(file, resolved);
  if (literal && !literal.includes("-----BEGIN PUBLIC") && literal !== "")
    file.report("hard-coded-signing-key", call.node, ["high", "high"], resolved);
}

function wildcardCors(file: RuleFile, call: Call): void {
  const all = call.args
    .map((arg) => file.tree.textOf(arg))
    .join(",")
    .replace(/\s/g, "")
    .slice(0, 1_000);
  const flask =
    call.name === "CORS" &&
    /supports_credentials=True/.test(all) &&
    (!/origins=|resources=/.test(all) || /origins=(?:\[?["']\*)/.test(all));
  const starlette =
    /CORSMiddleware/.test(all + call.name) &&
    /allow_credentials=True/.test(all) &&
    /allow_origins=\[["']\*["']\]/.test(all);
  if (flask || starlette) file.report("cors-with-credentials", call.node, ["high", "high"]);
}

export const PYTHON_RULES: LanguageRules = {
  calls: ["call"],
  callOf,
  sinks: PYTHON_SINKS,
  callRules: [
    { names: ["system", "popen", ...SUBPROCESS], look: shell },
    {
      names: [
        "execute",
        "executemany",
        "executescript",
        "raw",
        "RawSQL",
        "text",
        "extra",
        "read_sql",
        "read_sql_query",
        "fetch",
        "fetchrow",
        "fetchval",
        "mogrify",
      ],
      look: sql,
    },
    { names: ["load", "load_all", "full_load", "unsafe_load", "unsafe_load_all"], look: yamlLoad },
    { names: ["decode", "encode"], look: jwt },
    { names: ["CORS", "add_middleware", "Middleware", "CORSMiddleware"], look: wildcardCors },
    {
      names: [
        "get",
        "post",
        "put",
        "delete",
        "head",
        "patch",
        "request",
        "Client",
        "AsyncClient",
        "Session",
        "urlopen",
        "connect",
        "ClientSession",
        "TCPConnector",
        "AsyncHTTPTransport",
      ],
      look(file, call) {
        const off =
          textOfKeyword(file, call, "verify") === "False" ||
          textOfKeyword(file, call, "verify_ssl") === "False" ||
          (call.name === "TCPConnector" && textOfKeyword(file, call, "ssl") === "False");
        if (off) file.report("tls-verification-off", call.node, ["high", "high"]);
      },
    },
    {
      names: ["_create_unverified_context"],
      look: (file, call) => file.report("tls-verification-off", call.node, ["high", "high"]),
    },
    {
      names: ["mktemp"],
      look: (file, call) =>
        /^(?:tempfile\.)?mktemp$/.test(call.callee) && file.mentions("tempfile")
          ? file.report("insecure-temporary-file", call.node, ["medium", "high"])
          : undefined,
    },
    {
      names: ["md5", "sha1", "new"],
      look(file, call) {
        const weak =
          /^hashlib\.(?:md5|sha1)$/.test(call.callee) ||
          (call.callee === "hashlib.new" && /md5|sha1/i.test(file.tree.textOf(call.args[0] ?? -1)));
        if (
          weak &&
          textOfKeyword(file, call, "usedforsecurity") !== "False" &&
          PASSWORD_NAME.test(textRound(file, call.node, 4))
        )
          file.report("weak-password-hash", call.node, ["high", "medium"]);
        if (
          /^(?:DES3?|ARC[24]|Blowfish)\.new$/.test(call.callee) ||
          /MODE_ECB/.test(file.tree.textOf(call.args[1] ?? -1))
        )
          file.report("weak-cipher", call.node, ["medium", "high"]);
      },
    },
    {
      names: ["random", "randint", "choice", "choices", "sample", "getrandbits", "randrange", "uniform"],
      look(file, { node, callee }) {
        if (!/^random\.\w+$/.test(callee)) return;
        const target = nameOfTarget(file, node);
        if (SECRET_NAME.test(target) && !/test|mock|fake|tokens$|tokenizer/i.test(target))
          file.report("weak-random", node, ["medium", "medium"]);
      },
    },
    {
      names: ["Environment"],
      look(file, call) {
        if (/^(?:jinja2\.)?Environment$/.test(call.callee) && textOfKeyword(file, call, "autoescape") === "False")
          file.report("html-injection", call.node, ["medium", "medium"]);
      },
    },
    {
      names: ["set_cookie"],
      look(file, call) {
        const name = literalText(file, positional(file, call)[0] ?? keyword(file, call, "key"));
        if (
          name === null ||
          !SESSION_COOKIE.test(name) ||
          /csrf/i.test(name) ||
          call.args.some((arg) => file.tree.is(arg, "dictionary_splat"))
        )
          return;
        if (textOfKeyword(file, call, "httponly") !== "True" && keyword(file, call, "httponly") < 0)
          file.report("cookie-flags", call.node, ["medium", "medium"]);
      },
    },
    {
      names: ["XMLParser", "parse", "fromstring"],
      look(file, call) {
        if (
          textOfKeyword(file, call, "resolve_entities") === "True" ||
          textOfKeyword(file, call, "no_network") === "False"
        )
          file.report("xml-external-entities", call.node, ["high", "high"]);
      },
    },
    {
      names: ["setFeature"],
      look(file, { node, args }) {
        if (
          /feature_external_[gp]es$/.test(file.tree.textOf(args[0] ?? -1)) &&
          /^(?:True|1)$/.test(file.tree.textOf(args[1] ?? -1))
        )
          file.report("xml-external-entities", node, ["high", "high"]);
      },
    },
    {
      names: ["extractall"],
      look(file, call) {
        if (
          !file.mentions("tarfile") ||
          keyword(file, call, "filter") >= 0 ||
          keyword(file, call, "members") >= 0 ||
          /zip/i.test(call.callee)
        )
          return;
        const opened = file.tree.textOf(
          file.flow.resolve(file.tree.child(file.tree.child(call.node, "function"), "object")),
        );
        if (!/ZipFile/.test(opened)) file.report("archive-extraction", call.node, ["medium", "medium"]);
      },
    },
    {
      names: ["run", "run_simple", "run_app"],
      look(file, call) {
        if (textOfKeyword(file, call, "debug") === "True" && /app|server|socketio/i.test(call.callee))
          file.report("debug-mode", call.node, ["high", "high"]);
        if (/^["']0\.0\.0\.0["']$/.test(textOfKeyword(file, call, "host")))
          file.report("bind-all-interfaces", call.node, ["info", "high"]);
      },
    },
    {
      names: ["bind"],
      look(file, { node, args }) {
        if (file.mentions("socket") && /^\(\s*["'](?:0\.0\.0\.0)?["']\s*,/.test(file.tree.textOf(args[0] ?? -1)))
          file.report("bind-all-interfaces", node, ["info", "high"]);
      },
    },
    {
      names: ["chmod"],
      look(file, { node, args }) {
        if (/^0o?[0-7]?[0-7][0-7][2367]$/.test(file.tree.textOf(args.at(-1) ?? -1)))
          file.report("world-writable", node, ["medium", "high"]);
      },
    },
    {
      names: ["set_missing_host_key_policy"],
      look(file, { node, args }) {
        if (/(?:AutoAdd|Warning)Policy/.test(file.tree.textOf(args[0] ?? -1)))
          file.report("ssh-host-key-unchecked", node, ["medium", "high"]);
      },
    },
    {
      names: ["compile", "match", "search", "fullmatch", "sub", "findall", "finditer", "split"],
      look(file, { node, callee, args }) {
        const source = /^re\.\w+$/.test(callee) ? literalText(file, args[0] ?? -1) : null;
        const weight = source === null ? null : regexWeight(source);
        if (weight) file.report("regex-denial-of-service", node, weight);
      },
    },
  ],
  nodeRules: [
    { kinds: ["assignment"], look: assigned },
    {
      kinds: ["decorator"],
      look(file, node) {
        if (/^@(?:\w+\.)?csrf_exempt$/.test(file.tree.textOf(node).slice(0, 60).trim()))
          file.report("csrf-protection-off", node, ["low", "medium"]);
      },
    },
  ],
};

import type { NodeId } from "../../syntax/syntax-tree";
import {
  hostIsFixed,
  literalText,
  nameOfTarget,
  PASSWORD_NAME,
  queryWeight,
  SECRET_NAME,
  SESSION_COOKIE,
  type Call,
  type LanguageRules,
  type RuleFile,
} from "./rule-file";

function callOf({ tree, flow }: RuleFile, node: NodeId): Call | null {
  if (tree.is(node, "macro_invocation")) return null;
  const callee = tree.child(node, "function");
  const field = tree.child(callee, "field");
  const last = field >= 0 ? field : tree.child(callee, "name");
  const name = tree.textOf(last >= 0 ? last : callee).slice(0, 80);
  return {
    node,
    name,
    callee: flow.compact(callee) || name,
    args: tree.namedChildren(tree.child(node, "arguments")).filter((arg) => !tree.isComment(arg)),
  };
}

function sql(file: RuleFile, { node, args }: Call): void {
  for (const argument of args.slice(0, 2)) {
    const origin = file.flow.origin(argument);
    if (origin !== "built" && origin !== "request") continue;
    const weight = queryWeight(file, argument, origin);
    if (weight) file.report("sql-injection", node, weight);
    return;
  }
}

/** `Command::new("sh").arg("-c").arg(format!(…))` */
function shell(file: RuleFile, { node, callee, args }: Call): void {
  if (!/Command::new\("(?:\/bin\/)?(?:ba|z|da)?sh"\)/.test(callee) && !/Command::new\("cmd"\)/.test(callee)) return;
  const list = file.tree.is(args[0] ?? -1, "array_expression", "reference_expression")
    ? file.tree.namedChildren(args[0] ?? -1).flatMap((child) => [child, ...file.tree.namedChildren(child)])
    : args;
  if (!/"-c"|"\/[cC]"/.test(callee + file.tree.textOf(args[0] ?? -1))) return;
  const origins = new Set(list.slice(0, 20).map((arg) => file.flow.origin(arg)));
  if (origins.has("request")) file.report("command-injection", node, ["critical", "high"]);
  else if (origins.has("built")) file.report("command-injection", node, ["high", "medium"]);
}

/** One finding a file, at its first block without a reason: a crate of bindings has hundreds. */
function unsafeBlock(file: RuleFile, node: NodeId): void {
  const { tree } = file;
  const line = tree.line(node);
  for (let above = 1; above <= 6; above += 1) {
    const text = tree.lineText(line - above).trim();
    if (/safety|sound/i.test(text) && /^(?:\/\/|\*|\/\*|#!?\[)/.test(text)) return;
    if (text !== "" && !/^(?:\/\/|\/\*|\*|#\[|let\b|return\b|unsafe\b|.*[=({,]$)/.test(text)) break;
  }
  const inside = tree.text.slice(tree.start(node), tree.start(node) + 160);
  const same = tree.lineText(line);
  if (/^unsafe\s*\{\s*\/[/*]\s*safety/i.test(inside) || /\/\/\s*safety/i.test(same)) return;
  file.report("unsafe-without-reason", node, ["info", "high"]);
}

const WEAK_HASHES = /^(?:md5::compute|Md5::(?:new|digest)|Sha1::(?:new|digest)|md5::Md5::\w+|sha1::Sha1::\w+)$/;

export const RUST_RULES: LanguageRules = {
  calls: ["call_expression"],
  callOf,
  sinks: [
    {
      rule: "path-traversal",
      names: ["open", "read", "read_to_string", "write", "create", "remove_file", "read_dir"],
      callee: /(?:^|::)(?:File|fs|NamedFile)::\w+$/,
      args: [0],
      request: ["high", "medium"],
      when: (file) => !file.mentions("canonicalize") && !file.mentions("starts_with"),
    },
    {
      rule: "server-side-request-forgery",
      names: ["get", "post"],
      callee: /^(?:reqwest(?:::blocking)?::get|client\.(?:get|post)|surf::get|ureq::get)$/,
      args: [0],
      request: ["high", "medium"],
      when: (file, _call, argument) => !hostIsFixed(file, argument),
    },
    {
      rule: "open-redirect",
      names: ["to", "temporary", "permanent"],
      callee: /^Redirect::/,
      args: [0],
      request: ["medium", "medium"],
      when: (file, _call, argument) => !hostIsFixed(file, argument),
    },
    {
      rule: "html-injection",
      names: ["Html"],
      callee: /^(?:axum::response::)?Html$/,
      args: [0],
      request: ["high", "medium"],
    },
  ],
  callRules: [
    {
      names: [
        "query",
        "query_as",
        "query_scalar",
        "execute",
        "sql_query",
        "batch_execute",
        "prepare",
        "query_one",
        "query_opt",
        "query_row",
        "simple_query",
        "fetch_all",
        "raw_sql",
      ],
      look: sql,
    },
    { names: ["arg", "args"], look: shell },
    {
      names: ["danger_accept_invalid_certs", "danger_accept_invalid_hostnames", "set_verify", "accept_invalid_certs"],
      look(file, { node, name, args }) {
        const value = file.tree.textOf(args[0] ?? -1);
        if (name === "set_verify" ? value.endsWith("NONE") : value === "true")
          file.report("tls-verification-off", node, ["high", "high"]);
      },
    },
    {
      names: [
        "insecure_disable_signature_validation",
        "dangerous_insecure_decode",
        "dangerous_unsafe_decode",
        "insecure_decode",
      ],
      look: (file, { node }) => file.report("jwt-unverified", node, ["high", "high"]),
    },
    {
      names: ["from_secret"],
      look(file, { node, callee, args }) {
        if (!/(?:En|De)codingKey::from_secret$/.test(callee)) return;
        const key = args[0] ?? -1;
        const text = file.tree.textOf(key);
        if (/^b?"[^"]{1,200}"(?:\.as_(?:bytes|ref)\(\))?$/.test(text))
          file.report("hard-coded-signing-key", node, ["high", "high"], key);
      },
    },
    {
      names: ["compute", "new", "digest"],
      look(file, { node, callee }) {
        const inside = file.flow.functionOf(node);
        if (WEAK_HASHES.test(callee) && PASSWORD_NAME.test(file.tree.textOf(inside).slice(0, 1_500)))
          file.report("weak-password-hash", node, ["high", "medium"]);
      },
    },
    {
      names: ["seed_from_u64", "from_seed"],
      look(file, { node, callee }) {
        if (
          /(?:StdRng|SmallRng|ChaCha\w*Rng|Pcg\w*)::/.test(callee) &&
          (SECRET_NAME.test(nameOfTarget(file, node)) ||
            SECRET_NAME.test(file.tree.textOf(file.tree.child(file.flow.functionOf(node), "name"))))
        )
          file.report("weak-random", node, ["medium", "medium"]);
      },
    },
    {
      names: ["very_permissive"],
      look: (file, { node, callee }) =>
        /CorsLayer/.test(callee) ? file.report("cors-with-credentials", node, ["medium", "high"]) : undefined,
    },
    {
      names: ["http_only", "secure", "set_http_only", "set_secure"],
      look(file, { node, callee, args }) {
        if (file.tree.textOf(args[0] ?? -1) === "false" && /cookie/i.test(callee) && SESSION_COOKIE.test(callee))
          file.report("cookie-flags", node, ["medium", "high"]);
      },
    },
    {
      names: ["from_mode", "set_mode"],
      look(file, { node, args }) {
        if (/^0o[0-7]?[0-7][0-7][2367]$/.test(file.tree.textOf(args[0] ?? -1)))
          file.report("world-writable", node, ["medium", "high"]);
      },
    },
    {
      names: ["create", "write"],
      look(file, { node, callee, args }) {
        if (
          /(?:^|::)(?:File::create|fs::write)$/.test(callee) &&
          /^\/tmp\/[\w.-]+$/.test(literalText(file, args[0] ?? -1) ?? "")
        )
          file.report("insecure-temporary-file", node, ["low", "medium"]);
      },
    },
    {
      names: ["bind"],
      look(file, { node, args }) {
        if (/^\(?\s*"0\.0\.0\.0/.test(file.tree.textOf(args[0] ?? -1)))
          file.report("bind-all-interfaces", node, ["info", "high"]);
      },
    },
  ],
  nodeRules: [{ kinds: ["unsafe_block"], look: unsafeBlock }],
};

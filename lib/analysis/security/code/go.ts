import type { NodeId } from "../../syntax/syntax-tree";
import {
  hostIsFixed,
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

function callOf({ tree, flow }: RuleFile, node: NodeId): Call | null {
  const callee = tree.child(node, "function");
  if (callee < 0) return null;
  const field = tree.child(callee, "field");
  const name = tree.textOf(field >= 0 ? field : callee).slice(0, 80);
  return {
    node,
    name,
    callee: field >= 0 ? flow.compact(callee) : name,
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

/** `exec.Command("sh", "-c", …)`: the script must not be put together. */
function shell(file: RuleFile, { node, name, callee, args }: Call): void {
  if (!callee.startsWith("exec.Command")) return;
  const values = name === "CommandContext" ? args.slice(1) : args;
  const [program = -1, flag = -1, script = -1] = values;
  if (file.flow.origin(program) === "request") {
    file.report("command-injection", node, ["critical", "high"]);
    return;
  }
  const isShell =
    /^["`](?:\/bin\/|\/usr\/bin\/)?(?:ba|z|da)?sh["`]$|^["`](?:cmd|powershell)(?:\.exe)?["`]$/.test(
      file.tree.textOf(program),
    ) && /^["`](?:-l?c|\/[cC]|-Command)["`]$/.test(file.tree.textOf(flag));
  if (!isShell) return;
  const origin = file.flow.origin(script);
  if (origin === "request") file.report("command-injection", node, ["critical", "high"]);
  else if (origin === "built") file.report("command-injection", node, ["high", "medium"]);
}

function keyed(file: RuleFile, node: NodeId): void {
  const { tree } = file;
  const key = tree.textOf(tree.child(node, "key")).slice(0, 60);
  const value = tree.textOf(tree.child(node, "value")).slice(0, 60);
  if (key === "InsecureSkipVerify" && value === "true") file.report("tls-verification-off", node, ["high", "high"]);
  else if (key === "MinVersion" && /^tls\.Version(?:SSL30|TLS10|TLS11)$/.test(value))
    file.report("weak-tls", node, ["medium", "high"]);
  else if (key === "AllowCredentials" && value === "true") {
    const all = tree.textOf(tree.parent(node)).slice(0, 2_000);
    if (/AllowAllOrigins:\s*true|Allow(?:ed)?Origins:\s*\[\]string\{\s*"\*"/.test(all))
      file.report("cors-with-credentials", node, ["high", "high"]);
  }
}

function cookie(file: RuleFile, node: NodeId): void {
  const { tree } = file;
  if (!/^http\.Cookie$/.test(tree.textOf(tree.child(node, "type")))) return;
  const text = tree.textOf(tree.child(node, "body")).slice(0, 1_000);
  const name = /Name:\s*"([^"]{1,80})"/.exec(text)?.[1] ?? /Name:\s*([\w.]{1,60})/.exec(text)?.[1] ?? "";
  // Clearing one (MaxAge below zero) has nothing to protect.
  if (!SESSION_COOKIE.test(name) || /csrf/i.test(name) || /MaxAge:\s*-1/.test(text)) return;
  if (/HttpOnly:\s*false/.test(text) || !/HttpOnly:/.test(text))
    file.report("cookie-flags", node, ["medium", "medium"]);
}

export const GO_RULES: LanguageRules = {
  calls: ["call_expression"],
  callOf,
  sinks: [
    {
      rule: "html-injection",
      names: ["Fprintf", "Fprint", "Fprintln"],
      callee: /^fmt\./,
      request: ["high", "medium"],
      when: (file, { args }) =>
        /^(?:w|rw|writer|res|c\.Writer)$/.test(file.tree.textOf(args[0] ?? -1)) &&
        /<[a-z!/]/i.test(file.tree.textOf(args[1] ?? -1)),
    },
    {
      rule: "html-injection",
      names: ["HTML", "JS", "HTMLAttr"],
      callee: /^template\./,
      args: [0],
      request: ["high", "high"],
      built: ["medium", "medium"],
      when: (file, _call, argument) =>
        !/Sanitize|Escape|json/i.test(file.tree.textOf(file.flow.resolve(argument)).slice(0, 300)),
    },
    {
      rule: "path-traversal",
      names: [
        "Open",
        "OpenFile",
        "ReadFile",
        "WriteFile",
        "Create",
        "Remove",
        "RemoveAll",
        "ReadDir",
        "ServeFile",
        "File",
      ],
      callee: /^(?:os|ioutil|http|c|ctx)\./,
      request: ["high", "medium"],
      when: (file, { callee }, argument) =>
        !/^http\.ServeFile$/.test(callee) || !/^r\.URL\.Path$|^r$|^w$/.test(file.tree.textOf(argument)),
    },
    {
      rule: "server-side-request-forgery",
      names: ["Get", "Post", "Head", "PostForm", "NewRequest", "NewRequestWithContext"],
      callee: /^(?:http|client|httpClient|c\.client)\./,
      request: ["high", "medium"],
      when: (file, { name, args }, argument) =>
        !hostIsFixed(file, argument) &&
        argument === args[name === "NewRequest" ? 1 : name === "NewRequestWithContext" ? 2 : 0],
    },
    {
      rule: "open-redirect",
      names: ["Redirect"],
      callee: /^(?:http|c|ctx)\.Redirect$/,
      request: ["medium", "medium"],
      when: (file, _call, argument) =>
        !hostIsFixed(file, argument) &&
        !/^(?:r|req)$|URL\.(?:Path|String|RequestURI)|Host/.test(
          file.tree.textOf(file.flow.resolve(argument)).slice(0, 200),
        ),
    },
  ],
  callRules: [
    { names: ["Command", "CommandContext"], look: shell },
    {
      names: [
        "Query",
        "QueryRow",
        "Exec",
        "QueryContext",
        "QueryRowContext",
        "ExecContext",
        "Prepare",
        "PrepareContext",
        "Raw",
        "Queryx",
        "Select",
        "Get",
        "MustExec",
        "NamedExec",
      ],
      look: sql,
    },
    {
      names: ["InsecureIgnoreHostKey"],
      look: (file, { node }) => file.report("ssh-host-key-unchecked", node, ["high", "high"]),
    },
    { names: ["ParseUnverified"], look: (file, { node }) => file.report("jwt-unverified", node, ["medium", "medium"]) },
    {
      names: ["SignedString"],
      look(file, { node, args }) {
        const key = file.flow.resolve(args[0] ?? -1);
        const text = /^\[\]byte\(\s*["`]([^"`]+)["`]\s*\)$/.exec(file.tree.textOf(key))?.[1];
        if (text && !/BEGIN/.test(text)) file.report("hard-coded-signing-key", node, ["high", "high"], key);
      },
    },
    {
      names: ["New", "Sum", "NewCipher", "NewTripleDESCipher", "WriteString"],
      look(file, { node, callee }) {
        if (/^(?:des|rc4)\.New/.test(callee)) file.report("weak-cipher", node, ["medium", "high"]);
        if (/^(?:md5|sha1)\.(?:New|Sum)$/.test(callee) && PASSWORD_NAME.test(textRound(file, node, 4)))
          file.report("weak-password-hash", node, ["high", "medium"]);
      },
    },
    {
      names: ["Int", "Intn", "Int63", "Int31n", "Float64", "Read", "Uint32", "Uint64", "IntN", "Perm"],
      look(file, { node, callee }) {
        if (!/^rand\.\w+$/.test(callee) || !file.mentions('"math/rand')) return;
        const target = nameOfTarget(file, node);
        if (SECRET_NAME.test(target) && !/test|mock|fake/i.test(target))
          file.report("weak-random", node, ["medium", "medium"]);
      },
    },
    {
      names: ["Join"],
      look(file, { node, callee, args }) {
        if (
          !/^(?:filepath|path)\.Join$/.test(callee) ||
          !args.slice(1).some((arg) => /^(?:f|file|hdr|header|h|zf|entry|th)\.Name$/.test(file.flow.compact(arg)))
        )
          return;
        if (
          !file.mentions('"archive/') ||
          file.mentions("HasPrefix(") ||
          file.mentions("IsLocal(") ||
          file.mentions("filepath.Rel(") ||
          file.mentions('".."')
        )
          return;
        file.report("archive-extraction", node, ["high", "medium"]);
      },
    },
    {
      names: ["Chmod", "WriteFile", "OpenFile", "MkdirAll", "Mkdir"],
      look(file, { node, name, callee, args }) {
        if (!/^(?:os|ioutil)\./.test(callee) || name.startsWith("Mkdir")) return;
        if (/^0o?[0-7]?[0-7][0-7][2367]$/.test(file.tree.textOf(args.at(-1) ?? -1)))
          file.report("world-writable", node, ["medium", "high"]);
      },
    },
    {
      names: ["Create", "OpenFile", "WriteFile"],
      look(file, { node, callee, args }) {
        if (/^(?:os|ioutil)\./.test(callee) && /^\/tmp\/[\w.-]+$/.test(literalText(file, args[0] ?? -1) ?? ""))
          file.report("insecure-temporary-file", node, ["low", "medium"]);
      },
    },
    {
      names: ["Listen", "ListenAndServe", "ListenAndServeTLS", "Run"],
      look(file, { node, args }) {
        if (args.some((arg) => /^["`]0\.0\.0\.0:/.test(file.tree.textOf(arg))))
          file.report("bind-all-interfaces", node, ["info", "high"]);
      },
    },
  ],
  nodeRules: [
    { kinds: ["keyed_element"], look: keyed },
    { kinds: ["composite_literal"], look: cookie },
    {
      kinds: ["assignment_statement"],
      look(file, node) {
        const text = file.tree.textOf(node).slice(0, 120);
        if (/\.InsecureSkipVerify\s*=\s*true$/.test(text)) file.report("tls-verification-off", node, ["high", "high"]);
      },
    },
    {
      kinds: ["selector_expression"],
      look(file, node) {
        if (file.tree.textOf(file.tree.child(node, "field")) === "UnsafeAllowNoneSignatureType")
          file.report("jwt-unverified", node, ["critical", "high"]);
      },
    },
    {
      kinds: ["import_spec"],
      look(file, node) {
        if (file.tree.textOf(node).slice(0, 60).endsWith('"net/http/pprof"'))
          file.report("debug-mode", node, ["low", "medium"]);
      },
    },
  ],
};

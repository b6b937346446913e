import type { NodeId } from "../../syntax/syntax-tree";
import { regexWeight } from "./regex";
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
  const args = tree.namedChildren(tree.child(node, "arguments")).filter((arg) => !tree.isComment(arg));
  if (tree.is(node, "object_creation_expression")) {
    const name =
      tree
        .textOf(tree.child(node, "type"))
        .replace(/<[\s\S]{0,200}$/, "")
        .split(".")
        .at(-1) ?? "";
    return { node, name: `new ${name}`.slice(0, 80), callee: `new ${name}`.slice(0, 80), args };
  }
  const name = tree.textOf(tree.child(node, "name")).slice(0, 80);
  const object = tree.child(node, "object");
  return { node, name, callee: object < 0 ? name : `${flow.compact(object)}.${name}`, args };
}

function sql(file: RuleFile, { node, args }: Call): void {
  const [argument = -1] = args;
  const origin = file.flow.origin(argument);
  if (origin !== "built" && origin !== "request") return;
  const weight = queryWeight(file, argument, origin);
  if (weight) file.report("sql-injection", node, weight);
}

/** Certificates: a trust manager with an empty check, a verifier that says yes. */
function trustsAll(file: RuleFile, node: NodeId): void {
  const { tree } = file;
  const name = tree.textOf(tree.child(node, "name"));
  const body = tree.child(node, "body");
  const statements = tree.namedChildren(body).filter((child) => !tree.isComment(child));
  if (/^check(?:Server|Client)Trusted$/.test(name) && body >= 0 && statements.length === 0)
    file.report("tls-verification-off", node, name === "checkServerTrusted" ? ["high", "high"] : ["medium", "medium"]);
  if (
    name === "verify" &&
    statements.length === 1 &&
    /^return\s+true\s*;$/.test(tree.textOf(statements[0] ?? -1)) &&
    /String\s+\w+,\s*SSLSession/.test(tree.textOf(tree.child(node, "parameters")))
  )
    file.report("tls-verification-off", node, ["high", "high"]);
}

const XML_FACTORY_SAFE = [
  "disallow-doctype-decl",
  "FEATURE_SECURE_PROCESSING",
  "ACCESS_EXTERNAL_DTD",
  "SUPPORT_DTD",
  "IS_SUPPORTING_EXTERNAL_ENTITIES",
  "external-general-entities",
  "setExpandEntityReferences(false)",
] as const;

export const JAVA_RULES: LanguageRules = {
  calls: ["method_invocation", "object_creation_expression"],
  callOf,
  sinks: [
    {
      rule: "command-injection",
      names: ["exec"],
      callee: /(?:[rR]untime(?:\.getRuntime\(\))?|\brt)\.exec$/,
      args: [0],
      request: ["critical", "high"],
      built: ["high", "medium"],
    },
    {
      rule: "code-injection",
      names: ["eval"],
      callee: /(?:engine|scriptEngine|js|shell)\.eval$/i,
      args: [0],
      request: ["critical", "high"],
      built: ["high", "medium"],
      dynamic: ["medium", "low"],
    },
    {
      rule: "code-injection",
      names: ["parseExpression"],
      args: [0],
      request: ["critical", "high"],
      built: ["high", "medium"],
    },
    { rule: "code-injection", names: ["forName"], callee: /^Class\.forName$/, args: [0], request: ["high", "medium"] },
    {
      rule: "html-injection",
      names: ["print", "println", "write", "printf", "append"],
      callee: /getWriter\(\)\.\w+$|^(?:out|writer|pw)\.\w+$/,
      request: ["high", "medium"],
    },
    {
      rule: "path-traversal",
      names: ["new File", "new FileInputStream", "new FileOutputStream", "new FileReader", "get", "of", "resolve"],
      callee: /^new File|^Paths?\.(?:get|of)$|[pP]ath\.resolve$|[dD]ir\.resolve$/,
      request: ["high", "medium"],
      when: (file) => !file.mentions("getCanonicalPath") && !file.mentions(".normalize()"),
    },
    {
      rule: "server-side-request-forgery",
      names: [
        "new URL",
        "create",
        "new HttpGet",
        "new HttpPost",
        "getForObject",
        "getForEntity",
        "postForEntity",
        "exchange",
        "uri",
      ],
      callee: /^new |^URI\.create$|[rR]estTemplate\.|[wW]eb[cC]lient|\.uri$/,
      args: [0],
      request: ["high", "medium"],
      when: (file, _call, argument) => !hostIsFixed(file, argument),
    },
    {
      rule: "open-redirect",
      names: ["sendRedirect", "new RedirectView", "new ModelAndView"],
      args: [0],
      request: ["medium", "medium"],
      when: (file, { name }, argument) =>
        !hostIsFixed(file, argument) &&
        !/getContextPath|getRequestURI/.test(file.tree.textOf(argument)) &&
        (name !== "new ModelAndView" || /redirect:/.test(file.tree.textOf(argument))),
    },
    {
      rule: "unsafe-deserialisation",
      names: ["fromXML"],
      args: [0],
      request: ["critical", "high"],
      dynamic: ["medium", "low"],
      when: (file) => file.mentions("XStream") && !file.mentions("allowTypes"),
    },
  ],
  callRules: [
    {
      names: [
        "executeQuery",
        "executeUpdate",
        "execute",
        "prepareStatement",
        "createQuery",
        "createNativeQuery",
        "createSQLQuery",
        "queryForObject",
        "queryForList",
        "queryForMap",
        "query",
        "update",
        "nativeQuery",
        "addBatch",
      ],
      look: sql,
    },
    {
      names: ["new ProcessBuilder", "command"],
      look(file, { node, callee, args }) {
        if (callee !== "new ProcessBuilder" && !/pb|processBuilder/i.test(callee)) return;
        const texts = args.map((arg) => file.tree.textOf(arg)).join(",");
        const origins = new Set(
          args
            .flatMap((arg) => [
              arg,
              ...(file.tree.is(arg, "method_invocation")
                ? file.tree.namedChildren(file.tree.child(arg, "arguments"))
                : []),
            ])
            .slice(0, 20)
            .map((arg) => file.flow.origin(arg)),
        );
        if (!/"(?:\/bin\/)?(?:ba)?sh"\s*,\s*"-c"|"cmd(?:\.exe)?"\s*,\s*"\/c"/i.test(texts)) return;
        if (origins.has("request")) file.report("command-injection", node, ["critical", "high"]);
        else if (origins.has("built")) file.report("command-injection", node, ["high", "medium"]);
      },
    },
    {
      names: ["getInstance"],
      look(file, { node, callee, args }) {
        const text = literalText(file, args[0] ?? -1);
        if (text === null) return;
        if (
          callee === "MessageDigest.getInstance" &&
          /^(?:md5|sha-?1)$/i.test(text) &&
          PASSWORD_NAME.test(roundMethod(file, node))
        )
          file.report("weak-password-hash", node, ["high", "medium"]);
        if (callee === "Cipher.getInstance" && /^(?:des|rc[24]|blowfish|arcfour)|\/ecb\/|^aes$/i.test(text))
          file.report("weak-cipher", node, ["medium", "high"]);
        if (callee === "SSLContext.getInstance" && /^(?:ssl(?:v[23])?|tlsv1(?:\.1)?)$/i.test(text))
          file.report("weak-tls", node, ["low", "medium"]);
      },
    },
    {
      names: ["new Random", "random", "nextInt", "nextLong"],
      look(file, { node, name, callee }) {
        if (name !== "new Random" && callee !== "Math.random" && !/^(?:new Random\(\)|random|rnd|rand)\./.test(callee))
          return;
        if (!file.mentions("Math.random") && !file.mentions("java.util.Random") && !file.mentions("new Random("))
          return;
        if (SECRET_NAME.test(nameOfTarget(file, node))) file.report("weak-random", node, ["medium", "medium"]);
      },
    },
    {
      names: ["signWith", "setSigningKey", "HMAC256", "HMAC384", "HMAC512"],
      look(file, { node, args }) {
        const key = args.map((arg) => file.flow.resolve(arg)).find((arg) => (literalText(file, arg) ?? "").length > 3);
        if (key !== undefined) file.report("hard-coded-signing-key", node, ["high", "high"], key);
      },
    },
    {
      names: ["none"],
      look: (file, { node, callee }) =>
        callee === "Algorithm.none" ? file.report("jwt-unverified", node, ["critical", "high"]) : undefined,
    },
    {
      names: ["parseClaimsJwt", "parsePlaintextJws"],
      look: (file, { node }) => file.report("jwt-unverified", node, ["medium", "low"]),
    },
    {
      names: ["new ObjectInputStream", "new XMLDecoder"],
      look(file, { node, name, args }) {
        if (file.mentions("ObjectInputFilter") || file.mentions("ValidatingObjectInputStream")) return;
        const request = args.some((arg) => file.flow.origin(arg) === "request");
        file.report(
          "unsafe-deserialisation",
          node,
          request ? ["critical", "high"] : [name.endsWith("XMLDecoder") ? "high" : "medium", "medium"],
        );
      },
    },
    {
      names: ["enableDefaultTyping", "activateDefaultTyping"],
      look: (file, { node, name }) =>
        file.report(
          "unsafe-deserialisation",
          node,
          name.startsWith("enable") ? ["high", "high"] : ["medium", "medium"],
        ),
    },
    {
      names: ["newInstance", "newFactory", "newDefaultInstance", "new SAXBuilder", "new SAXReader", "createXMLReader"],
      look(file, { node, callee }) {
        if (
          !/^(?:(?:javax\.xml\.\w+\.)?(?:DocumentBuilderFactory|SAXParserFactory|XMLInputFactory|TransformerFactory|SchemaFactory)\.new\w+|new SAX\w+|XMLReaderFactory\.createXMLReader)$/.test(
            callee,
          )
        )
          return;
        // A transformer or schema reads what the program wrote more often than not.
        const weight = /Transformer|Schema/.test(callee) ? (["low", "low"] as const) : (["high", "medium"] as const);
        if (!XML_FACTORY_SAFE.some((word) => file.mentions(word))) file.report("xml-external-entities", node, weight);
      },
    },
    {
      names: ["new File", "resolve"],
      look(file, { node, args }) {
        if (!args.some((arg) => /^(?:\w*[eE]ntry)\.getName\(\)$/.test(file.flow.compact(arg)))) return;
        if (
          !file.mentions("ZipEntry") &&
          !file.mentions("ArchiveEntry") &&
          !file.mentions("TarEntry") &&
          !file.mentions("JarEntry")
        )
          return;
        if (
          file.mentions("getCanonicalPath") ||
          file.mentions("normalize()") ||
          file.mentions("startsWith(") ||
          file.mentions('".."')
        )
          return;
        file.report("archive-extraction", node, ["high", "medium"]);
      },
    },
    {
      names: ["new Cookie"],
      look(file, { node, args }) {
        const name = literalText(file, args[0] ?? -1);
        if (name !== null && SESSION_COOKIE.test(name) && !file.mentions("setHttpOnly(true)"))
          file.report("cookie-flags", node, ["medium", "medium"]);
      },
    },
    {
      names: ["setHttpOnly", "httpOnly"],
      look(file, { node, args }) {
        if (file.tree.textOf(args[0] ?? -1) === "false" && file.mentions("ookie"))
          file.report("cookie-flags", node, ["medium", "medium"]);
      },
    },
    {
      names: ["disable"],
      look: (file, { node, callee }) =>
        /csrf\(\)\.disable$|^csrf\.disable$/.test(callee)
          ? file.report("csrf-protection-off", node, ["medium", "low"])
          : undefined,
    },
    {
      names: ["csrf"],
      look: (file, { node, args }) =>
        file.tree.textOf(args[0] ?? -1).endsWith("::disable")
          ? file.report("csrf-protection-off", node, ["medium", "low"])
          : undefined,
    },
    {
      names: ["setAllowCredentials", "allowCredentials"],
      look(file, { node, args }) {
        if (
          file.tree.textOf(args[0] ?? -1) === "true" &&
          /(?:addAllowedOrigin(?:Pattern)?|allowedOrigin(?:Pattern)?s|setAllowedOrigin(?:Pattern)?s)\((?:(?:List|Arrays)\.\w+\()?"\*"/.test(
            file.tree.text,
          )
        )
          file.report("cors-with-credentials", node, ["high", "high"]);
      },
    },
    {
      names: [
        "setHostnameVerifier",
        "setDefaultHostnameVerifier",
        "setSSLHostnameVerifier",
        "loadTrustMaterial",
        "hostnameVerifier",
      ],
      look(file, { node, args }) {
        if (
          args.some((arg) =>
            /NoopHostnameVerifier|ALLOW_ALL|TrustAll(?:Strategy)?|->\s*true$/.test(file.tree.textOf(arg).slice(0, 200)),
          )
        )
          file.report("tls-verification-off", node, ["high", "high"]);
      },
    },
    {
      names: ["compile", "matches"],
      look(file, { node, callee, args }) {
        const source = /^Pattern\.\w+$/.test(callee) ? literalText(file, args[0] ?? -1) : null;
        const weight = source === null ? null : regexWeight(source.replaceAll("\\\\", "\\"));
        if (weight) file.report("regex-denial-of-service", node, weight);
      },
    },
  ],
  nodeRules: [{ kinds: ["method_declaration"], look: trustsAll }],
};

/** The method round a node, its name and parameters among them. */
function roundMethod(file: RuleFile, node: NodeId): string {
  const inside = file.flow.functionOf(node);
  return inside < 0 ? textRound(file, node, 5) : file.tree.textOf(inside).slice(0, 1_500);
}

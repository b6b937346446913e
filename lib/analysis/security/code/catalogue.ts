import type { RuleAbout } from "../finding";

interface RuleText {
  readonly cwe: string;
  readonly title: string;
  readonly advice: string;
}

/** Every rule about dangerous code, for all languages: what it is, and what to do instead. */
const TEXTS = {
  "command-injection": {
    cwe: "CWE-78",
    title: "A shell command is put together from values",
    advice:
      "Start the program without a shell and hand it its arguments as a list (`execFile`, `subprocess.run([...])`, `exec.Command(name, args...)`). " +
      "Check values against a list of what is allowed, and put `--` before names that could begin with a dash.",
  },
  "code-injection": {
    cwe: "CWE-95",
    title: "Text is run as code",
    advice:
      "Parse the data instead (JSON, a table of functions by name, an expression library), so that a value can never become code.",
  },
  "sql-injection": {
    cwe: "CWE-89",
    title: "A query is put together from values",
    advice:
      "Use parameters (`?`, `$1`, `:name`) for values. Take names of tables and columns from a fixed list: they cannot be parameters.",
  },
  "nosql-injection": {
    cwe: "CWE-943",
    title: "A query takes operators or code from values",
    advice:
      "Convert each value to the type that is expected before it goes into the query (`String(x)`, a schema), and do without `$where`.",
  },
  "html-injection": {
    cwe: "CWE-79",
    title: "HTML is made from a value that is not escaped",
    advice:
      "Use `textContent`, the template's own escaping or a component. Where HTML is wanted, clean it first (DOMPurify, bleach, ammonia).",
  },
  "template-injection": {
    cwe: "CWE-1336",
    title: "A template is put together from values",
    advice:
      "Keep the template fixed and pass values to it as variables: whoever controls a template runs code on the server.",
  },
  "path-traversal": {
    cwe: "CWE-22",
    title: "A path comes from a request",
    advice:
      "Resolve the path, then check that it lies inside the folder it must stay in; or look names up in a list. `..` and absolute paths lead out.",
  },
  "archive-extraction": {
    cwe: "CWE-22",
    title: "Files of an archive are written where their names say",
    advice:
      'Resolve each entry\'s path and refuse those that leave the target folder (in Python: `extractall(filter="data")`); bound size and number.',
  },
  "server-side-request-forgery": {
    cwe: "CWE-918",
    title: "The server fetches an address from a request",
    advice:
      "Allow a list of hosts, resolve the name once and refuse private addresses, and do not follow redirects unchecked.",
  },
  "open-redirect": {
    cwe: "CWE-601",
    title: "A redirect goes where a request says",
    advice: "Redirect only to paths of your own site (one leading `/`, not two) or to a list of known addresses.",
  },
  "tls-verification-off": {
    cwe: "CWE-295",
    title: "Certificates are not verified",
    advice:
      'Leave verification on. For a private authority add its certificate (`ca`, `verify="ca.pem"`, `RootCAs`) instead.',
  },
  "weak-tls": {
    cwe: "CWE-327",
    title: "An outdated version of TLS is allowed",
    advice: "Ask for TLS 1.2 at least; leave the default where the platform has a good one.",
  },
  "weak-password-hash": {
    cwe: "CWE-916",
    title: "A password is hashed with a fast hash",
    advice:
      "Use a hash made for passwords (argon2id, scrypt, bcrypt) with a salt for each: MD5 and SHA-1 are guessed a billion times a second.",
  },
  "weak-cipher": {
    cwe: "CWE-327",
    title: "A broken or weak cipher or mode is used",
    advice: "Use AES-GCM or ChaCha20-Poly1305 with a nonce of its own for each message.",
  },
  "weak-random": {
    cwe: "CWE-338",
    title: "A secret value comes from a random generator that can be predicted",
    advice:
      "Use the generator for secrets: `crypto.randomBytes`, `secrets.token_urlsafe`, `crypto/rand`, `SecureRandom`, `OsRng`.",
  },
  "jwt-unverified": {
    cwe: "CWE-347",
    title: "A token is accepted without its signature being checked",
    advice: "Verify each token with a fixed list of algorithms, without `none`, before anything in it is believed.",
  },
  "hard-coded-signing-key": {
    cwe: "CWE-321",
    title: "Tokens are signed with a key that stands in the code",
    advice:
      "Read the key from the environment or a key service, and replace this one: who can read the code can sign tokens.",
  },
  "unsafe-deserialisation": {
    cwe: "CWE-502",
    title: "Data is deserialised in a way that can run code",
    advice:
      "Use a format that only holds data (JSON, `yaml.safe_load`, protobuf), or a strict list of classes that may be made.",
  },
  "cors-with-credentials": {
    cwe: "CWE-942",
    title: "Every site may send requests with the user's cookies",
    advice:
      "List the origins that may send credentials. A wildcard, or an echo of the request's origin, means all of them.",
  },
  "cookie-flags": {
    cwe: "CWE-1004",
    title: "A session cookie lacks HttpOnly or Secure",
    advice: "Set `HttpOnly`, `Secure` and `SameSite` on each cookie that signs somebody in.",
  },
  "xml-external-entities": {
    cwe: "CWE-611",
    title: "An XML parser follows external entities",
    advice:
      "Forbid DOCTYPE and external entities in the parser's settings (`disallow-doctype-decl`, `resolve_entities=False`, defusedxml).",
  },
  "prototype-pollution": {
    cwe: "CWE-1321",
    title: "A key from outside decides which property is written",
    advice: "Refuse `__proto__`, `constructor` and `prototype`, or use a `Map` or an object without a prototype.",
  },
  "regex-denial-of-service": {
    cwe: "CWE-1333",
    title: "A regular expression can take exponential time",
    advice:
      "Make the repeated parts unambiguous (no repetition directly inside a repetition), bound the input's length, or use a linear engine (RE2).",
  },
  "insecure-temporary-file": {
    cwe: "CWE-377",
    title: "A temporary file has a name that can be guessed",
    advice:
      "Let the system choose the name and create the file in one step (`mkdtemp`, `NamedTemporaryFile`, `os.CreateTemp`).",
  },
  "debug-mode": {
    cwe: "CWE-489",
    title: "A debugging mode is switched on",
    advice: "Switch it by an environment variable that production does not set: debuggers run code and show internals.",
  },
  "bind-all-interfaces": {
    cwe: "CWE-1327",
    title: "A server listens on every network interface",
    advice:
      "Listen on 127.0.0.1 unless it must be reached from outside; in a container it is usual, and a firewall decides.",
  },
  "world-writable": {
    cwe: "CWE-732",
    title: "A file is made writable for everybody",
    advice: "Give the least that is needed: 0600 for private files, 0644 for public ones, 0755 for programs.",
  },
  "ssh-host-key-unchecked": {
    cwe: "CWE-322",
    title: "An SSH connection accepts any host key",
    advice: "Check the host's key against a known one (`known_hosts`): otherwise anybody on the way can answer.",
  },
  "csrf-protection-off": {
    cwe: "CWE-352",
    title: "Protection against forged requests is switched off",
    advice:
      "Leave it on for everything that signs in with cookies. An API with bearer tokens alone may go without: say so in a comment.",
  },
  "unsafe-without-reason": {
    cwe: "CWE-119",
    title: "Unsafe blocks do not say why they are sound",
    advice:
      "Write a `// SAFETY:` comment over each that says which rules hold, and keep the block as small as it can be.",
  },
  "message-to-any-origin": {
    cwe: "CWE-346",
    title: "A message is sent to a window of any origin",
    advice: "Name the origin that may read the message instead of `*`.",
  },
} as const satisfies Readonly<Record<string, RuleText>>;

export type CodeRuleId = keyof typeof TEXTS;

export const CODE_RULE_IDS = Object.keys(TEXTS) as CodeRuleId[];

/** @returns what the rule says about itself. */
export function aboutRule(id: CodeRuleId): RuleAbout {
  return { rule: `code/${id}`, ...TEXTS[id] };
}

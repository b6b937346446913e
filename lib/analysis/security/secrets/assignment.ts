import type { Confidence, Severity } from "../schemas";
import { classesOf, entropyOf, isPlaceholder, isRandom, isWords, UUID } from "./judge";

/** A name that promises a secret, and the literal that it is given. */
export interface Assignment {
  readonly kind: "password" | "key";
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly value: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
}

/** Where an assignment may begin. The name round it is read from there. */
export const ASSIGNMENT_TRIGGERS = [
  "passw",
  "passphrase",
  "pwd",
  "_pass",
  "secret",
  "token",
  "apikey",
  "api_key",
  "api-key",
  "auth_key",
  "authkey",
  "access_key",
  "accesskey",
  "private_key",
  "privatekey",
  "encryption_key",
  "encryptionkey",
  "signing_key",
  "signingkey",
  "credential",
] as const;

const MAX_NAME = 60;
const MAX_VALUE = 256;

/** Letters, digits and `_ . -`; before the trigger `/` too, so that `checksum/secret` is read whole. */
function isNameCode(code: number, before: boolean): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 45 ||
    code === 46 ||
    (before && code === 47)
  );
}

/** Where the name with a trigger at `index` ends; triggers before that belong to the same name. */
export function endOfName(text: string, index: number): number {
  let to = index;
  while (to < text.length && to - index < MAX_NAME && isNameCode(text.charCodeAt(to), false)) to += 1;
  return to;
}

/** The name must end with the promise; `passwordField`, `tokenUrl`, `secretName` speak of something else. */
const PASSWORD_NAME =
  /(?:passw(?:or)?d|passphrase|pwd|(?:^|[_.-])pass)(?:[_-]?(?:value|text|plain|raw|prod(?:uction)?|dev(?:elopment)?|staging|default|\d{1,2})){0,2}$/i;
const KEY_NAME =
  /(?:(?:api|app|auth|access|client|consumer|private|secret|encrypt(?:ion)?|signing|sign|master|session|cookie|jwt|hmac|service|admin|deploy|webhook|license)[_.-]?(?:key|secret|token)|secret|secret[_.-]?key[_.-]?base|token|credentials?)(?:[_-]?(?:value|raw|prod(?:uction)?|dev(?:elopment)?|staging|default|live|\d{1,2})){0,2}$/i;
/** What is derived from a secret, or no secret at all. */
const HARMLESS_NAME =
  /hash|digest|checksum|integrity|sha\d|md5|etag|public|fingerprint|csrf|xsrf|next[_-]?token|page[_-]?token|continuation|cancel|sync[_-]?token|anti[_-]?forgery|cursor|mask|hint|label|placeholder|message|pattern|regex|alphabet|charset|example|sample/i;

/** `name` … `=` … up to the value. Groups: the quote that opens it, if any. */
const OPERATOR =
  /["'`\]]{0,2}[ \t]{0,12}(?:\?{0,1}:[ \t]{0,4}(?:string|String|str|&str|&'static str|const char\*)[ \t]{0,4}=(?!=)|:=|=>|=(?![=>~])|:(?!:))[ \t]{0,12}(?:(?:process\.env|import\.meta\.env|env|config)[\w.[\]"']{1,60}[ \t]{0,3}(?:\|\||\?\?)[ \t]{0,3}|(?:os\.environ\.get|os\.getenv|getenv|ENV\.fetch|env)\(["'][\w.-]{1,60}["'],[ \t]{0,3}){0,1}(?:[bruf@]{0,2}(?<quote>["'`])){0,1}/y;
/** `--password=abc`, `<password>abc</password>`, `.password("abc")`, `ENV SECRET abc`. */
const CALL_OR_TAG = /(?:\([ \t]{0,4}(?<quote>["'`])|(?<tag>>))/y;

const TAG_VALUE = /[^<\n]{1,257}/y;
const BARE_VALUE = /[^\s#,;"'`(){}[\]<>|&]{1,257}/y;

/**
 * Reads the assignment whose name has a trigger at `index`.
 * @param bare whether a value without quotes is one in this file: `.env`, YAML, properties, shell
 * @returns null when the value is none that anybody needs to hide. Looks at a bounded number of characters.
 */
export function readAssignment(text: string, index: number, bare: boolean): Assignment | null {
  let from = index;
  while (from > 0 && index - from < MAX_NAME && isNameCode(text.charCodeAt(from - 1), true)) from -= 1;
  const to = endOfName(text, index);
  const name = text.slice(from, to).replace(/[.-]{1,8}$/, "");
  const kind = kindOfName(name);
  if (!kind) return null;
  const found = valueAfter(text, from + name.length, bare);
  if (!found) return null;
  const judged = kind === "password" ? judgePassword(found.value, name) : judgeKey(found.value, name);
  return (
    judged && { kind, name, start: found.start, end: found.start + found.value.length, value: found.value, ...judged }
  );
}

function kindOfName(name: string): "password" | "key" | null {
  if (HARMLESS_NAME.test(name)) return null;
  if (PASSWORD_NAME.test(name)) return "password";
  return KEY_NAME.test(name) ? "key" : null;
}

function valueAfter(text: string, at: number, bare: boolean): { start: number; value: string } | null {
  OPERATOR.lastIndex = at;
  const assigned = OPERATOR.exec(text);
  if (!assigned) {
    CALL_OR_TAG.lastIndex = at;
    const called = CALL_OR_TAG.exec(text);
    if (!called) return null;
    const start = at + called[0].length;
    if (called.groups?.["tag"]) {
      const inside = until(text, start, TAG_VALUE);
      return inside && text.startsWith("</", start + inside.value.length) ? inside : null;
    }
    return quoted(text, start, called.groups?.["quote"] ?? '"');
  }
  const start = at + assigned[0].length;
  const quote = assigned.groups?.["quote"];
  if (quote) return quoted(text, start, quote);
  return bare ? until(text, start, BARE_VALUE) : null;
}

function quoted(text: string, start: number, quote: string): { start: number; value: string } | null {
  for (let at = start; at < text.length && at - start <= MAX_VALUE; at += 1) {
    const character = text[at];
    if (character === "\n") return null;
    if (character === "\\") at += 1;
    else if (character === quote) return { start, value: text.slice(start, at) };
  }
  return null;
}

function until(text: string, start: number, value: RegExp): { start: number; value: string } | null {
  value.lastIndex = start;
  const found = value.exec(text)?.[0];
  return found && found.length <= MAX_VALUE ? { start, value: found } : null;
}

/** What is text for people, code, a place or an address, whatever its name. */
function isNoSecret(value: string): boolean {
  return (
    isPlaceholder(value) ||
    /^(?:[a-z][a-z0-9+.-]{1,20}:)?\/\/|^[./~]{1,3}[\w/.-]{1,200}$|^[A-Za-z]:\\|^(?:arn|urn|data|projects|vault|ssm|op|secret|env|file):/i.test(
      value,
    ) ||
    /^\/[^/]{1,100}\//.test(value) ||
    // The address of an account or a contract on a block chain.
    /^0x[0-9a-f]{40}$/i.test(value) ||
    isWords(value)
  );
}

function judgePassword(value: string, name: string): Pick<Assignment, "severity" | "confidence"> | null {
  if (value.length < 6 || value.length > 128 || isNoSecret(value)) return null;
  const { lower, upper, digits, special, space } = classesOf(value);
  const classes = [lower, upper, digits > 0, special].filter(Boolean).length;
  if (classes < 2 || (digits === 0 && !special) || entropyOf(value) < 2.2) return null;
  if (space && value.split(/\s/).length > 2) return null;
  // Code that stands in a string: a selector, a call, a comparison.
  if (/[(){};=<>]/.test(value) && /^[#.[(]|[)\]};]$|=>|\(\)/.test(value)) return null;
  if (/^p[a@4][s$5]{2}w?[o0]?r?d?[\d!]{0,4}$|^(?:test|admin|user|demo|secret)[\d!@#]{0,6}$/i.test(value)) {
    return { severity: "low", confidence: "low" };
  }
  const strong = value.length >= 10 && classes >= 3;
  return {
    severity: strong ? "high" : "medium",
    confidence: /test|mock|fake|dummy/i.test(name + value) ? "low" : "medium",
  };
}

function judgeKey(value: string, name: string): Pick<Assignment, "severity" | "confidence"> | null {
  if (value.length < 16 || isNoSecret(value)) return null;
  if (UUID.test(value)) return /token$/i.test(name) ? null : { severity: "medium", confidence: "low" };
  if (!isRandom(value)) return null;
  const low = /test|mock|fake|dummy/i.test(name + value);
  return { severity: "high", confidence: low ? "low" : "medium" };
}

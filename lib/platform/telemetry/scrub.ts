/**
 * Cuts secrets and personal data out of whatever is about to leave the process: log lines, spans, error
 * reports. By the name of a field, at any depth, and by what a text looks like, wherever it stands.
 */
export const REDACTED = "[redacted]";

const DEPTH = 10;
const ENTRIES = 100;
const KEPT_CHARS = 8_192;
/** Scanned beyond what is kept, so that nothing cut in half by the end of the text slips through. */
const SCANNED_CHARS = 16_384;

/** Names in lower case without punctuation: `Set-Cookie`, `set_cookie` and `setCookie` are one. */
const NAMES = new Set(
  "authorization cookie setcookie password passwd passphrase secret token apikey credential credentials email mail phone address ip clientip clientaddress remoteaddress displayname fullname firstname lastname donor donorname card cardnumber cvc cvv iban dsn signature".split(
    " ",
  ),
);
const ENDINGS =
  /(?:password|secret|token|apikey|email|cookie|authorization|credential|privatekey|signingkey|encryptionkey)$/;

/** @returns whether a field of this name is cut whatever it holds. */
export function isSensitiveName(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  return NAMES.has(plain) || ENDINGS.test(plain);
}

const CARD_LIKE = /(?<![\w.])[2-6](?:[ -]?\d){12,18}(?!\w|-[0-9a-f]{2})/g;

/** Each pattern with what takes its place. All are linear in the text: none nests a repetition. */
const PATTERNS: readonly (readonly [RegExp, string | ((found: string) => string)])[] = [
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g, REDACTED],
  [/\/\/[^\s/:@?#]{0,256}:[^\s/@?#]{1,256}@/g, `//${REDACTED}@`],
  [/\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?/g, REDACTED],
  [/\b(?:Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, REDACTED],
  [
    /\b(?:sb_secret_|gh[opsur]_|github_pat_|glpat-|npm_|sk_(?:live|test)_|rk_(?:live|test)_|pi_\w{8,64}_secret_|seti_\w{8,64}_secret_|whsec_|re_|xox[abprs]-|signkey-\w{1,32}-|AKIA)[\w-]{10,}/g,
    REDACTED,
  ],
  [
    /([?&#](?:access_token|refresh_token|provider_token|id_token|token|token_hash|code|email|signature|sig|key|apikey|secret|password|state)=)[^\s&#"']+/gi,
    `$1${REDACTED}`,
  ],
  // JSON inside a text, as providers' answers are when an error quotes them.
  [/("[\w-]{0,40}(?:password|token|secret|email|cookie|authorization|api_?key)"\s*:\s*")[^"]*/gi, `$1${REDACTED}`],
  [/[\p{L}\p{N}._%+'-]{1,64}(?:@|%40)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,8}\.\p{L}{2,24}/gu, REDACTED],
  [CARD_LIKE, (found) => (passesLuhn(found.replaceAll(/\D/g, "")) ? REDACTED : found)],
];

/** Cheap test that is true for every text that one of the patterns could change. */
const SUSPICIOUS =
  /@|%40|eyJ|bearer|basic|PRIVATE KEY|sb_secret_|gh[opsur]_|github_pat_|glpat-|npm_|[sr]k_(?:live|test)_|_secret_|whsec_|re_|xox|signkey-|AKIA|[?&#]\w{1,20}=|(?:password|token|secret|email|cookie|authorization|api_?key)\\?"|[2-6](?:[ -]?\d){12}/i;

/** The check digit of payment cards; nine in ten other numbers of that length fail it. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Next has several module graphs in a process; all of them hide the same values. */
const KEY = Symbol.for("devmentor.telemetry.hidden");
const home = globalThis as { [KEY]?: Set<string> };

/** Hides these very values too, in this process from now on: our own keys, which may look like nothing. */
export function hideValues(values: Iterable<string | undefined>): void {
  const hidden = (home[KEY] ??= new Set());
  for (const value of values) if (value !== undefined && value.length >= 8) hidden.add(value);
}

/** @returns whether {@link scrubText} might change the text. */
export function looksSensitive(text: string): boolean {
  if (SUSPICIOUS.test(text)) return true;
  for (const value of home[KEY] ?? []) if (text.includes(value)) return true;
  return false;
}

/** @returns the text without what looks like a secret or personal data, at most 8,192 characters of it. */
export function scrubText(text: string): string {
  let clean = text.length > SCANNED_CHARS ? text.slice(0, SCANNED_CHARS) : text;
  if (looksSensitive(clean)) {
    for (const value of home[KEY] ?? []) clean = clean.replaceAll(value, REDACTED);
    for (const [pattern, replacement] of PATTERNS)
      clean =
        typeof replacement === "string" ? clean.replace(pattern, replacement) : clean.replace(pattern, replacement);
  }
  return text.length > KEPT_CHARS ? `${clean.slice(0, KEPT_CHARS)}… [${text.length} characters]` : clean;
}

/**
 * @returns a plain copy fit for JSON in which sensitive fields and texts are cut; errors become their type,
 *   message, stack, own fields and causes. What is too deep, too long or circular is cut short.
 */
export function scrub(value: unknown): unknown {
  return copy(value, 0, new Set(), scrubText);
}

/**
 * As {@link scrub}, but by name alone: for a log line, whose text is looked at once it is whole.
 */
export function scrubNames(value: object): Record<string, unknown> {
  return copy(value, 0, new Set(), (text) => text) as Record<string, unknown>;
}

type Text = (text: string) => string;

function copy(value: unknown, depth: number, above: Set<object>, text: Text): unknown {
  if (typeof value === "string") return text(value);
  if (typeof value === "number") return isCard(value) ? REDACTED : value;
  if (typeof value === "bigint") return text(value.toString());
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (above.has(value)) return "[circular]";
  if (depth >= DEPTH) return "[too deep]";
  above.add(value);
  try {
    return copyObject(value, depth + 1, above, text);
  } catch {
    // A getter or toJSON of somebody else's object threw; the line itself must still be written.
    return "[unreadable]";
  } finally {
    above.delete(value);
  }
}

function copyObject(value: object, depth: number, above: Set<object>, text: Text): unknown {
  const item = (one: unknown) => copy(one, depth, above, text);
  if (value instanceof Error) return copyError(value, item);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL) return text(value.href);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value) || value instanceof Set) {
    const all = [...value];
    const kept = all.slice(0, ENTRIES).map(item);
    return all.length > ENTRIES ? [...kept, `[${all.length - ENTRIES} more]`] : kept;
  }
  if (value instanceof Map || value instanceof Headers) return fields([...value.entries()], item);
  if ("toJSON" in value && typeof value.toJSON === "function") return item((value.toJSON as () => unknown)());
  return fields(Object.entries(value), item);
}

function copyError(error: Error, item: (one: unknown) => unknown): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  const own = fields(
    Object.entries(error).filter(([key]) => !["name", "message", "stack", "cause", "errors"].includes(key)),
    item,
  );
  return {
    type: name,
    message: item(message),
    stack: item(stack),
    ...own,
    ...(cause === undefined ? {} : { cause: item(cause) }),
    ...(error instanceof AggregateError ? { errors: item(error.errors) } : {}),
  };
}

function fields(entries: readonly (readonly [unknown, unknown])[], item: (one: unknown) => unknown) {
  const result: Record<string, unknown> = {};
  for (const [key, value] of entries.slice(0, ENTRIES)) {
    const name = String(key);
    result[looksSensitive(name) ? scrubText(name) : name] =
      isSensitiveName(name) && value !== null && value !== undefined && typeof value !== "boolean"
        ? REDACTED
        : item(value);
  }
  if (entries.length > ENTRIES) result["…"] = `[${entries.length - ENTRIES} more]`;
  return result;
}

function isCard(value: number): boolean {
  if (!Number.isSafeInteger(value) || value < 2_000_000_000_000) return false;
  const digits = String(value);
  return /^[2-6]/.test(digits) && digits.length >= 14 && passesLuhn(digits);
}

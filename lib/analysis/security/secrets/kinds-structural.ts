import { classesOf, isPlaceholder, isWords, soundsFake } from "./judge";
import { serviceKey, type SecretKind, type SecretPlace, type SecretVerdict } from "./kind";

const LOCAL_HOST =
  /@(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|0\.0\.0\.0|\[?::1\]?|host\.docker\.internal|(?:db|database|postgres|postgresql|mysql|mariadb|mongo|mongodb|redis|rabbitmq|minio|sql|server|host|hostname|my[\w-]{0,20})(?=[:/"'\s?]|$))/i;
const EXAMPLE_HOST =
  /@[\w.-]{0,200}(?:example\.(?:com|org|net|test)|\.test|\.example|\.invalid|\.local)(?=[:/"'\s?]|$)/i;
/** Passwords that everybody tries first; they protect nothing but tell that this is a development set-up. */
const COMMON_PASSWORD =
  /^(?:pass(?:w(?:or)?d)?|pwd|secret|admin|root|user|guest|test(?:ing)?|postgres|mysql|mongo|redis|toor|qwerty|welcome|letmein|hunter2|s3cr3t|p@ss(?:w0rd)?|p4ssw0rd|abc|foo|bar|baz|demo|dev|docker|rabbitmq|token|key|api|username|login|changeit|x-access-token|x-token-auth|oauth2?|none|null|password123|admin123|12345\d{0,5})[!\d]{0,4}$/i;

function urlPassword({ text, value, end }: SecretPlace): SecretVerdict | null {
  if (isPlaceholder(value) || /^[*xX.•-]{1,80}$/.test(value)) return null;
  const rest = text.slice(end, end + 240);
  if (EXAMPLE_HOST.test(rest)) return null;
  if (COMMON_PASSWORD.test(value)) return LOCAL_HOST.test(rest) ? null : { severity: "low", confidence: "low" };
  if (LOCAL_HOST.test(rest)) return { severity: "low", confidence: "low" };
  return isWords(value) || value.length < 6 ? { confidence: "low" } : {};
}

function basicAuth(place: SecretPlace): SecretVerdict | null {
  const verdict = urlPassword(place);
  // Unlike a database's, these stand in documentation and in tests of URL parsers: the weak ones are all noise.
  if (!verdict || verdict.confidence === "low" || place.value.length < 8) return null;
  const { digits, special } = classesOf(place.value);
  return digits > 0 || special ? verdict : null;
}

/** Decodes a JWT's header or claims. Undefined when it is not JSON. */
function decode(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return value && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    // Not JSON, so not a JWT: an ordinary outcome here.
    return undefined;
  }
}

function jwt({ value }: SecretPlace): SecretVerdict | null {
  const [head = "", body = ""] = value.split(".");
  const header = decode(head);
  const claims = decode(body);
  if (!header || !claims || typeof header["alg"] !== "string") return null;
  // The example of jwt.io, which every tutorial and every test of a JWT library has.
  if (claims["sub"] === "1234567890" || claims["name"] === "John Doe") return null;
  // Supabase's `anon` key is meant for browsers; its demo keys are the same on every machine.
  if (claims["role"] === "anon" || claims["iss"] === "supabase-demo") return null;
  if (claims["role"] === "service_role") return { severity: "critical", confidence: "high" };
  const expires = claims["exp"];
  // An hour or a day is a session's token that somebody pasted; it is over by the time that anybody reads it.
  const issued = claims["iat"];
  const short = typeof expires === "number" && typeof issued === "number" && expires - issued <= 86_400;
  return short ? { severity: "low", confidence: "low" } : {};
}

function authorization({ value, text, start }: SecretPlace): SecretVerdict | null {
  if (isPlaceholder(value) || isWords(value)) return null;
  if (/basic\s{1,4}$/i.test(text.slice(Math.max(0, start - 10), start))) {
    const decoded = Buffer.from(value, "base64").toString("latin1");
    if (!/^[\x20-\x7e]{1,60}:[\x20-\x7e]{1,200}$/.test(decoded)) return null;
    const password = decoded.slice(decoded.indexOf(":") + 1);
    return isPlaceholder(password) || COMMON_PASSWORD.test(password) || isWords(password) ? null : {};
  }
  const { lower, upper, digits } = classesOf(value);
  if (value.length < 20 || digits < 3 || !(lower || upper)) return null;
  return soundsFake(value) ? { confidence: "low" } : {};
}

function connectionPassword({ text, start, value }: SecretPlace): SecretVerdict | null {
  const from = Math.max(text.lastIndexOf("\n", start) + 1, start - 400);
  const end = text.indexOf("\n", start);
  const line = text.slice(from, Math.min(end === -1 ? text.length : end, start + 400));
  // A part of a list like `Server=…;Password=…;`, not an assignment that ends with a semicolon.
  if (!/[;"'`][ \t]{0,3}(?:user[ \t])?(?:password|pwd)[ ]{0,1}=[ ]{0,1}$/i.test(text.slice(from, start))) return null;
  if (!/(?:server|data source|host|initial catalog|database|user id|uid)\s{0,2}=/i.test(line)) return null;
  if (isPlaceholder(value)) return null;
  const local = /(?:server|data source|host)\s{0,2}=\s{0,2}(?:localhost|127\.0\.0\.1|\.|\(local|tcp:localhost)/i.test(
    line,
  );
  if (COMMON_PASSWORD.test(value)) return local ? null : { severity: "low", confidence: "low" };
  return local ? { severity: "low", confidence: "low" } : {};
}

function privateKey({ value, text, start }: SecretPlace): SecretVerdict | null {
  const body = value.replace(/-----[A-Z0-9 ]{1,60}-----|\\[nr]|[\s"'+\\,:;-]/g, "");
  // Three lines of a real key at least; documentation shows "…" or a few letters.
  if (body.length < 90 || /\.\.\.|…|<|\$|\*\*\*/.test(body)) return null;
  if (/ENCRYPTED/.test(value.slice(0, 400))) return { severity: "medium", confidence: "medium" };
  const before = text.slice(Math.max(0, start - 800), start);
  return /service_account/.test(before) && /private_key/.test(before.slice(-200)) ? { severity: "critical" } : {};
}

function awsSecret({ value }: SecretPlace): SecretVerdict | null {
  if (isPlaceholder(value)) return null;
  const { lower, upper, digits } = classesOf(value);
  return lower && upper && digits > 0 ? {} : null;
}

const CREDENTIALS = "Change the password, and read the address from the environment or a secret store.";

/** Secrets known by what stands round them, not by a mark of their issuer. */
export const STRUCTURAL_KINDS: readonly SecretKind[] = [
  serviceKey({
    id: "private-key",
    title: "Private key",
    severity: "critical",
    cwe: "CWE-321",
    advice:
      "Make a new key pair, replace the public half wherever it is trusted, and keep the private half out of the repository: " +
      "a key that was ever pushed is known.",
    triggers: ["-----BEGIN "],
    // The rest, up to the end of the key, is found by `detect`: no pattern with a bound could hold it.
    pattern: /-----BEGIN (?:[A-Z0-9]{2,10} ){0,2}PRIVATE KEY(?: BLOCK){0,1}-----/y,
    edge: /[^\s\S]/,
    visible: 0,
    rank: 3,
    check: privateKey,
  }),
  serviceKey({
    id: "aws-secret-access-key",
    title: "AWS secret access key",
    severity: "critical",
    advice:
      "Deactivate the key in IAM, look in CloudTrail for what it did, and use a role or short-lived credentials instead.",
    triggers: ["secret"],
    anyCase: true,
    pattern:
      /secret[_-]{0,1}(?:access[_-]{0,1}){0,1}key["'\]]{0,2}[ \t]{0,8}(?:=|:|=>|:=|,)[ \t]{0,8}["'`]{0,1}(?<secret>[A-Za-z0-9/+]{40})/iy,
    edge: /[A-Za-z0-9+/=]/,
    visible: 0,
    rank: 2,
    confidence: "medium",
    check: awsSecret,
  }),
  serviceKey({
    id: "jwt",
    title: "JSON Web Token",
    severity: "medium",
    confidence: "medium",
    advice:
      "Let it expire or revoke it, and never commit a token of a real account; if the key that signed it is known too, replace that.",
    triggers: ["eyJ"],
    pattern: /eyJ[A-Za-z0-9_-]{14,1000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{20,700}/y,
    edge: /[\w.-]/,
    visible: 0,
    rank: 1,
    check: jwt,
  }),
  serviceKey({
    id: "database-url",
    title: "Database or broker address with a password",
    severity: "high",
    cwe: "CWE-798",
    advice: CREDENTIALS,
    triggers: ["://"],
    before: { characters: /[A-Za-z0-9+]/, atMost: 26 },
    pattern:
      /(?:postgres(?:ql){0,1}|mysql2{0,1}|mariadb|mongodb|rediss{0,1}|valkey|amqps{0,1}|mssql|sqlserver|clickhouse|cockroachdb|oracle|ldaps{0,1}|nats|couchbase|neo4j|bolt|kafka|smtps{0,1})(?:\+[a-z0-9]{1,12}){0,1}:\/\/[^\s:@/"'`<>]{0,100}:(?<secret>[^\s:@/"'`<>\\]{3,160})@(?=[A-Za-z0-9[_])/y,
    edge: /[^\s\S]/,
    visible: 0,
    rank: 1,
    check: urlPassword,
  }),
  serviceKey({
    id: "url-credentials",
    title: "Address with a user name and a password",
    severity: "medium",
    confidence: "medium",
    cwe: "CWE-522",
    advice: CREDENTIALS,
    triggers: ["://"],
    before: { characters: /[A-Za-z0-9+]/, atMost: 10 },
    pattern:
      /(?:https{0,1}|ftps{0,1}|sftp|ssh|git|wss{0,1}|svn)(?:\+[a-z]{1,6}){0,1}:\/\/[^\s:@/"'`<>?#]{1,100}:(?<secret>[^\s:@/"'`<>\\?#]{3,160})@(?=[A-Za-z0-9[])/y,
    edge: /[^\s\S]/,
    visible: 0,
    rank: 1,
    check: basicAuth,
  }),
  serviceKey({
    id: "connection-string-password",
    title: "Connection string with a password",
    severity: "high",
    confidence: "medium",
    advice: CREDENTIALS,
    triggers: ["password", "pwd"],
    anyCase: true,
    pattern: /(?:password|pwd)[ ]{0,1}=[ ]{0,1}(?<secret>[^\s;"'`<>=()]{5,100})(?=[;"'`])/iy,
    edge: /[^\s\S]/,
    visible: 0,
    rank: 1,
    check: connectionPassword,
  }),
  serviceKey({
    id: "authorization-header",
    title: "Authorization header with a fixed value",
    severity: "high",
    confidence: "medium",
    triggers: ["bearer ", "basic "],
    anyCase: true,
    pattern: /(?:bearer|basic) {1,3}(?<secret>[A-Za-z0-9+/=_.~-]{8,400})/iy,
    edge: /[\w.~+/=-]/,
    visible: 0,
    rank: 0,
    check: authorization,
  }),
  serviceKey({
    id: "discord-bot-token",
    title: "Discord bot token",
    triggers: ["bot", "token", "discord", "login"],
    anyCase: true,
    pattern:
      /(?:bot|token|discord|login)[^\n]{0,24}?["'`=: (](?<secret>[MNO][A-Za-z0-9]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40})/iy,
    edge: /[\w.-]/,
    visible: 0,
    check: ({ value }) =>
      /^\d{17,20}$/.test(Buffer.from(value.slice(0, value.indexOf(".")), "base64").toString("latin1")) ? {} : null,
  }),
  serviceKey({
    id: "netrc-password",
    title: "Password in a .netrc",
    severity: "high",
    triggers: ["machine "],
    pattern: /machine {1,4}[\w.-]{1,120}\s{1,8}login\s{1,4}[^\s]{1,100}\s{1,8}password\s{1,4}(?<secret>[^\s]{4,200})/y,
    visible: 0,
    rank: 1,
    check: ({ value }) => (isPlaceholder(value) || COMMON_PASSWORD.test(value) ? null : {}),
  }),
];

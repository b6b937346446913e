import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** Roles that a client may act as in the database. */
type DatabaseRole = "anon" | "authenticated" | "service_role";

/** Who a channel acts for. `expiresAt` is in milliseconds since 1970; null never ends (API keys). */
export interface Identity {
  readonly role: DatabaseRole;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly expiresAt: number | null;
}

/** Says why a token is refused, in hosted Realtime's words, which client code may look at. */
export class TokenRefused extends Error {
  override readonly name = "TokenRefused";
}

export interface Keys {
  readonly jwtSecret: string;
  readonly publishableKey: string;
  readonly secretKey: string;
}

/** @returns who an API key is, or null when it is none of ours. */
export function identityOfKey(key: string | null | undefined, keys: Keys): Identity | null {
  if (!key) return null;
  if (sameText(key, keys.publishableKey)) return { role: "anon", claims: { role: "anon" }, expiresAt: null };
  if (sameText(key, keys.secretKey)) return { role: "service_role", claims: { role: "service_role" }, expiresAt: null };
  return null;
}

/**
 * Who an access token is. Supabase's client sends the API key where nobody is signed in.
 * @param token the token, an API key, or nothing: then the connection's own key counts
 * @throws TokenRefused when it is malformed, tampered with, expired, or of an unknown role
 */
export function identityOfToken(token: unknown, connection: Identity, keys: Keys): Identity {
  if (token === undefined || token === null || token === "") return connection;
  if (typeof token !== "string") throw new TokenRefused("MalformedJWT: The token provided is not a valid JWT");
  if (token.startsWith("sb_")) {
    const identity = identityOfKey(token, keys);
    if (!identity) throw new TokenRefused("Unauthorized: The API key provided is not valid");
    return identity;
  }
  return verifyJwt(token, keys.jwtSecret, Date.now());
}

/**
 * Verifies an HS256 token, the only kind that the embedded Auth signs.
 * @param now milliseconds since 1970
 * @throws TokenRefused
 */
function verifyJwt(token: string, secret: string, now: number): Identity {
  const parts = token.split(".");
  const [head, body, signature] = parts;
  if (parts.length !== 3 || !head || !body || !signature)
    throw new TokenRefused("MalformedJWT: The token provided is not a valid JWT");
  if (decodeJson(head)["alg"] !== "HS256")
    throw new TokenRefused("JwtSignerError: Failed to generate JWT signer, its algorithm is not HS256");
  const expected = createHmac("sha256", secret).update(`${head}.${body}`).digest();
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new TokenRefused("JwtSignatureError: Failed to validate JWT signature");
  }
  const claims = decodeJson(body);
  const { exp, nbf, role } = claims;
  if (typeof exp !== "number" || typeof role !== "string")
    throw new TokenRefused("InvalidJWTToken: Fields `role` and `exp` are required in JWT");
  const late = Math.floor(now / 1000 - exp);
  if (late >= 0) throw new TokenRefused(`InvalidJWTToken: Token has expired ${late} seconds ago`);
  if (typeof nbf === "number" && nbf > now / 1000 + 5)
    throw new TokenRefused("InvalidJWTToken: Token is not valid yet");
  if (role !== "anon" && role !== "authenticated" && role !== "service_role") {
    throw new TokenRefused(`InvalidJWTToken: The role ${JSON.stringify(role)} is not known`);
  }
  return { role, claims, expiresAt: exp * 1000 };
}

function decodeJson(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    throw new TokenRefused("MalformedJWT: The token provided is not a valid JWT");
  }
  throw new TokenRefused("MalformedJWT: The token provided is not a valid JWT");
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

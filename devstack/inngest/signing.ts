import { createHash, createHmac, timingSafeEqual } from "node:crypto";

const PREFIX = /^signkey-\w+-/;

/** A value that JSON can carry. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * Canonical JSON (RFC 8785). The SDK parses a request, canonicalises it and signs that, so we send exactly this text.
 * Properties whose value is undefined are left out, as JSON.stringify does.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
  }
  return JSON.stringify(value ?? null);
}

/** @throws Error when the key is not `signkey-<environment>-<hex>`: the SDK hashes the hex digits' bytes. */
export function assertSigningKey(signingKey: string): void {
  if (!/^signkey-\w+-(?:[0-9a-f]{2})+$/.test(signingKey)) {
    throw new Error(
      "The Inngest signing key must look like signkey-<environment>-<an even number of lower-case hex digits>; " +
        "the SDK derives its bearer token from those digits. Set INNGEST_SIGNING_KEY to such a key on both sides.",
    );
  }
}

/** The bearer token that the SDK sends for this signing key. */
export function hashedSigningKey(signingKey: string): string {
  const prefix = PREFIX.exec(signingKey)?.[0] ?? "";
  const digest = createHash("sha256")
    .update(Buffer.from(signingKey.replace(PREFIX, ""), "hex"))
    .digest("hex");
  return `${prefix}${digest}`;
}

function hmac(text: string, signingKey: string, seconds: string): string {
  return createHmac("sha256", signingKey.replace(PREFIX, "")).update(text).update(seconds).digest("hex");
}

/**
 * Value of `X-Inngest-Signature` for a body that is sent as canonical JSON.
 * @param now milliseconds since the epoch
 */
export function sign(body: string, signingKey: string, now: number = Date.now()): string {
  const seconds = Math.round(now / 1_000).toString();
  return `t=${seconds}&s=${hmac(body, signingKey, seconds)}`;
}

/** Whether a response's signature is by the same key, over exactly this text. */
export function verifySignature(header: string | undefined, body: string, signingKey: string): boolean {
  const parameters = new URLSearchParams(header ?? "");
  const seconds = parameters.get("t") ?? "";
  return equalText(parameters.get("s") ?? "", hmac(body, signingKey, seconds));
}

/** Compares two secrets without telling by its duration where they differ. */
export function equalText(a: string, b: string): boolean {
  const left = createHash("sha256").update(a).digest();
  const right = createHash("sha256").update(b).digest();
  return timingSafeEqual(left, right);
}

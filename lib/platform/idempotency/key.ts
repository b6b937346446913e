import { createHash } from "node:crypto";
import { AppError } from "@/lib/kernel/errors";

const VISIBLE = /^[\x21-\x7e]{8,255}$/;
/** A structured field's string (RFC 9651): quoted, with `\"` and `\\` for the two that need it. */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

/**
 * Reads an `Idempotency-Key` header, bare or quoted; both spell one key.
 * @throws AppError `idempotency_key_required`, `idempotency_key_invalid`
 */
export function readKey(header: string | null | undefined): string {
  const text = header?.trim() ?? "";
  if (text === "") {
    throw new AppError(
      "idempotency_key_required",
      "The header Idempotency-Key is missing. Without one a repeated request could act twice. Send a new random value, such as a UUID, and the same one when you repeat the request.",
    );
  }
  const key = text.startsWith('"') ? QUOTED.exec(text)?.[1]?.replaceAll(/\\(["\\])/g, "$1") : text;
  if (key === undefined || !VISIBLE.test(key)) {
    throw new AppError(
      "idempotency_key_invalid",
      "The header Idempotency-Key cannot be read. It has 8 to 255 visible characters without spaces, bare or in double quotes.",
    );
  }
  return key;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** SHA-256 of who calls, in hex: part of the key's identity. */
export type CallerHash = string & { readonly callerHash: never };

/** @param id the signed-in user's id */
export function callerOfUser(id: string): CallerHash {
  return sha256(`user:${id}`) as CallerHash;
}

/** @param email the address that a guest gave; how it is cased makes no difference */
export function callerOfGuest(email: string): CallerHash {
  return sha256(`guest:${email.trim().toLowerCase()}`) as CallerHash;
}

/** SHA-256, in hex, of a validated body: the order of its members makes no difference. */
export function fingerprint(body: unknown): string {
  return sha256(canonical(body));
}

function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value instanceof Date) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`;
}

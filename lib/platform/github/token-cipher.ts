import "server-only";
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** Version of the key in use, kept in front of each ciphertext so that keys can be rolled. */
const KEY_VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A stored token that this key does not open: another key, another user, or changed bytes. */
export class TokenCipherError extends Error {
  override readonly name = "TokenCipherError";
}

/**
 * Encrypts a token with AES-256-GCM: version byte, random IV, tag, ciphertext, in base64. The user's
 * id is authenticated with it, so a row copied to another user does not open.
 * @param key 32 bytes in base64 (TOKEN_ENCRYPTION_KEY)
 */
export function encryptToken(token: string, userId: string, key: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(key, "base64"), iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(userId));
  const body = Buffer.concat([cipher.update(token, "utf8"), cipher.final()]);
  return Buffer.concat([Buffer.from([KEY_VERSION]), iv, cipher.getAuthTag(), body]).toString("base64");
}

/**
 * Decrypts what {@link encryptToken} made, for the same user.
 * @throws TokenCipherError
 */
export function decryptToken(sealed: string, userId: string, key: string): string {
  const bytes = Buffer.from(sealed, "base64");
  if (bytes[0] !== KEY_VERSION)
    throw new TokenCipherError(
      `token was sealed with key version ${bytes[0] ?? "none"}, this server has ${KEY_VERSION}`,
    );
  const iv = bytes.subarray(1, 1 + IV_BYTES);
  const tag = bytes.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv("aes-256-gcm", Buffer.from(key, "base64"), iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(associatedData(userId));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(bytes.subarray(1 + IV_BYTES + TAG_BYTES)), decipher.final()]).toString(
      "utf8",
    );
  } catch (cause) {
    throw new TokenCipherError("token does not open with this key for this user", { cause });
  }
}

function associatedData(userId: string): Buffer {
  return Buffer.from(`github-token:${userId.toLowerCase()}`, "utf8");
}

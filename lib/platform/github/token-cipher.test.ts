import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decryptToken, encryptToken, TokenCipherError } from "./token-cipher";

const key = randomBytes(32).toString("base64");
const ANN = "11111111-1111-4111-8111-111111111111";
const BOB = "22222222-2222-4222-8222-222222222222";

describe("token cipher", () => {
  it("opens what it sealed, for the same user", () => {
    expect(decryptToken(encryptToken("gho_secret", ANN, key), ANN, key)).toBe("gho_secret");
  });

  it("seals the same token differently each time, and shows nothing of it", () => {
    const [a, b] = [encryptToken("gho_secret", ANN, key), encryptToken("gho_secret", ANN, key)];
    expect(a).not.toBe(b);
    expect(Buffer.from(a, "base64").toString("latin1")).not.toContain("gho_");
  });

  it("does not open for another user, with another key, or after any byte has changed", () => {
    const sealed = encryptToken("gho_secret", ANN, key);
    expect(() => decryptToken(sealed, BOB, key)).toThrow(TokenCipherError);
    expect(() => decryptToken(sealed, ANN, randomBytes(32).toString("base64"))).toThrow(TokenCipherError);
    const bytes = Buffer.from(sealed, "base64");
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => decryptToken(changed.toString("base64"), ANN, key)).toThrow(TokenCipherError);
    }
    expect(() => decryptToken("", ANN, key)).toThrow(TokenCipherError);
    expect(() => decryptToken(bytes.subarray(0, 20).toString("base64"), ANN, key)).toThrow(TokenCipherError);
  });
});

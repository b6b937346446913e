import { describe, expect, it } from "vitest";
import { readTokenHint } from "./token";

const encode = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const token = (payload: unknown) => `${encode({ alg: "HS256" })}.${encode(payload)}.c2ln`;
const sub = "0a1b2c3d-0000-4000-8000-000000000001";

describe("readTokenHint", () => {
  it("reads the subject and the expiry", () => {
    expect(readTokenHint(token({ sub, exp: 7 }))).toEqual({ userId: sub, expiresAt: 7 });
  });

  it.each([
    "",
    "a.b",
    "a.b.c.d",
    "not a token",
    token("{"),
    token({ sub: "x", exp: 7 }),
    token({ sub }),
    token({ sub, exp: "7" }),
    `${token({ sub, exp: 7 })}\n`,
  ])("refuses %j", (value) => {
    expect(readTokenHint(value)).toBeNull();
  });
});

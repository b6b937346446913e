import { describe, expect, it } from "vitest";
import { hideValues, isSensitiveName, passesLuhn, scrub, scrubText } from "./scrub";

const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

describe("a text", () => {
  it.each([
    ["an address", "no account of ada.lovelace+x@example.org here", "ada.lovelace"],
    ["an address beyond ASCII", "no account of jürgen@münchen.example", "jürgen"],
    ["an address in a URL", "GET /x?q=ada%40example.org", "ada%40"],
    ["an address after an escape", "first\nada@example.org", "ada@"],
    ["a card", "card 4242 4242 4242 4242 was refused", "4242"],
    ["a card with dashes", "card-4000-0566-5566-5556", "5566"],
    ["a bare card", "number=5555555555554444;", "5555"],
    ["a bearer token", "Authorization: Bearer abc.def-ghi_jkl", "abc.def"],
    ["a JWT", `token ${JWT}`, "eyJ"],
    ["our secret key", "apikey sb_secret_0123456789abcdef", "0123456789abcdef"],
    ["a GitHub token", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "16C7e42"],
    ["a GitHub fine-grained token", "github_pat_11ABCDEFG0abcdefghijkl_x", "11ABCDEFG"],
    ["a Stripe key", "sk_test_4eC39HqLyjWDarjtT1zdp7dc", "4eC39"],
    ["a client secret", "pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_YrKJUKribcBjcG8HVhfZluoGH", "YrKJUK"],
    ["a password in a URL", "postgres://app:hunter22@db.internal/x", "hunter22"],
    ["a code in a query", "/auth/callback?code=abcdef123456&next=/", "abcdef"],
    ["a field of JSON in a text", 'answered 400: {"new_password": "canary-x"}', "canary-x"],
    ["a private key", "-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----", "MIIabc"],
  ])("loses %s", (_what, text, canary) => {
    const clean = scrubText(text);
    expect(clean).toContain("[redacted]");
    expect(clean).not.toContain(canary);
  });

  it.each([
    "GET /api/v1/analyses/{id} took 12.5 ms",
    "trace 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "at file:///srv/app/node_modules/next/dist/server.js:12:34",
    "next@16.4.5 and @supabase/supabase-js",
    "order 4242424242424243 fails the check digit",
    "2026-11-23T16:03:08.123Z 1764000000000000 ns",
    "id 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
  ])("keeps what is neither: %s", (text) => {
    expect(scrubText(text)).toBe(text);
  });

  it("loses a value of ours that looks like nothing", () => {
    hideValues(["plainlookingvalue", undefined, "short"]);
    expect(scrubText("url http://x/plainlookingvalue short")).toBe("url http://x/[redacted] short");
  });

  it("is cut at 8,192 characters, with nothing cut in half", () => {
    const long = `${"x ".repeat(4_090)}ada@example.org${" y".repeat(50_000)}`;
    const clean = scrubText(long);
    expect(clean.length).toBeLessThan(8_300);
    expect(clean).not.toContain("ada@");
  });

  it("is scanned in linear time, whatever it is made of", () => {
    for (const unit of [
      "a",
      "a.",
      "1 ",
      "4-",
      "@",
      "%40",
      "eyJa.",
      "?a=",
      "Bearer ",
      "//a:",
      "-----BEGIN PRIVATE KEY-----",
    ]) {
      expect(typeof scrubText(unit.repeat(20_000))).toBe("string");
    }
  });
});

describe("a value", () => {
  it("loses fields by name at any depth, in any spelling", () => {
    const clean = JSON.stringify(
      scrub({
        a: { b: { c: { d: { Password: "canary-1", access_token: "canary-2", "Set-Cookie": ["canary-3"] } } } },
        list: [{ email: "canary-4" }],
        map: new Map([["X-Api-Key", "canary-5"]]),
        headers: new Headers({ authorization: "canary-6" }),
        analysisId: "kept",
      }),
    );
    expect(clean).not.toContain("canary");
    expect(clean).toContain("kept");
  });

  it("keeps a flag and an absence under such a name", () => {
    expect(scrub({ email: null, token: undefined, secret: true })).toEqual({
      email: null,
      token: undefined,
      secret: true,
    });
  });

  it("follows an error through causes, aggregates and own fields", () => {
    const error = new Error("outer ada@example.org", {
      cause: new AggregateError([new TypeError(`inner ${JWT}`)], "all failed", { cause: { token: "canary" } }),
    });
    const clean = scrub({ error: Object.assign(error, { details: "Key (email)=(bob@example.org) exists" }) }) as {
      error: { type: string; stack: string; cause: { errors: { type: string; message: string }[] } };
    };
    const text = JSON.stringify(clean);
    expect(text).not.toMatch(/ada@|bob@|eyJ|canary/);
    expect(clean.error.type).toBe("Error");
    expect(clean.error.stack).toContain("scrub.test.ts");
    expect(clean.error.cause.errors[0]?.type).toBe("TypeError");
  });

  it("ends on circles, depth, length, and getters that throw", () => {
    const circle: Record<string, unknown> = { n: 4_242_424_242_424_242 };
    circle["self"] = circle;
    let deep: unknown = "bottom";
    for (let level = 0; level < 50; level += 1) deep = { deep };
    const thrower = Object.defineProperty({}, "x", {
      enumerable: true,
      get: () => {
        throw new Error("no");
      },
    });
    const clean = scrub({
      circle,
      deep,
      thrower,
      many: Array.from({ length: 1_000 }, () => 1),
      bytes: Buffer.alloc(9),
    });
    expect(clean).toMatchObject({
      circle: { n: "[redacted]", self: "[circular]" },
      thrower: "[unreadable]",
      bytes: "[9 bytes]",
    });
    expect(JSON.stringify(clean)).toContain("[too deep]");
    expect(JSON.stringify(clean)).toContain("[900 more]");
  });
});

it("knows the check digit of a card", () => {
  expect(passesLuhn("4242424242424242")).toBe(true);
  expect(passesLuhn("4242424242424241")).toBe(false);
});

it("does not take the end of a name for the whole", () => {
  expect(isSensitiveName("refreshToken")).toBe(true);
  expect(isSensitiveName("tokens")).toBe(false);
  expect(isSensitiveName("mailId")).toBe(false);
});

import { describe, expect, it } from "vitest";
import { rateHeaders, secondsLeft } from "./headers";

const NOW = 1_000_000;
const counted = (name: string, remaining: number, allowed = true) => ({
  name,
  policy: { limit: 60, windowSeconds: 600, by: "ip", fails: "closed" } as const,
  verdict: { allowed, remaining, resetAt: NOW + 12_300 },
});

describe("rateHeaders", () => {
  it("are structured-field lists with an item for each policy", () => {
    expect(rateHeaders([counted("login-ip", 7), counted("login-email", 0, false)], NOW)).toEqual({
      "RateLimit-Policy": '"login-ip";q=60;w=600, "login-email";q=60;w=600',
      RateLimit: '"login-ip";r=7;t=13, "login-email";r=0;t=13',
    });
  });

  it("are none when nothing was counted", () => {
    expect(rateHeaders([], NOW)).toEqual({});
  });

  it("never tell to come back at once", () => {
    expect(secondsLeft({ allowed: false, remaining: 0, resetAt: NOW - 5_000 }, NOW)).toBe(1);
  });
});

import { describe, expect, it } from "vitest";
import { MemoryLimiter } from "./memory";

const policy = { limit: 4, windowSeconds: 10, by: "ip", fails: "open" } as const;
const START = 1_000_000_000_000;

describe("MemoryLimiter", () => {
  it("lets the limit through and not one more", () => {
    const limiter = new MemoryLimiter();
    const verdicts = Array.from({ length: 6 }, () => limiter.take("a", policy, START).allowed);
    expect(verdicts).toEqual([true, true, true, true, false, false]);
  });

  it("keeps keys apart", () => {
    const limiter = new MemoryLimiter();
    for (let call = 0; call < 4; call += 1) limiter.take("a", policy, START);
    expect(limiter.take("a", policy, START).allowed).toBe(false);
    expect(limiter.take("b", policy, START).allowed).toBe(true);
  });

  it("lets the last window fade rather than end, so a burst at the border gains nothing", () => {
    const limiter = new MemoryLimiter();
    for (let call = 0; call < 4; call += 1) limiter.take("a", policy, START + 9_900);
    expect(limiter.take("a", policy, START + 10_000).allowed).toBe(false);
    expect(limiter.take("a", policy, START + 12_500).allowed).toBe(true);
    expect(limiter.take("a", policy, START + 12_500).allowed).toBe(false);
  });

  it("forgets a window that is over, and says when it is", () => {
    const limiter = new MemoryLimiter();
    for (let call = 0; call < 5; call += 1) limiter.take("a", policy, START);
    expect(limiter.take("a", policy, START + 1).resetAt).toBe(START + 10_000);
    expect(limiter.take("a", policy, START + 20_000)).toEqual({ allowed: true, remaining: 3, resetAt: START + 30_000 });
  });
});

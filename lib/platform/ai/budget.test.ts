import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { costMicro, mostMicro } from "./budget";

const HAIKU = { inputMicro: 100_000, outputMicro: 500_000 };
const prices = fc.record({
  inputMicro: fc.integer({ min: 0, max: 100_000_000 }),
  outputMicro: fc.integer({ min: 0, max: 500_000_000 }),
});

describe("what a call costs", () => {
  it.each([
    [1_000_000, 0, 100_000],
    [0, 1_000_000, 500_000],
    [1_000, 200, 200],
    // A part of a millionth is a whole one: rounding down would make calls free.
    [1, 0, 1],
    [1, 1, 2],
    [0, 0, 0],
  ])("is for %i tokens in and %i out %i millionths of a dollar", (inputTokens, outputTokens, micro) => {
    expect(costMicro(HAIKU, { inputTokens, outputTokens })).toBe(micro);
  });

  it("is a whole number that no call within its limits can go past what was set aside for", () => {
    fc.assert(
      fc.property(prices, fc.string(), fc.nat(8_000), fc.nat(), fc.nat(), (at, prompt, allowed, one, other) => {
        const most = mostMicro(at, prompt, allowed);
        const usage = {
          inputTokens: one % (Buffer.byteLength(prompt) + 1),
          outputTokens: other % (allowed + 1),
        };
        const cost = costMicro(at, usage);
        expect(Number.isSafeInteger(most) && Number.isSafeInteger(cost)).toBe(true);
        expect(cost).toBeLessThanOrEqual(most);
      }),
    );
  });

  it("counts bytes, because a character can be several tokens", () => {
    expect(mostMicro(HAIKU, "\u{1F600}".repeat(1_000), 0)).toBe(mostMicro(HAIKU, "a".repeat(4_000), 0));
  });
});

import { describe, expect, it } from "vitest";
import { rangeOf } from "./certainty";

describe("how sure a chance is", () => {
  it("holds the chance, within 0 and 1", () => {
    for (const chance of [0, 0.2, 0.5, 0.85, 1]) {
      const { low, high } = rangeOf(chance, 3);
      expect(low).toBeGreaterThan(0);
      expect(high).toBeLessThan(1);
      expect(low).toBeLessThanOrEqual(Math.max(0.001, chance));
      expect(high).toBeGreaterThanOrEqual(Math.min(0.999, chance));
    }
  });

  it("narrows with each answer", () => {
    const widths = [0, 1, 4, 12, 40].map((answers) => {
      const { low, high } = rangeOf(0.7, answers);
      return high - low;
    });
    expect(widths).toEqual(widths.toSorted((one, other) => other - one));
    expect(widths[0]).toBeGreaterThan(0.6);
    expect(widths[4]).toBeLessThan(0.25);
  });

  it("has the width that four of five of a normal spread have", () => {
    // Without an answer only learners' own spread is left: ± 1.2816 × 1.5 on the scale of odds.
    const { low, high } = rangeOf(0.5, 0);
    expect(Math.log(high / (1 - high))).toBeCloseTo(1.922, 3);
    expect(Math.log(low / (1 - low))).toBeCloseTo(-1.922, 3);
  });
});

import { describe, expect, it } from "vitest";
import { knotOf, rangeOf, stepOf } from "./certainty";

const CHANCES = Array.from({ length: 101 }, (_, percent) => percent / 100);

describe("how sure a chance is", () => {
  it.each([1, 2, 3, 5, 6, 10, 11, 40, 500])("after %i answers holds the chance, within 0 and 1", (answers) => {
    for (const chance of CHANCES) {
      const { low, high } = rangeOf(chance, answers);
      expect(low).toBeLessThanOrEqual(chance);
      expect(high).toBeGreaterThanOrEqual(chance);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
    }
  });

  it.each([1, 3, 6, 11])("after %i answers never falls where the chance rises, nor jumps", (answers) => {
    const ranges = CHANCES.map((chance) => rangeOf(chance, answers));
    ranges.slice(1).forEach((range, index) => {
      for (const end of ["low", "high"] as const) {
        expect(range[end]).toBeGreaterThanOrEqual(ranges[index]?.[end] ?? 0);
        expect(range[end] - (ranges[index]?.[end] ?? 0)).toBeLessThan(0.06);
      }
    });
  });

  it("is narrower of who answered more, where much is believed of them", () => {
    const widths = [1, 3, 6, 11].map((answers) => {
      const { low, high } = rangeOf(0.8, answers);
      return high - low;
    });
    expect(widths).toEqual(widths.toSorted((one, other) => other - one));
    expect(widths[0]).toBeGreaterThan(0.6);
    expect(widths[3]).toBeLessThan(0.4);
  });

  it("looks up at the nearest knot, and in the step that so many answers have reached", () => {
    expect([0, 1, 2, 3, 5, 6, 10, 11, 99].map(stepOf)).toEqual([0, 0, 0, 1, 1, 2, 2, 3, 3]);
    expect([0, 0.1, 0.19, 0.21, 0.5, 0.9, 1].map(knotOf)).toEqual([0, 0, 0, 1, 2, 5, 5]);
    const { low, high } = rangeOf(0.5, 11);
    const between = rangeOf(0.4, 11);
    const below = rangeOf(0.3, 11);
    expect(between.low).toBeCloseTo((low + below.low) / 2, 10);
    expect(between.high).toBeCloseTo((high + below.high) / 2, 10);
  });
});

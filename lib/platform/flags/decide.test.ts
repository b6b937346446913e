import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decide, place, type FlagRules } from "./decide";

const about = { owner: "tests", description: "for tests" };
const SWITCH = { type: "boolean", default: false, off: false, ...about } as const;
const CHOICE = { type: "choice", choices: ["old", "new", "safe"], default: "old", off: "safe", ...about } as const;
const rules = (more: Partial<FlagRules> = {}): FlagRules => ({
  name: "f",
  killed: false,
  value: true,
  percentage: 0,
  roles: [],
  userIds: [],
  version: 1,
  ...more,
});

describe("decide", () => {
  it("gives the default where nothing is set, and to whom no rule takes in", () => {
    expect(decide("f", SWITCH, undefined, { userId: "u" })).toBe(false);
    expect(decide("f", SWITCH, rules(), { userId: "u", roles: ["member"] })).toBe(false);
  });

  it("takes persons and roles in", () => {
    const set = rules({ userIds: ["u"], roles: ["operator"] });
    expect(decide("f", SWITCH, set, { userId: "u" })).toBe(true);
    expect(decide("f", SWITCH, set, { userId: "v", roles: ["member", "operator"] })).toBe(true);
    expect(decide("f", SWITCH, set, { userId: "v", roles: ["member"] })).toBe(false);
  });

  it("gives everybody the safe value once it is killed, the named too", () => {
    const set = rules({ killed: true, value: "new", userIds: ["u"], percentage: 100 });
    expect(decide("f", CHOICE, set, { userId: "u" })).toBe("safe");
  });

  it("never gives a value that the flag cannot have", () => {
    expect(decide("f", CHOICE, rules({ value: "gone", percentage: 100 }), {})).toBe("old");
    expect(decide("f", SWITCH, rules({ value: "yes", percentage: 100 }), {})).toBe(false);
  });

  it("takes about so many in as the percentage says, and those who are in stay in as it grows", () => {
    const people = Array.from({ length: 10_000 }, () => randomUUID());
    const at = (percentage: number) =>
      new Set(people.filter((userId) => decide("f", SWITCH, rules({ percentage }), { userId }) === true));
    const [ten, half, all] = [at(10), at(50), at(100)];
    // Five standard deviations either way.
    expect(ten.size).toBeGreaterThan(850);
    expect(ten.size).toBeLessThan(1_150);
    expect(half.size).toBeGreaterThan(4_750);
    expect(half.size).toBeLessThan(5_250);
    expect(all.size).toBe(10_000);
    expect([...ten].every((userId) => half.has(userId))).toBe(true);
    expect(at(0).size).toBe(0);
  });

  it("takes nobody without an id in by percentage, short of all", () => {
    expect(decide("f", SWITCH, rules({ percentage: 99 }), {})).toBe(false);
    expect(decide("f", SWITCH, rules({ percentage: 100 }), {})).toBe(true);
  });
});

describe("place", () => {
  it("is the same in every process and every release", () => {
    expect(place("start-analyses", "00000000-0000-4000-8000-000000000001").toFixed(4)).toBe("23.8754");
  });

  it("differs from flag to flag", () => {
    expect(place("a", "u")).not.toBe(place("b", "u"));
  });
});

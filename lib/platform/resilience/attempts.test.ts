import { describe, expect, it } from "vitest";
import { attemptsAt, delayAfter } from "./attempts";
import { OFFICE_HOURS } from "./policies";

const neverAsked = () => {
  throw new Error("no zone is needed here");
};
const at = (time: string) => new Date(`2026-11-23T${time}Z`);

describe("attemptsAt", () => {
  it.each([
    ["08:59:59", 3],
    ["09:00:00", 5],
    ["16:59:59", 5],
    ["17:00:00", 3],
    ["00:00:00", 3],
  ])("allows at %s UTC %i attempts", (time, attempts) => {
    expect(attemptsAt(OFFICE_HOURS, at(time), () => "UTC")).toBe(attempts);
  });

  it("reads the hour off the configured zone's clock", () => {
    expect(attemptsAt(OFFICE_HOURS, at("08:30:00"), () => "Europe/Berlin")).toBe(5);
    expect(attemptsAt(OFFICE_HOURS, at("16:30:00"), () => "Europe/Berlin")).toBe(3);
  });

  it("keeps a fixed number at any hour", () => {
    expect(attemptsAt(3, at("12:00:00"), neverAsked)).toBe(3);
  });
});

describe("delayAfter", () => {
  const policy = { firstDelayMs: 1_000, maxDelayMs: 30_000 };

  it("doubles from one second and stops at the cap", () => {
    const almostOne = 1 - Number.EPSILON;
    expect([1, 2, 3, 5, 6, 20].map((n) => Math.round(delayAfter(n, policy, almostOne)))).toEqual([
      1_000, 2_000, 4_000, 16_000, 30_000, 30_000,
    ]);
  });

  it("takes half of it at the least", () => {
    expect(delayAfter(1, policy, 0)).toBe(500);
    expect(delayAfter(9, policy, 0)).toBe(15_000);
  });
});

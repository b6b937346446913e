import { describe, expect, it } from "vitest";
import { exactTime, relativeTime, utcDay } from "./time-format";

const NOW = Date.UTC(2026, 10, 23, 14, 30);
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("relativeTime", () => {
  it.each([
    [0, "just now"],
    [-59 * SECOND, "just now"],
    [59 * SECOND, "in a moment"],
    [-MINUTE, "1 minute ago"],
    [-(59 * MINUTE + 59 * SECOND), "59 minutes ago"],
    [-HOUR, "1 hour ago"],
    [2 * HOUR, "in 2 hours"],
    [-(23 * HOUR + 59 * MINUTE), "23 hours ago"],
    [-DAY, "1 day ago"],
    [-6 * DAY, "6 days ago"],
    [-7 * DAY, "1 week ago"],
    [-45 * DAY, "1 month ago"],
    [400 * DAY, "in 1 year"],
  ])("%d ms from now reads %j", (offset, words) => {
    expect(relativeTime(NOW + offset, NOW)).toBe(words);
  });
});

describe("exactTime", () => {
  it("names the zone", () => {
    expect(exactTime(NOW, "UTC")).toBe("23 November 2026 at 14:30 UTC");
  });
  it("speaks the reader's zone when asked", () => {
    expect(exactTime(NOW, "Asia/Tokyo")).toBe("23 November 2026 at 23:30 GMT+9");
  });
});

describe("utcDay", () => {
  it("is the same wherever the server stands", () => {
    expect(utcDay(Date.UTC(2026, 0, 1, 0, 30))).toBe("1 Jan 2026");
    expect(utcDay(Date.UTC(2025, 11, 31, 23, 59))).toBe("31 Dec 2025");
  });
});

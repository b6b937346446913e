import { describe, expect, it } from "vitest";
import { formatBytes, formatDuration, formatShare, phaseLines } from "./rules";

describe("phaseLines", () => {
  const states = (progress: number, status: "queued" | "running" | "completed" | "failed" = "running", found = {}) =>
    phaseLines({ status, progress, found }).map((line) => line.state);

  it("has one phase now while it runs", () => {
    expect(states(0, "queued")).toEqual(["now", "waiting", "waiting", "waiting", "waiting", "waiting"]);
    expect(states(10)).toEqual(["done", "now", "waiting", "waiting", "waiting", "waiting"]);
  });

  it("says which phases are not part of it, though they have been passed", () => {
    const notYet = { status: "not_yet" as const, message: "no" };
    expect(states(60, "running", { patterns: notYet, security: notYet })).toEqual([
      "done",
      "done",
      "not_yet",
      "not_yet",
      "now",
      "waiting",
    ]);
  });

  it("has nothing now when it has ended", () => {
    expect(states(20, "failed")).toEqual(["done", "done", "waiting", "waiting", "waiting", "waiting"]);
  });
});

describe("formats", () => {
  it.each([
    [0, "0 bytes"],
    [999, "999 bytes"],
    [1_000, "1.0 kB"],
    [689_000, "689 kB"],
    [1_402_285, "1.4 MB"],
  ])("%i bytes", (bytes, words) => expect(formatBytes(bytes)).toBe(words));
  it.each([
    [0, "0.0%"],
    [0.0004, "<0.1%"],
    [0.855, "85.5%"],
    [1, "100.0%"],
  ])("share %d", (share, words) => expect(formatShare(share)).toBe(words));
  it.each([
    [80, "80 ms"],
    [4_624, "4.6 s"],
    [125_000, "2 min 5 s"],
  ])("%i ms", (ms, words) => expect(formatDuration(ms)).toBe(words));
});

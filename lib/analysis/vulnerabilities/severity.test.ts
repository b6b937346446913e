import { describe, expect, it } from "vitest";
import { baseScore, severityOf } from "./severity";
import { compareVersions } from "./versions";

describe("the base score of a CVSS vector", () => {
  // Scores as first.org's own calculator has them.
  it.each([
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1],
    ["CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 7.5],
    ["CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:L", 3.7],
    ["CVSS:3.0/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N", 1.8],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0],
    // The examples of the standard's own text and calculator.
    ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10],
    ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3],
    ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N", 8.7],
    ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N", 5.1],
    ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0],
    // Whether somebody uses it already is no part of the base score.
    ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U", 9.3],
  ])("%s is %f", (vector, score) => {
    expect(baseScore(vector)).toBe(score);
  });

  it.each([
    "",
    "7.5",
    "AV:N/AC:L/Au:N/C:P/I:P/A:P",
    "CVSS:4.0/AV:N",
    `CVSS:4.0/${"AV:N/".repeat(100)}`,
    "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/NO:N",
    "CVSS:3.1/AV:N/S:U",
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:X",
  ])("%j has none", (vector) => {
    expect(baseScore(vector)).toBeNull();
  });
});

describe("the severity of an advisory", () => {
  it("is its database's word, else its vector's band, else unknown", () => {
    const score = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    expect(severityOf({ database_specific: { severity: "MODERATE" }, severity: [{ type: "CVSS_V3", score }] })).toBe(
      "medium",
    );
    expect(severityOf({ severity: [{ type: "CVSS_V3", score }] })).toBe("critical");
    const newer = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N";
    expect(severityOf({ severity: [{ type: "CVSS_V4", score: newer }] })).toBe("high");
    expect(
      severityOf({
        severity: [
          { type: "CVSS_V3", score },
          { type: "CVSS_V4", score: newer },
        ],
      }),
    ).toBe("high");
    expect(severityOf({ severity: [{ type: "CVSS_V4", score: "CVSS:4.0/AV:N" }] })).toBeNull();
    expect(
      severityOf({
        severity: [
          { type: "CVSS_V3", score },
          { type: "CVSS_V4", score: "CVSS:4.0/AV:N" },
        ],
      }),
    ).toBe("critical");
    expect(severityOf({ database_specific: { severity: "constructor" } })).toBeNull();
    expect(severityOf({})).toBeNull();
  });
});

describe("versions", () => {
  it("are in the order of their numbers, a pre-release before its release", () => {
    const order = ["0.9", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2", "1.10.0rc1", "1.10.0", "v2.0.0", "10.0.0"];
    expect([...order].reverse().toSorted(compareVersions)).toEqual(order);
    expect(compareVersions("1.0", "1.0.0+build")).toBe(0);
  });
});

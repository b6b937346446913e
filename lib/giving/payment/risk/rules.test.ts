import { describe, expect, test } from "vitest";
import { DECLINE_LIMITS, exhaustedLimit, judgeRisk, looksAutomated, QUIET_BELOW, type RecentTries } from "./rules";

const quiet: RecentTries = { campaign: null, card: null, email: null, ip: null };
const tries = (attempts: number, declines: number) => ({ attempts, declines });

describe("card testing", () => {
  test("a card and a campaign are used up by declines alone", () => {
    expect(exhaustedLimit(quiet)).toBeUndefined();
    expect(exhaustedLimit({ ...quiet, card: tries(500, 0), campaign: tries(5000, 0) })).toBeUndefined();
    expect(exhaustedLimit({ ...quiet, card: tries(5, DECLINE_LIMITS.card.declines) })).toBe("card");
    expect(exhaustedLimit({ ...quiet, campaign: tries(400, DECLINE_LIMITS.campaign.declines) })).toBe("campaign");
  });

  test("what is let through unjudged passes every judgement", () => {
    const below = Object.entries(QUIET_BELOW) as [keyof RecentTries, { attempts: number; declines: number }][];
    const refused: unknown[] = [];
    let judged = 0;
    for (const [place, { attempts: many, declines }] of below) {
      const most = Math.min(many - 1, 10_000);
      for (let attempts = 0; attempts <= most; attempts += 1)
        for (let declined = 0; declined < Math.min(declines, attempts + 1); declined += 1) {
          const told = { ...quiet, [place]: tries(attempts, declined) };
          judged += 1;
          if (looksAutomated(told) || exhaustedLimit(told)) refused.push([place, attempts, declined]);
        }
    }
    expect(refused).toEqual([]);
    expect(judged).toBeGreaterThan(1_000);
  });

  test("a generous day does not look automated, a tester does", () => {
    expect(looksAutomated({ ...quiet, campaign: tries(3000, 150), ip: tries(3, 3), email: tries(5, 1) })).toBe(false);
    expect(looksAutomated({ ...quiet, ip: tries(4, 2) })).toBe(true);
    expect(looksAutomated({ ...quiet, ip: tries(20, 0) })).toBe(true);
    expect(looksAutomated({ ...quiet, email: tries(6, 5) })).toBe(true);
    expect(looksAutomated({ ...quiet, campaign: tries(40, 21) })).toBe(true);
  });
});

describe("before a capture", () => {
  test.each([
    [{ level: "normal", blocked: null, tries: quiet }, "capture"],
    [{ level: undefined, blocked: null, tries: quiet }, "capture"],
    [{ level: "elevated", blocked: null, tries: quiet }, "hold"],
    [{ level: "highest", blocked: null, tries: quiet }, "hold"],
    [{ level: "normal", blocked: null, tries: { ...quiet, card: tries(5, 4) } }, "hold"],
    [{ level: "normal", blocked: null, tries: { ...quiet, campaign: tries(1000, 51) } }, "capture"],
    [{ level: "normal", blocked: "email", tries: quiet }, "refuse"],
  ])("%j: %s", (signs, decision) => {
    const verdict = judgeRisk(signs);
    expect(verdict.decision).toBe(decision);
    if (verdict.decision !== "capture") expect(verdict.reasons.length).toBeGreaterThan(0);
  });
});

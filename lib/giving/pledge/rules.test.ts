import { describe, expect, test } from "vitest";
import { canonicalPledge, judgePledge, tidyText } from "./rules";
import { pledgeRequestSchema, type PledgeRequest } from "./schemas";

const base: PledgeRequest = {
  campaignId: "0a1b2c3d-0000-4000-8000-00000000000a",
  amountMinor: 2500,
  currency: "EUR",
  donor: { email: "Ann@Example.org", anonymous: false },
  paymentMethod: "pm_card_visa",
};
const paths = (request: PledgeRequest): string[] => {
  const judged = judgePledge(request);
  return "issues" in judged ? judged.issues.map((issue) => issue.path) : [];
};

describe("the shape", () => {
  test.each<[object, string]>([
    [{ ...base, amountMinor: "2500" }, "amountMinor"],
    [{ ...base, campaignId: "x" }, "campaignId"],
    [{ ...base, donor: { email: "a@b.org" } }, "donor.anonymous"],
    [{ ...base, paymentMethod: undefined }, "confirmationToken"],
    [{ ...base, confirmationToken: "ctoken_1" }, "paymentMethod"],
    [{ ...base, paymentMethod: "pm 1" }, "paymentMethod"],
  ])("%j is not readable at %s", (body, path) => {
    const parsed = pledgeRequestSchema.safeParse(body);
    expect(parsed.error?.issues.map((issue) => issue.path.join("."))).toContain(path);
    expect(parsed.error?.issues.some((issue) => issue.code === "custom")).toBe(false);
  });

  test("a fraction, a minus and an unknown currency are readable: rules judge them", () => {
    expect(pledgeRequestSchema.safeParse({ ...base, amountMinor: -0.5, currency: "ZZZ" }).success).toBe(true);
    expect(pledgeRequestSchema.safeParse({ ...base, extra: 1 }).success).toBe(false);
  });
});

describe("the rules", () => {
  test.each<[Partial<PledgeRequest>, string[]]>([
    [{}, []],
    [{ amountMinor: 0 }, ["amountMinor"]],
    [{ amountMinor: -2500 }, ["amountMinor"]],
    [{ amountMinor: 25.5 }, ["amountMinor"]],
    [{ amountMinor: 1e15 }, ["amountMinor"]],
    [{ amountMinor: 49 }, ["amountMinor"]],
    [{ amountMinor: 99_999_999, coverFees: true }, ["amountMinor"]],
    [{ currency: "ZZZ" }, ["currency"]],
    [{ currency: "eur" }, []],
    [{ donor: { email: "nobody", anonymous: true } }, ["donor.email"]],
    [{ donor: { email: "a@b.org\u0000<script>", anonymous: true } }, ["donor.email"]],
    [{ donor: { email: "a@b.org", anonymous: true, name: "x".repeat(101) } }, ["donor.name"]],
    [{ donor: { email: "a@b.org", anonymous: true, message: "x".repeat(501) } }, ["donor.message"]],
  ])("%j breaks %j", (change, expected) => {
    expect(paths({ ...base, ...change })).toEqual(expected);
  });

  test("keep text as text: markup stays, what cannot be shown goes", () => {
    expect(tidyText(" <b>Zo\u0065\u0301</b>\u202e\u0000 ")).toBe("<b>Zoé</b>");
    expect(tidyText(" \u0000 ")).toBeNull();
  });

  test("two spellings of one request are one request; another card is another", () => {
    const spelled = {
      ...base,
      currency: " eur",
      donor: { ...base.donor, email: " ann@example.ORG ", name: "  " },
      challengeToken: "x",
    };
    expect(canonicalPledge(spelled)).toEqual(canonicalPledge(base));
    expect(canonicalPledge({ ...base, paymentMethod: "pm_2" })).not.toEqual(canonicalPledge(base));
  });
});

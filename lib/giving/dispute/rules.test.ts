import { describe, expect, test } from "vitest";
import { checkedEvidence, disputeReasonWords, disputeStatusOf, proposeEvidence } from "./rules";
import type { DisputeFacts } from "./schemas";

const ID = "00000000-0000-4000-8000-000000000001";
const FACTS: DisputeFacts = {
  pledgeId: ID,
  paymentId: ID,
  campaignTitle: "A well",
  campaignSummary: "Water for all.",
  campaignSlug: "a-well",
  campaignStatus: "active",
  giftMinor: 2500,
  coverMinor: 0,
  refundedMinor: 0,
  currency: "EUR",
  donorName: null,
  donorEmail: "ann@example.test",
  donorMessage: null,
  signedIn: true,
  emailVerified: true,
  cardBrand: null,
  cardLast4: null,
  cardCountry: null,
  riskLevel: null,
  pledgedAt: "2026-11-01T10:00:00.000Z",
  authorizedAt: null,
  capturedAt: null,
  mails: [],
  refunds: [],
  otherGifts: [],
};
const LINKS = { campaign: "https://example.test/campaigns/a-well" };

describe("a proposal of evidence", () => {
  test("says only what is known", () => {
    expect(proposeEvidence(FACTS, "fraudulent", LINKS)).toEqual({
      product_description:
        "A donation of €25.00 to the campaign “A well” (https://example.test/campaigns/a-well): Water for all.\nA donation is a gift; nothing is sent in return.",
      customer_email_address: "ann@example.test",
      service_date: "2026-11-01",
      access_activity_log:
        "2026-11-01 10:00:00 UTC  Donor, signed in with a verified e-mail address, promised the gift on the campaign's page",
      refund_policy_disclosure: expect.stringContaining("If you did not make this gift"),
      uncategorized_text: "Paid with the card.",
    });
  });

  test("tells steps in their order, the receipt, and other gifts that nobody disputed", () => {
    const evidence = proposeEvidence(
      {
        ...FACTS,
        coverMinor: 75,
        capturedAt: "2026-11-01T10:00:09.000Z",
        authorizedAt: "2026-11-01T10:00:05.000Z",
        mails: [{ kind: "receipt", recipient: "ann@example.test", sentAt: "2026-11-01T10:01:00.000Z" }],
        otherGifts: [
          {
            paymentId: ID,
            amountMinor: 2575,
            currency: "EUR",
            at: "2026-10-01T08:00:00.000Z",
            sameCampaign: true,
            sameCard: true,
            sameNetwork: false,
            intentId: "pi_1",
          },
        ],
      },
      "duplicate",
      LINKS,
    );
    expect(evidence.access_activity_log?.split("\n").map((line) => line.slice(25))).toEqual([
      expect.stringContaining("promised"),
      "Donor's bank authorised the payment",
      "The payment was taken",
      "Receipt sent to ann@example.test",
    ]);
    expect(evidence.uncategorized_text).toContain("2026-10-01 08:00:00 UTC  €25.75, with the same card (pi_1)");
    expect(evidence).toMatchObject({ duplicate_charge_id: "pi_1", service_date: "2026-11-01" });
    expect(evidence.product_description).toContain("a gift of €25.00, and €0.75 that the donor added");
  });
});

test("what is empty is not kept, and what is too long is refused with its path", () => {
  expect(checkedEvidence({ customer_name: "  ", uncategorized_text: "x" })).toEqual({ uncategorized_text: "x" });
  expect(() => checkedEvidence({ uncategorized_text: "x".repeat(20_001) })).toThrow(
    expect.objectContaining({ issues: [expect.objectContaining({ path: "evidence.uncategorized_text" })] }),
  );
});

test("an appeal is a dispute that is asked about once more", () => {
  expect(["appeal_needs_response", "appeal_under_review", "won"].map(disputeStatusOf)).toEqual([
    "needs_response",
    "under_review",
    "won",
  ]);
});

test("a reason that nobody knows is told in the bank's own words", () => {
  expect(disputeReasonWords("check_returned")).toBe("The bank’s reason is “check returned”.");
});

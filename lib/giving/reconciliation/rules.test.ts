import { describe, expect, it } from "vitest";
import { judgeCharge, judgeIntent, judgeMoneyBack, judgeMovement, PROPOSALS, type TheirIntent } from "./rules";
import { DISCREPANCY_KINDS, type OurMoneyBack, type OurPayment } from "./schemas";

const ids = {
  paymentId: "0b6a4a4e-7b0e-4a51-8f5c-111111111111",
  pledgeId: "0b6a4a4e-7b0e-4a51-8f5c-222222222222",
  campaignId: "0b6a4a4e-7b0e-4a51-8f5c-333333333333",
};
const AT = "2026-11-01T10:00:00.000Z";

const payment = (changes: Partial<OurPayment> = {}): OurPayment => ({
  ...ids,
  state: "completed",
  currency: "EUR",
  totalMinor: 2_500,
  capturedMinor: 2_500,
  refundedMinor: 0,
  lostMinor: 0,
  disputedMinor: 0,
  processingFeeMinor: 63,
  disputeFeesMinor: 0,
  intentId: "pi_1",
  chargeId: "ch_1",
  createdAt: AT,
  ledgerMinor: 2_437,
  ...changes,
});
const open = { capturedMinor: 0, processingFeeMinor: 0, ledgerMinor: 0 } as const;

const intent = (changes: Partial<TheirIntent> = {}): TheirIntent => ({
  id: "pi_1",
  at: AT,
  status: "succeeded",
  amountMinor: 2_500,
  receivedMinor: 2_500,
  currency: "EUR",
  returned: false,
  paymentId: ids.paymentId,
  ...changes,
});

describe("an intent", () => {
  it.each([
    ["succeeded and completed", intent(), payment()],
    [
      "held and authorised",
      intent({ status: "requires_capture", receivedMinor: 0 }),
      payment({ state: "authorized", ...open }),
    ],
    ["let go and canceled", intent({ status: "canceled", receivedMinor: 0 }), payment({ state: "canceled", ...open })],
    ["let go after a decline", intent({ status: "canceled", receivedMinor: 0 }), payment({ state: "failed", ...open })],
    [
      "waiting for the donor",
      intent({ status: "requires_action", receivedMinor: 0 }),
      payment({ state: "pending", ...open }),
    ],
  ])("%s matches", (_, theirs, ours) => expect(judgeIntent(theirs, ours)).toBe("matches"));

  it.each([
    [
      "a missed authorisation",
      intent({ status: "requires_capture", receivedMinor: 0 }),
      payment({ state: "pending", ...open }),
    ],
    ["a missed capture", intent(), payment({ state: "authorized", ...open })],
    ["a missed completion", intent(), payment({ state: "captured" })],
    ["a missed void", intent({ status: "canceled", receivedMinor: 0 }), payment({ state: "authorized", ...open })],
  ])("%s is healed", (_, theirs, ours) => expect(judgeIntent(theirs, ours)).toBe("heal"));

  it("whose creation was never answered is healed by the payment that its metadata names", () => {
    const lost = payment({ state: "pending", intentId: null, chargeId: null, ...open });
    expect(judgeIntent(intent({ status: "requires_confirmation", receivedMinor: 0 }), undefined, lost)).toBe("heal");
  });

  it("of nobody whose money went back is nobody's loss", () => {
    expect(judgeIntent(intent({ paymentId: undefined, returned: true }), undefined)).toBe("foreign");
    expect(judgeIntent(intent({ id: "pi_2", returned: true }), undefined, payment())).toBe("foreign");
  });

  it("of somebody else's that holds nothing is none of ours", () => {
    expect(judgeIntent(intent({ status: "canceled", receivedMinor: 0, paymentId: undefined }), undefined)).toBe(
      "foreign",
    );
  });

  it.each([
    ["unknown_payment", intent({ paymentId: undefined }), undefined, undefined, 2_500],
    ["second_intent", intent({ id: "pi_2" }), undefined, payment(), 2_500],
    ["amount", intent({ amountMinor: 2_600 }), payment(), undefined, 100],
    ["amount", intent({ currency: "USD" }), payment(), undefined, 0],
    ["captured_amount", intent({ receivedMinor: 2_400 }), payment(), undefined, -100],
    ["state", intent({ status: "succeeded" }), payment({ state: "canceled", ...open }), undefined, undefined],
    ["ahead_of_provider", intent({ status: "requires_capture", receivedMinor: 0 }), payment(), undefined, undefined],
    ["ledger", intent(), payment({ ledgerMinor: 2_500 }), undefined, -63],
  ] as const)("%s is reported", (kind, theirs, ours, named, difference) => {
    expect(judgeIntent(theirs, ours, named)).toMatchObject({ kind, differenceMinor: difference });
  });
});

describe("a charge", () => {
  const charge = {
    id: "ch_1",
    at: AT,
    intentId: "pi_1",
    amountMinor: 2_500,
    currency: "EUR",
    captured: true,
    returned: false,
  };
  it("is its payment's one charge", () => expect(judgeCharge(charge, payment())).toBe("matches"));
  it("that took nothing is nobody's concern", () => {
    expect(judgeCharge({ ...charge, captured: false }, undefined)).toBe("foreign");
    expect(judgeCharge({ ...charge, captured: false }, payment({ chargeId: "ch_9" }))).toBe("matches");
  });
  it("that we have not heard of is healed", () =>
    expect(judgeCharge(charge, payment({ chargeId: null, state: "pending", ...open }))).toBe("heal"));
  it("beside another that took money is reported", () =>
    expect(judgeCharge({ ...charge, id: "ch_2" }, payment())).toMatchObject({
      kind: "second_charge",
      differenceMinor: 2_500,
    }));
  it("of nobody is reported; one of an intent that is not ours is told of by the intent", () => {
    expect(judgeCharge({ ...charge, intentId: undefined }, undefined)).toMatchObject({ kind: "unknown_charge" });
    expect(judgeCharge(charge, undefined)).toBe("foreign");
  });
});

describe("money back", () => {
  const theirs = { id: "re_1", at: AT, status: "succeeded", amountMinor: 1_000, currency: "EUR" };
  const ours: OurMoneyBack = {
    ...ids,
    objectId: "re_1",
    intentId: "pi_1",
    status: "succeeded",
    amountMinor: 1_000,
    currency: "EUR",
    seen: false,
  };
  it("that both have is the same", () => expect(judgeMoneyBack("refund", theirs, ours, payment())).toBe("matches"));
  it("that we have not heard of, or whose state moved, is healed", () => {
    expect(judgeMoneyBack("refund", theirs, undefined, payment())).toBe("heal");
    expect(judgeMoneyBack("refund", { ...theirs, status: "failed" }, ours, payment())).toBe("heal");
    expect(judgeMoneyBack("dispute", theirs, undefined, payment())).toBe("heal");
  });
  it("of a hold that was let go returned nothing", () =>
    expect(judgeMoneyBack("refund", theirs, undefined, payment({ state: "canceled", ...open }))).toBe("matches"));
  it.each([
    ["unknown_dispute", "dispute", undefined, undefined],
    ["refund", "refund", { ...ours, amountMinor: 900 }, payment()],
    ["dispute", "dispute", { ...ours, amountMinor: 900 }, payment()],
  ] as const)("%s is reported", (kind, what, mine, of) =>
    expect(judgeMoneyBack(what, theirs, mine, of)).toMatchObject({ kind }),
  );
});

describe("a movement of the balance", () => {
  const movement = { id: "txn_1", at: AT, amountMinor: 2_500, currency: "EUR", converted: false, source: "ch_1" };
  const mine = { ...ids, currency: "EUR", amountMinor: 2_500 };
  it("is the amount of its payment", () => expect(judgeMovement(movement, mine)).toBe("matches"));
  it("of nothing of ours is left to the list of its object", () =>
    expect(judgeMovement(movement, undefined)).toBe("foreign"));
  it("that was converted cannot be compared", () =>
    expect(judgeMovement({ ...movement, currency: "USD", amountMinor: 2_710, converted: true }, mine)).toBe("matches"));
  it("of another amount is reported", () =>
    expect(judgeMovement({ ...movement, amountMinor: 2_400 }, mine)).toMatchObject({
      kind: "balance",
      differenceMinor: -100,
    }));
});

it("each kind of difference tells what to do", () => {
  for (const kind of DISCREPANCY_KINDS) expect(PROPOSALS[kind].length).toBeGreaterThan(40);
});

import { createHash } from "node:crypto";

/** Why an issuer (or Radar) says no, in the words of the API. */
export interface Decline {
  readonly code: "card_declined" | "expired_card" | "incorrect_cvc" | "incorrect_number" | "processing_error";
  readonly decline_code: string;
  readonly message: string;
  readonly advice_code: "confirm_card_data" | "do_not_try_again" | "try_again_later" | null;
  readonly network_decline_code: string | null;
  /** Radar blocked it, so the issuer was never asked. */
  readonly blocked?: boolean;
}

/** What a test card does, beyond being accepted. */
export interface Behaviour {
  readonly decline?: Decline;
  /** `required`: asks for 3-D Secure and is declined without; `optional` only where the merchant asks for it. */
  readonly authentication?: "required" | "optional" | "unsupported";
  readonly risk?: "elevated" | "highest";
  readonly dispute?: "fraudulent" | "product_not_received" | "inquiry" | "noncompliant" | "twice";
  readonly refund?: "pending" | "fails";
  readonly cvcCheck?: "fail";
  readonly postalCodeCheck?: "fail";
  readonly addressCheck?: "fail";
  /** The money is available at once. */
  readonly available?: boolean;
}

export interface Card extends Behaviour {
  readonly number: string;
  readonly brand: "amex" | "diners" | "discover" | "jcb" | "mastercard" | "unionpay" | "visa";
  readonly funding: "credit" | "debit" | "prepaid";
  readonly country: string;
}

const decline = (
  code: Decline["code"],
  decline_code: string,
  message: string,
  advice_code: Decline["advice_code"],
  network_decline_code: string | null,
): { decline: Decline } => ({ decline: { code, decline_code, message, advice_code, network_decline_code } });

const DECLINED = "Your card was declined.";
const GENERIC = decline("card_declined", "generic_decline", DECLINED, "try_again_later", "01");
const INSUFFICIENT = decline(
  "card_declined",
  "insufficient_funds",
  "Your card has insufficient funds.",
  "try_again_later",
  "51",
);
const PROCESSING = decline(
  "processing_error",
  "processing_error",
  "An error occurred while processing your card. Try again in a little bit.",
  "try_again_later",
  "06",
);
const BLOCKED: Behaviour = {
  risk: "highest",
  decline: {
    code: "card_declined",
    decline_code: "fraudulent",
    message: DECLINED,
    advice_code: "do_not_try_again",
    network_decline_code: null,
    blocked: true,
  },
};

type Row = readonly [
  number: string,
  names: readonly string[],
  behaviour?: Behaviour & Partial<Pick<Card, "brand" | "country" | "funding">>,
];

/** Stripe's published test cards (docs.stripe.com/testing, read in 2026) with the names of their payment methods. */
const CARDS: readonly Row[] = [
  ["4242424242424242", ["pm_card_visa", "pm_card_us"]],
  ["4000056655665556", ["pm_card_visa_debit"], { funding: "debit" }],
  ["5555555555554444", ["pm_card_mastercard"], { brand: "mastercard" }],
  ["2223003122003222", [], { brand: "mastercard" }],
  ["5200828282828210", ["pm_card_mastercard_debit"], { brand: "mastercard", funding: "debit" }],
  ["5105105105105100", ["pm_card_mastercard_prepaid"], { brand: "mastercard", funding: "prepaid" }],
  [
    "378282246310005",
    ["pm_card_amex", "pm_card_amex_threeDSecureNotSupported"],
    { brand: "amex", authentication: "unsupported" },
  ],
  ["371449635398431", [], { brand: "amex" }],
  ["6011111111111117", ["pm_card_discover"], { brand: "discover" }],
  ["3056930009020004", ["pm_card_diners"], { brand: "diners" }],
  ["3566002020360505", ["pm_card_jcb"], { brand: "jcb", country: "JP" }],
  ["6200000000000005", ["pm_card_unionpay"], { brand: "unionpay", country: "CN" }],
  ["4000001240000000", ["pm_card_ca"], { country: "CA" }],
  ["4000000760000002", ["pm_card_br"], { country: "BR" }],
  ["4000004840008001", ["pm_card_mx"], { country: "MX" }],
  ["4000000400000008", ["pm_card_at"], { country: "AT" }],
  ["4000000560000004", ["pm_card_be"], { country: "BE" }],
  ["4000002500000003", ["pm_card_fr"], { country: "FR" }],
  ["4000002760000016", ["pm_card_de"], { country: "DE" }],
  ["4000003720000005", ["pm_card_ie"], { country: "IE" }],
  ["4000003800000008", ["pm_card_it"], { country: "IT" }],
  ["4000005280000002", ["pm_card_nl"], { country: "NL" }],
  ["4000007240000007", ["pm_card_es"], { country: "ES" }],
  ["4000007560000009", ["pm_card_ch"], { country: "CH" }],
  ["4000008260000000", ["pm_card_gb"], { country: "GB" }],
  ["4000000360000006", ["pm_card_au"], { country: "AU" }],
  ["4000003920000003", ["pm_card_jp"], { country: "JP" }],
  ["4000000000000002", ["pm_card_visa_chargeDeclined", "pm_card_chargeDeclined"], GENERIC],
  [
    "4000000000009995",
    ["pm_card_visa_chargeDeclinedInsufficientFunds", "pm_card_chargeDeclinedInsufficientFunds"],
    INSUFFICIENT,
  ],
  [
    "4000000000009987",
    ["pm_card_visa_chargeDeclinedLostCard"],
    decline("card_declined", "lost_card", DECLINED, "do_not_try_again", "41"),
  ],
  [
    "4000000000009979",
    ["pm_card_visa_chargeDeclinedStolenCard"],
    decline("card_declined", "stolen_card", DECLINED, "do_not_try_again", "43"),
  ],
  [
    "4000000000000069",
    ["pm_card_chargeDeclinedExpiredCard"],
    decline("expired_card", "expired_card", "Your card has expired.", "confirm_card_data", "54"),
  ],
  [
    "4000000000000127",
    ["pm_card_chargeDeclinedIncorrectCvc"],
    {
      ...decline(
        "incorrect_cvc",
        "incorrect_cvc",
        "Your card's security code is incorrect.",
        "confirm_card_data",
        "N7",
      ),
      cvcCheck: "fail",
    },
  ],
  ["4000000000000119", ["pm_card_chargeDeclinedProcessingError"], PROCESSING],
  [
    "4000000000006975",
    ["pm_card_visa_chargeDeclinedVelocityLimitExceeded"],
    decline(
      "card_declined",
      "card_velocity_exceeded",
      "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
      "try_again_later",
      "65",
    ),
  ],
  ["4000000000000341", ["pm_card_chargeCustomerFail"], GENERIC],
  ["4100000000000019", ["pm_card_radarBlock", "pm_card_chargeDeclinedFraudulent"], BLOCKED],
  ["4000000000004954", ["pm_card_riskLevelHighest"], { risk: "highest" }],
  ["4000000000009235", ["pm_card_riskLevelElevated"], { risk: "elevated" }],
  ["4000000000000101", ["pm_card_cvcCheckFail"], { cvcCheck: "fail" }],
  ["4000000000000036", ["pm_card_avsZipFail"], { postalCodeCheck: "fail" }],
  ["4000000000000028", ["pm_card_avsLine1Fail"], { addressCheck: "fail" }],
  ["4000000000000010", ["pm_card_avsFail"], { addressCheck: "fail", postalCodeCheck: "fail" }],
  ["4000000000000259", ["pm_card_createDispute"], { dispute: "fraudulent" }],
  ["4000000000002685", ["pm_card_createDisputeProductNotReceived"], { dispute: "product_not_received" }],
  ["4000000000001976", ["pm_card_createDisputeInquiry"], { dispute: "inquiry" }],
  ["4000008400000779", ["pm_card_createComplianceDispute"], { dispute: "noncompliant" }],
  ["4000000404000079", ["pm_card_createMultipleDisputes"], { dispute: "twice" }],
  ["4000000000007726", ["pm_card_pendingRefund"], { refund: "pending" }],
  ["4000000000005126", ["pm_card_refundFail"], { refund: "fails" }],
  ["4000000000000077", ["pm_card_bypassPending"], { available: true }],
  ["4000003720000278", ["pm_card_bypassPendingInternational"], { available: true, country: "IE" }],
  ["4000000000003220", ["pm_card_threeDSecure2Required"], { authentication: "required" }],
  ["4000000000003063", ["pm_card_threeDSecureRequired"], { authentication: "required" }],
  ["4000002760003184", ["pm_card_authenticationRequired"], { authentication: "required", country: "DE" }],
  ["4000002500003155", ["pm_card_authenticationRequiredOnSetup"], { authentication: "required", country: "FR" }],
  [
    "4000008260003178",
    ["pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"],
    { authentication: "required", country: "GB", ...INSUFFICIENT },
  ],
  ["4000008400001629", ["pm_card_threeDSecureRequiredChargeDeclined"], { authentication: "required", ...GENERIC }],
  ["4000008400001280", ["pm_card_threeDSecureRequiredProcessingError"], { authentication: "required", ...PROCESSING }],
  ["4000000000003055", ["pm_card_threeDSecureOptional"], { authentication: "optional" }],
];

const byNumber = new Map<string, Card>();
const byName = new Map<string, Card>();
for (const [number, names, behaviour = {}] of CARDS) {
  const card: Card = { number, brand: "visa", funding: "credit", country: "US", ...behaviour };
  byNumber.set(number, card);
  for (const name of names) byName.set(name, card);
}

/** The card behind a payment method that Stripe publishes, such as `pm_card_visa`. */
export const cardNamed = (name: string): Card | undefined => byName.get(name);

/** A published test card by its number. */
export const cardNumbered = (number: string): Card | undefined => byNumber.get(number);

/** Every published name, for the dashboard and the tests. */
export const publishedNames = (): readonly string[] => [...byName.keys()];

/** The same for every use of a card, and for no other card. */
export const fingerprintOf = (number: string): string =>
  createHash("sha256").update(`fingerprint:${number}`).digest("base64url").replaceAll(/[-_]/g, "x").slice(0, 16);

/** Whether the digits pass the Luhn check (ISO/IEC 7812-1). */
export function passesLuhn(number: string): boolean {
  const sum = [...number].toReversed().reduce((total, digit, index) => {
    const doubled = index % 2 === 1 ? Number(digit) * 2 : Number(digit);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return /^\d{12,19}$/.test(number) && sum % 10 === 0;
}

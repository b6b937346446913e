import { invalid } from "./errors.ts";

/** Currencies without a minor unit, as Stripe lists them. */
const ZERO_DECIMAL = new Set([
  "bif",
  "clp",
  "djf",
  "gnf",
  "jpy",
  "kmf",
  "krw",
  "mga",
  "pyg",
  "rwf",
  "ugx",
  "vnd",
  "vuv",
  "xaf",
  "xof",
  "xpf",
]);
/** Currencies with three decimals; the last one must be 0. */
const THREE_DECIMAL = new Set(["bhd", "jod", "kwd", "omr", "tnd"]);

/** The least that Stripe charges, in minor units; 50 US cents' worth in the others is not checked. */
const MINIMUM: Readonly<Record<string, number>> = {
  usd: 50,
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1_500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  inr: 50,
  jpy: 50,
  mxn: 1_000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1_000,
};
const MAXIMUM = 99_999_999;

const KNOWN = new Set(Intl.supportedValuesOf("currency").map((code) => code.toLowerCase()));

/** Amount with its currency for people, e.g. `$12.00`. */
export function show(amount: number, currency: string): string {
  const digits = ZERO_DECIMAL.has(currency) ? 0 : THREE_DECIMAL.has(currency) ? 3 : 2;
  return new Intl.NumberFormat("en-US", {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount / 10 ** digits);
}

/**
 * Checks what a payment is for.
 * @returns the currency in lower case
 * @throws ApiError 400 in Stripe's words
 */
export function checkMoney(amount: number, given: string): string {
  const currency = given.toLowerCase();
  if (!KNOWN.has(currency))
    throw invalid(`Invalid currency: ${currency}. Stripe does not support this currency.`, { param: "currency" });
  if (amount < 1)
    throw invalid("This value must be greater than or equal to 1.", {
      code: "parameter_invalid_integer",
      param: "amount",
    });
  const minimum = MINIMUM[currency] ?? 1;
  if (amount < minimum)
    throw invalid(`Amount must be at least ${show(minimum, currency)} ${currency}`, {
      code: "amount_too_small",
      param: "amount",
    });
  if (amount > MAXIMUM)
    throw invalid(`Amount must be no more than ${show(MAXIMUM, currency)} ${currency}`, {
      code: "amount_too_large",
      param: "amount",
    });
  if (THREE_DECIMAL.has(currency) && amount % 10 !== 0)
    throw invalid(`Amounts in ${currency.toUpperCase()} must have a 0 as their last digit.`, {
      code: "invalid_charge_amount",
      param: "amount",
    });
  return currency;
}

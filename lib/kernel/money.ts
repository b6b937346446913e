/** What a currency allows for a gift by card. Amounts are in minor units. */
export interface CurrencyRules {
  /** Digits behind the point: 0 for JPY, 3 for KWD. */
  readonly exponent: number;
  /** Amounts are multiples of this: 10 for three-decimal currencies, because Stripe takes no third digit. */
  readonly stepMinor: number;
  /** Stripe's minimum charge where it publishes one, else about the same value. */
  readonly minimumMinor: number;
  /** Most that may be charged at once, fee cover included: Stripe's eight digits. */
  readonly maximumMinor: number;
  /** What "cover the fees" assumes that the provider takes: a share in basis points (1/100 %) and a fixed part. */
  readonly feeBasisPoints: number;
  readonly feeFixedMinor: number;
}

const MAXIMUM_MINOR = 99_999_999;

const rules = (
  exponent: number,
  minimumMinor: number,
  feeBasisPoints: number,
  feeFixedMinor: number,
): CurrencyRules => ({
  exponent,
  stepMinor: exponent === 3 ? 10 : 1,
  minimumMinor,
  maximumMinor: exponent === 3 ? 99_999_990 : MAXIMUM_MINOR,
  feeBasisPoints,
  feeFixedMinor,
});

/**
 * The currencies a campaign can have. The table `private.currencies` says the same, and a test compares the two.
 * Fees are Stripe's published standard prices for cards at home (2026), rounded up where they differ by country.
 */
export const CURRENCIES = {
  AUD: rules(2, 50, 290, 30),
  BHD: rules(3, 500, 290, 120),
  CAD: rules(2, 50, 290, 30),
  CHF: rules(2, 50, 290, 30),
  CZK: rules(2, 1500, 150, 650),
  DKK: rules(2, 250, 150, 180),
  EUR: rules(2, 50, 150, 25),
  GBP: rules(2, 30, 150, 20),
  HUF: rules(2, 17_500, 150, 8500),
  INR: rules(2, 50, 300, 300),
  JOD: rules(3, 500, 290, 210),
  JPY: rules(0, 50, 360, 0),
  KRW: rules(0, 1000, 360, 0),
  KWD: rules(3, 500, 290, 90),
  MXN: rules(2, 1000, 360, 300),
  NOK: rules(2, 300, 240, 200),
  NZD: rules(2, 50, 265, 30),
  PLN: rules(2, 200, 150, 100),
  RON: rules(2, 200, 150, 125),
  SEK: rules(2, 300, 150, 180),
  SGD: rules(2, 50, 340, 50),
  TND: rules(3, 2000, 290, 900),
  USD: rules(2, 50, 290, 30),
} as const satisfies Readonly<Record<string, CurrencyRules>>;

export type CurrencyCode = keyof typeof CURRENCIES;

/** Their codes, for schemas and menus. */
export const CURRENCY_CODES = Object.keys(CURRENCIES) as [CurrencyCode, ...CurrencyCode[]];

/** @returns whether `code` is a currency that we take, in ISO 4217's capital letters. */
export function isCurrency(code: string): code is CurrencyCode {
  return Object.hasOwn(CURRENCIES, code);
}

/**
 * What a donor adds so that the gift is whole after the provider's fee, in minor units; `private.cover_for` computes the same.
 * @param giftMinor the gift, a positive safe integer
 */
export function coverFor(giftMinor: number, currency: CurrencyCode): number {
  const { feeBasisPoints, feeFixedMinor, stepMinor } = CURRENCIES[currency];
  const wanted = BigInt(giftMinor + feeFixedMinor) * 10_000n;
  const divisor = BigInt((10_000 - feeBasisPoints) * stepMinor);
  const total = ((wanted + divisor - 1n) / divisor) * BigInt(stepMinor);
  return Number(total) - giftMinor;
}

/** Why an amount is not taken: no whole number, not a multiple of the step, or out of range. */
export type AmountProblem = "fraction" | "step" | "too_small" | "too_large";

/**
 * @param giftMinor the gift in minor units
 * @param coverMinor what is added to cover the fees
 * @returns null when the amount can be charged
 */
export function amountProblem(giftMinor: number, currency: CurrencyCode, coverMinor = 0): AmountProblem | null {
  const { stepMinor, minimumMinor, maximumMinor } = CURRENCIES[currency];
  if (!Number.isInteger(giftMinor)) return "fraction";
  if (giftMinor < minimumMinor) return "too_small";
  if (giftMinor + coverMinor > maximumMinor) return "too_large";
  return giftMinor % stepMinor === 0 ? null : "step";
}

/** Digits after the decimal point of a currency's minor unit; 2 for one that we do not know. */
export function minorDigits(currency: string): number {
  return isCurrency(currency) ? CURRENCIES[currency].exponent : 2;
}

/** What stands between the edges of what people type as an amount: figures, and the marks that group and part them. */
const TYPED = /^\d[\d.,'’\u0020\u00A0\u202F]*$/u;

/**
 * Reads an amount as people type it: `25`, `25.50`, `25,50`, `1,250.00`, `1.250,00`, `1 250`. The last mark is the
 * decimal one when no more digits follow than the currency has; otherwise it groups.
 * @param typed without or with the currency's sign or code
 * @returns minor units; `null` when it is no amount, or has more decimals than the currency
 */
export function parseAmount(typed: string, currency: string): number | null {
  const digits = minorDigits(currency);
  const text = typed
    .trim()
    .replace(/^(?:[A-Z]{3}|\p{Sc})\s*/u, "")
    .replace(/\s*(?:[A-Z]{3}|\p{Sc})$/u, "");
  if (!TYPED.test(text)) return null;
  const parts = /^(?<whole>.*?)(?:(?<mark>[.,])(?<fraction>\d*))?$/u.exec(text)?.groups;
  const mark = parts?.["mark"];
  const fraction = parts?.["fraction"] ?? "";
  const whole = parts?.["whole"] ?? "";
  // "1,250": three digits after the one mark of its kind group thousands, unless the currency has three decimals.
  const groups = mark !== undefined && fraction.length === 3 && digits !== 3;
  const figures = groups ? `${whole}${mark}${fraction}` : whole;
  const decimals = groups ? "" : fraction;
  if (decimals.length > digits || !isGrouped(figures, groups ? undefined : mark)) return null;
  const minor = Number(`${figures.replaceAll(/\D/gu, "")}${decimals.padEnd(digits, "0")}`);
  return Number.isSafeInteger(minor) ? minor : null;
}

/** Whether the whole part is plain or grouped by threes with one mark, which is not the decimal one. */
function isGrouped(figures: string, decimalMark: string | undefined): boolean {
  const marks = new Set(figures.replaceAll(/\d/gu, ""));
  if (marks.size === 0) return true;
  if (marks.size > 1 || (decimalMark !== undefined && marks.has(decimalMark))) return false;
  return /^\d{1,3}(?:\D\d{3})+$/u.test(figures);
}

/** An amount as a plain decimal for machines, e.g. `25.50`: no sign of the currency, no grouping. */
export function plainAmount(amountMinor: number, currency: string): string {
  return decimal(amountMinor, minorDigits(currency));
}

/**
 * Money for people, e.g. `formatMoney(2550, "EUR")` → "€25.50". Never rounds: minor units in, all digits out.
 * @param amountMinor integer in minor units (cents; yen have none)
 * @param currency ISO 4217
 * @throws RangeError when the amount is not a safe integer or the currency is not a code.
 */
export function formatMoney(amountMinor: number, currency: string): string {
  const format = new Intl.NumberFormat("en", { style: "currency", currency, currencyDisplay: "narrowSymbol" });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(decimal(amountMinor, digits) as Intl.StringNumericLiteral);
}

/** {@link formatMoney} without decimals that are all zero, for goals and headlines: "€12,000". */
export function formatRoundMoney(amountMinor: number, currency: string): string {
  const unit = 10 ** minorDigits(currency);
  const words = formatMoney(amountMinor, currency);
  return amountMinor % unit === 0 ? words.replace(/\.0+$/u, "") : words;
}

/** Through a decimal string, not a division: 0.1 + 0.2 has no place in money. */
function decimal(amountMinor: number, digits: number): string {
  if (!Number.isSafeInteger(amountMinor))
    throw new RangeError(`Money is a whole number of minor units, not ${amountMinor}.`);
  const sign = amountMinor < 0 ? "-" : "";
  const figures = String(Math.abs(amountMinor)).padStart(digits + 1, "0");
  return digits === 0 ? `${sign}${figures}` : `${sign}${figures.slice(0, -digits)}.${figures.slice(-digits)}`;
}

import { describe, expect, it, test } from "vitest";
import {
  amountProblem,
  coverFor,
  CURRENCIES,
  type CurrencyCode,
  formatMoney,
  formatRoundMoney,
  isCurrency,
  parseAmount,
  plainAmount,
} from "./money";

const CODES = Object.keys(CURRENCIES) as CurrencyCode[];

describe("coverFor", () => {
  test.each([
    [10_000, "USD", 330],
    [5000, "EUR", 102],
    [1000, "JPY", 38],
    [10_000, "KWD", 400],
  ] as const)("%i %s are covered by %i", (gift, currency, cover) => {
    expect(coverFor(gift, currency)).toBe(cover);
  });

  test.each(CODES)("%s: after the fee at least the gift is left, and no more than a step too much is asked", (code) => {
    const { feeBasisPoints, feeFixedMinor, stepMinor, minimumMinor } = CURRENCIES[code];
    for (const gift of [minimumMinor, minimumMinor * 7, 1_000_000 * stepMinor]) {
      const total = gift + coverFor(gift, code);
      const left = (sum: number) => sum * (10_000 - feeBasisPoints) - feeFixedMinor * 10_000;
      expect(left(total)).toBeGreaterThanOrEqual(gift * 10_000);
      expect(left(total - stepMinor)).toBeLessThan(gift * 10_000);
      expect(total % stepMinor).toBe(0);
    }
  });
});

describe("amountProblem", () => {
  test.each([
    [50, "USD", 0, null],
    [49, "USD", 0, "too_small"],
    [-5, "USD", 0, "too_small"],
    [0, "EUR", 0, "too_small"],
    [99_999_999, "USD", 0, null],
    [99_999_999, "USD", 1, "too_large"],
    [1e15, "JPY", 0, "too_large"],
    [50.5, "USD", 0, "fraction"],
    [Number.NaN, "USD", 0, "fraction"],
    [505, "KWD", 0, "step"],
    [510, "KWD", 0, null],
    [50, "JPY", 0, null],
  ] as const)("%d %s (+%d) is %s", (gift, currency, cover, problem) => {
    expect(amountProblem(gift, currency, cover)).toBe(problem);
  });
});

test("only what is in the table is a currency", () => {
  expect([isCurrency("EUR"), isCurrency("eur"), isCurrency("toString"), isCurrency("DEM")]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test.each([
  [1250, "USD", "$12.50"],
  [1200, "USD", "$12"],
  [1200, "JPY", "¥1,200"],
  [1230, "KWD", "KWD 1.230"],
] as const)("%i %s is written %s", (amount, currency, text) => {
  expect(formatRoundMoney(amount, currency).replaceAll(/\s/g, " ")).toBe(text);
});

describe("formatMoney", () => {
  it.each([
    [2550, "EUR", "€25.50"],
    [5, "EUR", "€0.05"],
    [0, "USD", "$0.00"],
    [123456789, "GBP", "£1,234,567.89"],
    [500, "JPY", "¥500"],
    [1230, "KWD", "KWD\u00A01.230"],
    [-199, "USD", "-$1.99"],
  ])("%d %s reads %s", (amount, currency, words) => {
    expect(formatMoney(amount, currency)).toBe(words);
  });

  it("loses no cent of the largest amount", () => {
    expect(formatMoney(Number.MAX_SAFE_INTEGER, "USD")).toBe("$90,071,992,547,409.91");
  });

  it.each([1.5, Number.NaN, Number.MAX_SAFE_INTEGER + 1])("refuses %d", (amount) => {
    expect(() => formatMoney(amount, "EUR")).toThrow(RangeError);
  });

  it("refuses what is no currency code", () => {
    expect(() => formatMoney(1, "euro")).toThrow(RangeError);
  });
});

describe("parseAmount", () => {
  it.each([
    ["25", "EUR", 2500],
    ["25.5", "EUR", 2550],
    ["25.50", "EUR", 2550],
    ["25,50", "EUR", 2550],
    [" €25,50 ", "EUR", 2550],
    ["25 EUR", "EUR", 2500],
    ["1,250", "EUR", 125_000],
    ["1.250", "EUR", 125_000],
    ["1.250,00", "EUR", 125_000],
    ["1,250.00", "USD", 125_000],
    ["1 250", "SEK", 125_000],
    ["1’250.05", "CHF", 125_005],
    ["1,234,567", "USD", 123_456_700],
    ["25.", "EUR", 2500],
    ["0", "EUR", 0],
    ["500", "JPY", 500],
    ["1,500", "JPY", 1500],
    ["1.250", "KWD", 1250],
    ["1.25", "KWD", 1250],
  ])("%s %s is %d", (typed, currency, minor) => {
    expect(parseAmount(typed, currency)).toBe(minor);
  });

  it.each([
    ["", "EUR"],
    ["-5", "EUR"],
    ["+5", "EUR"],
    ["five", "EUR"],
    ["25.50", "JPY"],
    ["25.5", "JPY"],
    ["25.1234", "EUR"],
    ["1.2.3", "EUR"],
    ["1,25,00", "EUR"],
    ["1e3", "EUR"],
    ["0x10", "EUR"],
    ["99999999999999999", "EUR"],
    [".50", "EUR"],
    ["12,34.56", "EUR"],
    ["1.250.00", "EUR"],
  ])("%s %s is no amount", (typed, currency) => {
    expect(parseAmount(typed, currency)).toBeNull();
  });

  it("reads back what plainAmount and formatMoney write", () => {
    for (const currency of ["EUR", "JPY", "KWD", "GBP"]) {
      for (const minor of [0, 1, 99, 100, 101, 2550, 123_456_789]) {
        expect(parseAmount(formatMoney(minor, currency), currency)).toBe(minor);
        expect(parseAmount(plainAmount(minor, currency), currency)).toBe(minor);
      }
    }
  });
});

describe("formatRoundMoney", () => {
  it.each([
    [1_200_000, "EUR", "€12,000"],
    [1_200_050, "EUR", "€12,000.50"],
    [5000, "JPY", "¥5,000"],
  ])("%d %s reads %s", (amount, currency, words) => {
    expect(formatRoundMoney(amount, currency)).toBe(words);
  });
});

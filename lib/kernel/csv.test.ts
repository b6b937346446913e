import { expect, it } from "vitest";
import { toCsv } from "./csv";

const line = (...cells: readonly (string | number | null)[]): string => toCsv([], [cells]).split("\r\n")[1] ?? "";

it("writes a mark, a header and rows with CRLF", () => {
  expect(toCsv(["name", "amount"], [["Zoë", 5]])).toBe("\uFEFFname,amount\r\nZoë,5\r\n");
});

it("quotes what must be quoted", () => {
  expect(line('a "b"', "c,d", "e\nf", null)).toBe('"a ""b""","c,d","e\nf",');
});

it.each(["=1+1", "+1", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", " =1", "＝1+1"])(
  "keeps %j from being a formula",
  (text) => {
    expect(line(text).replace(/^"/, "").startsWith("'")).toBe(true);
  },
);

it.each(["-25.50", "25.50", "a=b", "Ann-Lee"])("leaves %s as it is", (text) => {
  expect(line(text)).toBe(text);
});

import { inflateSync } from "node:zlib";
import { expect, it } from "vitest";
import { Sheet } from "./document";

it("makes a PDF with our font in it, whatever stands in a name", async () => {
  const pdf = await new Sheet("Receipt", "R-1")
    .facts([{ label: "From", value: "Łucja Žižková \u202Emoc.\u0000 (a) <b>\\" }])
    .table(
      [
        { title: "Date", share: 0.5 },
        { title: "Amount", share: 0.5, align: "right" },
      ],
      [["1 May 2026", "€5.00"]],
    )
    .end();
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  expect(pdf.toString("latin1")).toMatch(/FontName \/[A-Z]{6}\+Geist/);
});

/** The signs that stand in a PDF's text, by the tables from glyphs to signs that its fonts bear. */
function signsIn(pdf: Buffer): string {
  const texts: string[] = [];
  for (let at = pdf.indexOf("stream\n"); at >= 0; at = pdf.indexOf("stream\n", at + 7)) {
    if (pdf.subarray(at - 3, at).toString() === "end") continue;
    try {
      texts.push(inflateSync(pdf.subarray(at + 7)).toString("latin1"));
    } catch {
      // A font's own file is packed otherwise.
    }
  }
  const maps = texts.filter((text) => text.includes("beginbfrange")).join("\n");
  return [...maps.matchAll(/<([0-9a-f]{4,8})>(?=[ \]])/gu)]
    .map(([, hex = ""]) => Buffer.from(hex, "hex").swap16().toString("utf16le"))
    .join("");
}

it.each([
  ["Greek", "Ελένη Παπαδοπούλου"],
  ["Chinese and Japanese", "山田 太郎と 李小龍"],
  ["Korean", "김민수"],
  ["Thai", "สมชาย ใจดี"],
  ["Arabic", "ليلى حداد"],
  ["Hebrew", "דוד כהן"],
  ["Hindi", "अनिता शर्मा"],
  ["Georgian, Armenian and Amharic", "ნინო Անի አበበ"],
])("writes a name in %s with its own signs", async (_script, name) => {
  const pdf = await new Sheet("Receipt", "R-1").facts([{ label: "From", value: `${name}, a@example.test` }]).end();
  const written = signsIn(pdf);
  // Rules of a script may join two signs into one; which are left still name it.
  const letters = [...name].filter((sign) => /\p{L}/u.test(sign));
  expect(letters.filter((sign) => written.includes(sign)).length).toBeGreaterThanOrEqual(letters.length * 0.8);
  expect(written).not.toContain("\u25A1");
});

it("says plainly where it has no sign for something", async () => {
  const written = signsIn(await new Sheet("Receipt", "R-1").facts([{ label: "From", value: "\u{12000}" }]).end());
  expect(written).toContain("\u25A1");
});

it("breaks a title without spaces into lines, and keeps what fits beside each other", async () => {
  const pdf = await new Sheet("Receipt", "R-1").facts([{ label: "For", value: "水".repeat(120) }]).end();
  expect(pdf.toString("latin1")).toContain("/Count 1");
});

it("breaks onto further pages", async () => {
  const rows = Array.from({ length: 200 }, (_, at) => [`${at}`, "€5.00"]);
  const pdf = await new Sheet("Statement", "2026")
    .table(
      [
        { title: "No", share: 0.5 },
        { title: "Amount", share: 0.5 },
      ],
      rows,
    )
    .end();
  const text = pdf.toString("latin1");
  expect(Number(/\/Count (\d+)/.exec(text)?.[1])).toBeGreaterThan(3);
  // The pages' content is compressed text, not a picture of it.
  const at = pdf.indexOf("stream\n") + "stream\n".length;
  expect(inflateSync(pdf.subarray(at)).toString("latin1")).toContain("BT");
});

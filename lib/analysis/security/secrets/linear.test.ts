import { describe, expect, test } from "vitest";
import { findSecrets, SECRET_KINDS, type SearchCost } from "./detect";
import { maskSecrets } from "./mask";
import { drawing, positives, randomFrom } from "./testing/labelled-set";

/** Pieces of a pattern's source: classes and escapes as one, so that what is in them is not taken for syntax. */
function pieces(source: string): string[] {
  return source.match(/\\.|\[(?:\\.|[^\]\\])*\]|\(\?(?:<[a-z]+>|[:=!]|<[=!])|\{\d+(?:,\d*)?\}|[\s\S]/g) ?? [];
}

/** Most characters that a pattern can take, and how many ways it can split them, from its own bounds. */
function boundsOf(source: string): { unbounded: string[]; nested: string[]; ways: number } {
  const unbounded: string[] = [];
  const nested: string[] = [];
  let ways = 1;
  // For each open group whether something in it varies in number.
  const groups: boolean[] = [false];
  let closed = false;
  for (const piece of pieces(source)) {
    if (piece.startsWith("(")) groups.push(false);
    else if (piece === ")") closed = groups.pop() ?? false;
    if (/^[*+]$/.test(piece) || /^\{\d+,\}$/.test(piece)) unbounded.push(piece);
    const counted = /^\{(\d+)(?:,(\d+))?\}$/.exec(piece);
    if (counted) {
      const from = Number(counted[1]);
      const to = Number(counted[2] ?? counted[1]);
      if (to > 1 && closed && to !== from) nested.push(piece);
      if (to !== from) {
        ways *= to - from + 1;
        groups[groups.length - 1] = true;
      }
    }
    if (piece === ")" && closed) groups[groups.length - 1] = true;
    if (piece !== ")") closed = false;
  }
  return { unbounded, nested, ways };
}

describe("patterns", () => {
  test("the law bites", () => {
    expect(boundsOf("a+b")).toMatchObject({ unbounded: ["+"] });
    expect(boundsOf("[a+]{2,}")).toMatchObject({ unbounded: ["{2,}"] });
    expect(boundsOf("(?:a{1,9}b){0,5}")).toMatchObject({ nested: ["{0,5}"] });
    expect(boundsOf("\\+[+*]{3}(?:ab){0,1}")).toEqual({ unbounded: [], nested: [], ways: 2 });
  });

  test.each(SECRET_KINDS.map((kind) => [kind.id, kind] as const))("%s has only bounded repetitions", (_id, kind) => {
    expect(kind.pattern.sticky).toBe(true);
    const { unbounded, nested } = boundsOf(kind.pattern.source);
    expect(unbounded).toEqual([]);
    // Slack's second number is the one group that repeats: at most twice, and each begins with a digit and ends with a dash.
    expect(nested.filter((piece) => piece !== "{0,2}")).toEqual([]);
  });

  test("kinds have names of their own", () => {
    expect(SECRET_KINDS.length).toBeGreaterThanOrEqual(60);
    expect(new Set(SECRET_KINDS.map(({ id }) => id)).size).toBe(SECRET_KINDS.length);
  });
});

describe("hostile texts", () => {
  const draw = drawing(randomFrom(99));
  const valid = positives(draw, 1).map(({ secret }) => secret);
  const triggers = [...new Set(SECRET_KINDS.flatMap((kind) => kind.triggers))];
  const hostile: readonly (readonly [string, (size: number) => string])[] = [
    ["one trigger again and again", (size) => "-----BEGIN ".repeat(size / 11)],
    ["key openings without an end", (size) => ["-----BEGIN ", "PRIVATE KEY-----\n"].join("").repeat(size / 28)],
    ["the start of a token again and again", (size) => "eyJ.eyJ-".repeat(size / 8)],
    ["names without values", (size) => "password_secret_token=".repeat(size / 22)],
    ["one long name", (size) => "secret".repeat(size / 6)],
    ["quotes that never close", (size) => `password="${"\\".repeat(size)}`],
    ["addresses that never end", (size) => "postgres://a:b".repeat(size / 14)],
    [
      "every trigger in a row",
      (size) =>
        triggers
          .join(" ")
          .repeat(Math.ceil(size / triggers.join(" ").length))
          .slice(0, size),
    ],
    [
      "every trigger glued",
      (size) =>
        triggers
          .join("")
          .repeat(Math.ceil(size / triggers.join("").length))
          .slice(0, size),
    ],
    [
      "only real ones",
      (size) =>
        valid
          .join("\n")
          .repeat(Math.ceil(size / valid.join("\n").length))
          .slice(0, size),
    ],
    ["a line of one character", (size) => "A".repeat(size)],
    ["NULs and lone surrogates", (size) => "\0\ud800token=".repeat(size / 8)],
  ];

  test.each(hostile)("%s: the cost of a character does not grow with the length", (_name, make) => {
    const costOf = (size: number) => {
      const cost: SearchCost = { triggers: 0, characters: 0 };
      const text = make(size);
      findSecrets(text, "config/app.yaml", cost);
      return cost.characters / text.length;
    };
    const [small, large] = [costOf(20_000), costOf(640_000)];
    expect(large).toBeLessThanOrEqual(Math.max(small * 1.1, 1));
  });

  test("a megabyte of key openings has no more matches than openings", () => {
    const text = ["-----BEGIN ", "PRIVATE KEY-----\n"].join("").repeat(40_000);
    expect(findSecrets(text, "a.pem").length).toBeLessThanOrEqual(40_000);
  });
});

describe("masking", () => {
  test("nothing of a secret stays, but the mark of its kind", () => {
    const draw = drawing(randomFrom(5));
    for (const example of positives(draw, 4)) {
      const masked = maskSecrets(example.text, example.path);
      const found = findSecrets(example.text, example.path);
      for (const { start, end, visible } of found) {
        expect(masked, `${example.kind} in ${example.text}`).not.toContain(example.text.slice(start + visible, end));
      }
    }
  });

  test("a secret that begins before the part shown, or ends behind it, is masked too", async () => {
    const { maskedSlice } = await import("./mask");
    expect(maskedSlice("abcSECRETdef", 5, 12, [{ start: 3, end: 9, visible: 0 }])).toBe("••••••••def");
    expect(maskedSlice("abcSECRETdef", 0, 5, [{ start: 3, end: 9, visible: 0 }])).toBe("abc••••••••");
    expect(maskedSlice("abcSECRETdef", 0, 12, [{ start: 3, end: 9, visible: 2 }])).toBe("abcSE••••••••def");
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseInline, parseStory, plainStory, type Inline } from "./rules";

describe("parseStory", () => {
  it("reads headings, paragraphs, lists and quotes", () => {
    const story = "## Why\nWe need\na roof.\n\n- slates\n- nails\n1. first\n2. second\n> It rains in.\n> Often.";
    expect(parseStory(story).map((block) => block.kind)).toEqual(["heading", "paragraph", "list", "list", "quote"]);
    expect(plainStory(story)).toBe("Why We need a roof. slates nails first second It rains in. Often.");
  });

  it("takes HTML for the text it is", () => {
    expect(parseStory("<script>alert(1)</script>")).toEqual([
      { kind: "paragraph", children: [{ kind: "text", text: "<script>alert(1)</script>" }] },
    ]);
  });
});

describe("parseInline", () => {
  it("reads strong, emphasis and links", () => {
    expect(parseInline("a **b *c*** [d](https://e.test/f)")).toContainEqual({
      kind: "link",
      href: "https://e.test/f",
      children: [{ kind: "text", text: "d" }],
    });
  });

  it.each([
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert)",
    "[x](data:text/html,y)",
    "[x](http://plain.test)",
    "[x](//elsewhere.test)",
    "[x](/admin)",
    "[x](https://user:pass@site.test)",
  ])("makes no link of %s", (text) => {
    const kinds = (nodes: readonly Inline[]): readonly string[] =>
      nodes.flatMap((node) => [node.kind, ...(node.kind === "text" ? [] : kinds(node.children))]);
    expect(kinds(parseInline(text))).not.toContain("link");
  });

  it("loses no letter, whatever is typed, and ends", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("*", "[", "]", "(", ")", "a", " ", "#", ">", "-"), maxLength: 300 }),
        (text) => {
          const letters = (words: string): number => words.replaceAll(/[^a]/gu, "").length;
          const spoken = parseInline(text);
          const count = (nodes: readonly Inline[]): number =>
            nodes.reduce((sum, node) => sum + (node.kind === "text" ? letters(node.text) : count(node.children)), 0);
          expect(count(spoken)).toBe(letters(text));
        },
      ),
    );
  });
});

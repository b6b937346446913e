import { describe, expect, it } from "vitest";
import { Attributes, MAX_COMPARISONS } from "./attributes";

function of(path: string, ...files: readonly (readonly [string, string])[]) {
  const attributes = new Attributes();
  for (const [name, text] of files) attributes.add(name, text);
  return attributes.of(path);
}
const top = (text: string) => [".gitattributes", text] as const;

describe(".gitattributes", () => {
  it.each([
    ["a/b.js", "*.js linguist-vendored", { vendored: true }],
    ["a/b.js", "*.js -linguist-vendored", { vendored: false }],
    ["a/b.js", "*.js linguist-vendored=false", { vendored: false }],
    ["a/b.js", "a/*.js linguist-language=TypeScript", { language: "TypeScript" }],
    ["a/b/c.js", "a/*.js linguist-generated", {}],
    ["a/b/c.js", "a/** linguist-generated", { generated: true }],
    ["a/b/c.js", "/a/**/c.js linguist-generated", { generated: true }],
    ["a/c.js", "/a/**/c.js linguist-generated", { generated: true }],
    ["x/a/c.js", "/a/**/c.js linguist-generated", {}],
    ["x/y/c.js", "**/y/*.js linguist-documentation", { documentation: true }],
    ["c.js", "[a-d].js linguist-detectable", { detectable: true }],
    ["c.js", "[!a-d].js linguist-detectable", {}],
    ["a/b.js", "a/ linguist-vendored", {}],
    ["a b.js", '"a b.js" linguist-vendored', { vendored: true }],
    ["b.js", "*.js linguist-vendored\n*.js !linguist-vendored", {}],
    ["b.js", "*.js text=auto eol=lf", {}],
  ])("%s by %j", (path, text, said) => {
    expect(of(path, top(text))).toEqual(said);
  });

  it("lets nearer folders win", () => {
    const inner = ["a/.gitattributes", "*.js -linguist-vendored"] as const;
    expect(of("a/b.js", top("*.js linguist-vendored"), inner)).toEqual({ vendored: false });
    expect(of("b.js", top("*.js linguist-vendored"), inner)).toEqual({ vendored: true });
  });

  it("stops comparing, and says so, when there is too much to compare", () => {
    const attributes = new Attributes();
    attributes.add(
      ".gitattributes",
      Array.from({ length: 600 }, (_, n) => `${"*a".repeat(n % 50)}* linguist-vendored`).join("\n"),
    );
    for (let n = 0; !attributes.exhausted && n < 10_000; n += 1) attributes.of(`x${n}`);
    expect(attributes.exhausted).toBe(true);
    expect(MAX_COMPARISONS).toBeGreaterThan(0);
  });
});

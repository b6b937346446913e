import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sourceHostOf, sourceUrl, type SourceHost } from "./rules";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

describe("a link to a line at its host", () => {
  it.each<[string, string, string]>([
    ["github.com", "https://github.com/a/b", `https://github.com/a/b/blob/${COMMIT}/src/x.ts#L3-L9`],
    ["gitlab.com", "https://gitlab.com/g/s/b", `https://gitlab.com/g/s/b/-/blob/${COMMIT}/src/x.ts#L3-9`],
    [
      "gitlab.example.org",
      "https://gitlab.example.org/a/b",
      `https://gitlab.example.org/a/b/-/blob/${COMMIT}/src/x.ts#L3-9`,
    ],
    ["bitbucket.org", "https://bitbucket.org/a/b", `https://bitbucket.org/a/b/src/${COMMIT}/src/x.ts#lines-3:9`],
    ["codeberg.org", "https://codeberg.org/a/b", `https://codeberg.org/a/b/src/commit/${COMMIT}/src/x.ts#L3-L9`],
  ])("%s", (host, repository, url) => {
    const kind = sourceHostOf(host);
    expect(kind && sourceUrl(kind, repository, COMMIT, { path: "src/x.ts", line: 3, endLine: 9 })).toBe(url);
  });

  it("asks for the source of what is shown rendered, or its lines would lead nowhere", () => {
    const place = { path: "docs/a.md", line: 2 };
    expect(sourceUrl("github", "https://h/a/b", COMMIT, place)).toBe(
      `https://h/a/b/blob/${COMMIT}/docs/a.md?plain=1#L2`,
    );
    expect(sourceUrl("gitlab", "https://h/a/b", COMMIT, place)).toBe(
      `https://h/a/b/-/blob/${COMMIT}/docs/a.md?plain=1#L2`,
    );
    expect(sourceUrl("forgejo", "https://h/a/b", COMMIT, place)).toBe(
      `https://h/a/b/src/commit/${COMMIT}/docs/a.md?display=source#L2`,
    );
    expect(sourceUrl("github", "https://h/a/b", COMMIT, { path: "docs/a.md" })).toBe(
      `https://h/a/b/blob/${COMMIT}/docs/a.md`,
    );
  });

  it("knows no pages of a host that it does not know", () => {
    expect(sourceHostOf("127.0.0.1:54340")).toBeNull();
    expect(sourceHostOf("notgithub.com")).toBeNull();
  });

  it("keeps every path whole, whatever characters a file's name has", () => {
    const kinds: readonly SourceHost[] = ["github", "gitlab", "bitbucket", "forgejo"];
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.array(
          fc
            .string({ unit: "grapheme", minLength: 1 })
            .filter((name) => !name.includes("/") && !/^\.{1,2}$/.test(name)),
          { minLength: 1, maxLength: 4 },
        ),
        fc.integer({ min: 1, max: 1e6 }),
        (kind, segments, line) => {
          const url = new URL(sourceUrl(kind, "https://host.test/a/b", COMMIT, { path: segments.join("/"), line }));
          const at = url.pathname.split("/").slice(-segments.length).map(decodeURIComponent);
          expect(at).toEqual(segments);
          expect(url.origin).toBe("https://host.test");
          expect(url.hash).toContain(String(line));
        },
      ),
    );
  });
});

import { describe, expect, it } from "vitest";
import { isRef, parseRepositoryAddress } from "./repository-url";

const parse = (raw: string) => parseRepositoryAddress(new URL(raw));

describe("parseRepositoryAddress", () => {
  it("gives all spellings of one repository one identity", () => {
    const urls = [
      "https://github.com/Owner/Name",
      "https://github.com/owner/name.git",
      "https://GITHUB.com/owner/name/",
    ].map((raw) => parse(raw).url);
    expect(new Set(urls)).toEqual(new Set(["https://github.com/owner/name"]));
  });

  it("keeps the spelling for people, and for git on hosts that tell cases apart", () => {
    expect(parse("https://github.com/Owner/Name")).toMatchObject({
      owner: "Owner",
      name: "Name",
      cloneUrl: "https://github.com/Owner/Name.git",
    });
    expect(parse("https://gitlab.com/Group/Sub/Name").url).toBe("https://gitlab.com/Group/Sub/Name");
    expect(parse("https://gitlab.com/Group/Sub/Name")).toMatchObject({ owner: "Group/Sub", name: "Name" });
  });

  it.each([
    "https://github.com/",
    "https://github.com/a",
    "https://github.com/a/b/c",
    "https://github.com/-a/b",
    "https://github.com/a/..%2f..",
    "https://github.com/a/%00",
    "https://github.com/a//b",
  ])("refuses %s", (raw) => {
    expect(() => parse(raw)).toThrowError(expect.objectContaining({ code: "repository_url_invalid" }));
  });
});

describe("isRef", () => {
  it.each(["main", "feature/x-1", "v1.2.3", "release-2026.11"])("takes %s", (ref) => expect(isRef(ref)).toBe(true));
  it.each([
    "",
    "-x",
    "--upload-pack=x",
    "a..b",
    "a b",
    "a~1",
    "a^",
    "a:b",
    "a?b",
    "a*",
    "[a",
    "a\\b",
    "/a",
    "a/",
    "a//b",
    "a.lock",
    "a/.b",
    "@{u}",
    "a\n",
  ])("refuses %j", (ref) => expect(isRef(ref)).toBe(false));
});

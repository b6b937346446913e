import { describe, expect, it } from "vitest";
import { DEFAULT_NEXT, loginPath, safeNext } from "./safe-next";

describe("safeNext", () => {
  it.each(["/settings", "/learn/repositories?q=a%20b#top", "/campaigns/well?x=https://evil.test"])(
    "lets %s through",
    (path) => {
      expect(safeNext(path)).toBe(path);
    },
  );

  it.each([
    "https://evil.test",
    "//evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "/\t/evil.test",
    "/\n/evil.test",
    "https:evil.test",
    "javascript:alert(1)",
    "evil.test",
    "",
    "/login?next=/login",
    "/auth/callback?code=1",
    "/api/v1/me",
    "/..//evil.test",
    "/.//evil.test",
    "/a/..//evil.test",
    "/\u0000",
    `/${"a".repeat(2000)}`,
    undefined,
    null,
    7,
    ["/settings"],
  ])("refuses %j", (path) => {
    expect(safeNext(path)).toBe(DEFAULT_NEXT);
  });

  it("never answers anything that a browser reads as another host", () => {
    for (const tail of ["//x.test", "/./x", "/%2f%2fx.test", "/?//x.test"]) {
      expect(new URL(safeNext(tail), "https://ours.test").host).toBe("ours.test");
    }
  });
});

describe("loginPath", () => {
  it("keeps where to go back to, and drops what is not ours", () => {
    expect(loginPath("/settings?tab=1")).toBe("/login?next=%2Fsettings%3Ftab%3D1");
    expect(loginPath("//evil.test")).toBe("/login");
    expect(loginPath()).toBe("/login");
  });
});

import { describe, expect, it } from "vitest";
import { viewerOf } from "@/lib/kernel/viewer";
import { readHints } from "./hints";

describe("readHints", () => {
  it("reads nothing from no cookies", () => {
    expect(readHints("")).toEqual({ viewer: "none", theme: "system", hasSession: false });
  });
  it("sees a session whole or in parts", () => {
    expect(readHints("sb-127-auth-token=base64-abc==").hasSession).toBe(true);
    expect(readHints("a=1; sb-abcdef-auth-token.0=x; sb-abcdef-auth-token.1=y").hasSession).toBe(true);
  });
  it("does not take the sign-in's code verifier for a session", () => {
    expect(readHints("sb-127-auth-token-code-verifier=x").hasSession).toBe(false);
  });
  it("takes only values it knows", () => {
    expect(readHints("theme=dark; viewer=operator")).toMatchObject({ theme: "dark", viewer: "operator" });
    expect(readHints("theme=pink; viewer=root")).toMatchObject({ theme: "system", viewer: "none" });
  });
});

describe("viewerOf", () => {
  it.each([
    [[], "member"],
    [["member"], "member"],
    [["member", "campaign_admin"], "campaign_admin"],
    [["campaign_admin", "operator"], "operator"],
  ])("%j is %s", (roles, viewer) => {
    expect(viewerOf(roles)).toBe(viewer);
  });
});

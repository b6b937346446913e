import { createHash } from "node:crypto";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { VIEWERS } from "@/lib/kernel/viewer";
import { FIRST_PAINT_CSP_HASH, FIRST_PAINT_SCRIPT } from "./first-paint";

/** The attributes that the script sets on <html> for a cookie header. */
function attributesFor(cookie: string): Record<string, string> {
  const set: Record<string, string> = {};
  const documentElement = { setAttribute: (name: string, value: string) => void (set[name] = value) };
  runInNewContext(FIRST_PAINT_SCRIPT, { document: { documentElement, cookie } });
  return set;
}

it("a policy that names its hash lets it run", () => {
  expect(FIRST_PAINT_CSP_HASH).toBe(`'sha256-${createHash("sha256").update(FIRST_PAINT_SCRIPT).digest("base64")}'`);
});

it("leaves everything to the system without cookies", () => {
  expect(attributesFor("")).toEqual({});
});

it("takes theme and viewer wherever they stand among other cookies", () => {
  expect(attributesFor("a=b; theme=dark; viewer=operator")).toEqual({
    "data-theme": "dark",
    "data-viewer": "operator",
  });
  expect(attributesFor("viewer=member; x=theme=dark; theme=light")).toMatchObject({
    "data-theme": "light",
    "data-viewer": "member",
  });
});

it("knows every viewer that the kernel knows", () => {
  for (const viewer of VIEWERS) {
    expect(attributesFor(`viewer=${viewer}`)["data-viewer"]).toBe(viewer === "none" ? undefined : viewer);
  }
});

it.each(["theme=system", "theme=dark2", "xtheme=dark", "viewer=admin", 'viewer="><script>'])("ignores %s", (cookie) => {
  expect(attributesFor(cookie)).toEqual({});
});

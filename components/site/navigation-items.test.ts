import { globSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { VIEWERS } from "@/lib/kernel/viewer";
import { ACCOUNT_ITEMS, isCurrent, itemsFor, MAIN_ITEMS, NOTICES_ITEM } from "./navigation-items";

const hrefs = (viewer: (typeof VIEWERS)[number]) => itemsFor(viewer).map((item) => item.href);

describe("itemsFor", () => {
  it("offers a visitor the way in and nothing that needs an account", () => {
    expect(hrefs("none")).toEqual(["/#learning", "/campaigns", "/login"]);
  });
  it("offers a member their own places, and no way to sign in again", () => {
    expect(hrefs("member")).toEqual(["/learn", "/patterns", "/campaigns", "/giving", "/notifications", "/settings"]);
  });
  it.each(["campaign_admin", "operator"] as const)("offers %s all that a member has", (viewer) => {
    expect(hrefs(viewer)).toEqual(expect.arrayContaining(hrefs("member")));
  });
});

it("every link of the navigation leads to a page that exists", () => {
  const root = path.join(import.meta.dirname, "../../app");
  const pages = new Set(
    globSync("**/page.tsx", { cwd: root }).map(
      (file) =>
        `/${path.posix
          .dirname(file)
          .replaceAll(/\([^)]+\)\/?/g, "")
          .replace(/^\.$|\/$/, "")}`,
    ),
  );
  const missing = [...MAIN_ITEMS, NOTICES_ITEM, ...ACCOUNT_ITEMS]
    .map((item) => item.href.replace(/#.*$/, ""))
    .filter((href) => !pages.has(href));
  expect(missing).toEqual([]);
});

describe("isCurrent", () => {
  it.each([
    ["/campaigns", "/campaigns", true],
    ["/campaigns", "/campaigns/clean-water", true],
    ["/campaigns", "/campaigns-archive", false],
    ["/#learning", "/", false],
  ])("%s on %s: %s", (href, at, expected) => {
    expect(isCurrent(href, at)).toBe(expected);
  });
});

import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./fixtures.ts";
import { demoPerson, signIn } from "./people.ts";

const header = (page: Page) => page.getByRole("banner");
const linksOf = (page: Page) => header(page).getByRole("link").allInnerTexts();

test("a visitor is shown the way in, and from the landing page both halves", async ({ page }) => {
  await page.goto("/");
  expect((await linksOf(page)).map((text) => text.trim())).toEqual([
    "DevMentor",
    "Learning",
    "Campaigns",
    "Sign in",
    "Get started",
  ]);
  await page.getByRole("main").getByRole("link", { name: "See campaigns" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Campaigns" })).toBeVisible();
  await expect(header(page).getByRole("link", { name: "Campaigns" })).toHaveAttribute("aria-current", "page");
  await header(page).getByRole("link", { name: "Get started" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
});

test("a member has learning, notices and settings; administration is not there for them", async ({ freshPage }) => {
  const page = await freshPage();
  await signIn(page, demoPerson("donor"));
  await expect(header(page).getByRole("link", { name: "Learn" })).toBeVisible();
  await expect(header(page).getByRole("link", { name: "Settings" })).toBeVisible();
  await expect(header(page).getByRole("link", { name: "Notices" })).toBeVisible();
  await expect(header(page).getByRole("link", { name: "Administration" })).toBeHidden();
  await expect(header(page).getByRole("link", { name: "Sign in" })).toBeHidden();
  expect((await page.request.get("/admin")).status()).toBe(404);
});

test("an operator finds administration, which says what there is", async ({ freshPage }) => {
  const page = await freshPage();
  await signIn(page, demoPerson("operator"));
  await header(page).getByRole("link", { name: "Administration" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Administration" })).toBeVisible();
  await expect(page.getByText("Every campaign: what needs a hand today, and everything behind it.")).toBeVisible();
  for (const name of ["What needs a hand", "What happened with money"])
    await expect(page.getByRole("main").getByRole("heading", { level: 2, name })).toBeVisible();
  await expectAccessible(page);
});

test("signing out takes what was one's own out of the header at once", async ({ freshPage }) => {
  const page = await freshPage();
  await signIn(page, demoPerson("learner"));
  await page.goto("/settings");
  await page.getByRole("button", { name: "Sign out here" }).click();
  await page.waitForURL((url) => url.pathname === "/");
  await expect(header(page).getByRole("link", { name: "Sign in" })).toBeVisible();
  await expect(header(page).getByRole("link", { name: "Settings" })).toBeHidden();
  await page.goto("/learn");
  expect(new URL(page.url()).searchParams.get("next")).toBe("/learn");
});

test("on a phone the menu opens, closes by Escape and by going somewhere", async ({ freshPage }) => {
  const page = await freshPage({ viewport: { width: 390, height: 780 } });
  await page.goto("/");
  const campaigns = header(page).getByRole("link", { name: "Campaigns" });
  const menu = page.getByText("Menu", { exact: true });
  await expect(campaigns).toBeHidden();
  await menu.click();
  await expect(campaigns).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(campaigns).toBeHidden();
  await menu.click();
  await campaigns.click();
  await expect(page.getByRole("heading", { level: 1, name: "Campaigns" })).toBeVisible();
  await expect(campaigns).toBeHidden();
});

test("the first press of Tab leads past the header", async ({ page }) => {
  await page.goto("/");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

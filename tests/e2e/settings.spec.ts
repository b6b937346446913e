import { readFile } from "node:fs/promises";
import { expect, expectAccessible, test } from "./fixtures.ts";
import { newPerson, openAccount, signIn } from "./people.ts";

test("name, preferences and notices are saved; a theme is taken at once and on other browsers", async ({
  freshPage,
}) => {
  const person = newPerson();
  const page = await freshPage();
  await openAccount(page, person);
  await page.goto("/settings");

  const account = page.locator("#account");
  await account.getByLabel("Name").fill("");
  await account.getByRole("button", { name: "Save name" }).click();
  await expect(account.getByRole("alert")).toBeFocused();
  await account.getByLabel("Name").fill("Pia Anew");
  await account.getByRole("button", { name: "Save name" }).click();
  await expect(account.getByText("Your name is saved.")).toBeVisible();

  const reading = page.locator("#reading");
  await reading.getByLabel("Mostly words").check();
  await reading.getByLabel("Dark").check();
  await reading.getByRole("button", { name: "Save preferences" }).click();
  await expect(reading.getByText("Your preferences are saved.")).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");

  const notices = page.locator("#notices");
  await notices.getByLabel("Learning", { exact: true }).uncheck();
  await notices.getByRole("button", { name: "Save notices" }).click();
  await expect(notices.getByText("Your choice is saved.")).toBeVisible();
  await expectAccessible(page);

  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(account.getByLabel("Name")).toHaveValue("Pia Anew");
  await expect(reading.getByLabel("Mostly words")).toBeChecked();
  await expect(notices.getByLabel("Learning", { exact: true })).not.toBeChecked();
  await expect(notices.getByLabel("Analyses", { exact: true })).toBeChecked();

  const other = await freshPage();
  await signIn(other, person);
  await expect(other.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByRole("contentinfo").getByText("Light", { exact: true }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
});

test("one's data can be downloaded", async ({ freshPage }) => {
  const person = newPerson();
  const page = await freshPage();
  await openAccount(page, person);
  await page.goto("/settings");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download my data" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("devmentor-export.json");
  expect(JSON.parse(await readFile(await download.path(), "utf8"))).toMatchObject({
    account: { email: person.email },
    profile: { display_name: person.name },
  });
});

test.describe("with a session that is ended elsewhere", () => {
  // The other page may ask for its notices between the end of its session and its reload.
  test.use({ expectedConsoleErrors: [/status of 401/] });

  test("signing out everywhere ends the other browser's session at once", async ({ freshPage }) => {
    const person = newPerson();
    const page = await freshPage();
    await openAccount(page, person);
    const other = await freshPage();
    await signIn(other, person);
    await other.goto("/settings");
    await expect(other.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();

    await page.goto("/settings");
    await page.getByRole("button", { name: "Sign out everywhere" }).click();
    await expect(page.getByText("You are signed out")).toBeVisible();
    expect((await other.request.get("/api/v1/me")).status()).toBe(401);
    await other.reload();
    expect(new URL(other.url()).pathname).toBe("/login");
  });
});

test("an account is deleted only by its typed address, and is then gone", async ({ freshPage }) => {
  const person = newPerson();
  const page = await freshPage();
  await openAccount(page, person);
  await page.goto("/settings");
  const danger = page.locator("#delete");
  await danger.getByLabel("Type your address to confirm").fill("other@example.test");
  await danger.getByRole("button", { name: "Delete my account" }).click();
  await expect(danger.getByRole("alert")).toBeFocused();
  await expect(danger.getByRole("alert")).toContainText("This is not the address of your account.");
  expect((await page.request.get("/api/v1/me")).status()).toBe(200);

  await danger.getByLabel("Type your address to confirm").fill(person.email);
  await danger.getByRole("button", { name: "Delete my account" }).click();
  await expect(page.getByText("Your account is deleted")).toBeVisible();
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: "We could not sign you in" })).toBeVisible();
});

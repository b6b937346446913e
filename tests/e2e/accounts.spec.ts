import { expect, expectAccessible, test } from "./fixtures.ts";
import { mailedLink } from "./mail.ts";
import { newPerson, openAccount, signIn } from "./people.ts";

test("registering says what is wrong where it is wrong, keeps what was typed, and then opens the account", async ({
  page,
}) => {
  const person = newPerson();
  await page.goto("/register");
  await page.getByLabel("E-mail").fill("nobody");
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Open account" }).click();
  const summary = page.getByRole("alert").filter({ hasText: "The account was not opened" });
  await expect(summary).toBeFocused();
  await expect(summary.getByRole("link")).toHaveCount(3);
  await expect(page.getByLabel("E-mail")).toHaveValue("nobody");
  await expect(page.getByLabel("E-mail")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Password")).toHaveValue("");
  await expectAccessible(page);
  // The summary leads to the first field on the page, not the first of a schema.
  await summary.getByRole("link").first().click();
  await expect(page.getByLabel("Name")).toBeFocused();

  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Open account" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Welcome, ${person.name}` })).toBeVisible();
});

test("an address is confirmed by the mailed link, by a click, once", async ({ page, stack }) => {
  const person = newPerson();
  await openAccount(page, person);
  await page.goto("/settings");
  await expect(page.getByText("not confirmed", { exact: true })).toBeVisible();
  const link = await mailedLink(stack, person.email, "/auth/verify");
  await page.goto(link);
  // Opening it alone confirms nothing: scanners of mail open links too.
  expect(await (await page.request.get("/api/v1/me")).json()).toMatchObject({ emailVerified: false });
  await expect(page.getByText(person.email)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Yes, this address is mine" }).click();
  await expect(page.getByText(`${person.email} is confirmed.`)).toBeVisible();
  await page.goto("/settings");
  await expect(page.getByText("confirmed", { exact: true })).toBeVisible();
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "This link cannot be used" })).toBeVisible();
});

test.describe("with a session that was ended elsewhere", () => {
  // The header asks once whether the cookie that is left still counts.
  test.use({ expectedConsoleErrors: [/status of 401/] });

  test("a forgotten password is set anew by the mailed link, which ends every session", async ({
    freshPage,
    stack,
  }) => {
    const person = newPerson();
    const elsewhere = await freshPage();
    await openAccount(elsewhere, person);

    const page = await freshPage();
    await page.goto("/login");
    await page.getByRole("link", { name: "Forgotten your password?" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Set a new password" })).toBeVisible();
    await page.getByLabel("E-mail").fill(person.email);
    await page.getByRole("button", { name: "Send the link" }).click();
    await expect(page.getByText("Look into your mail")).toBeVisible();
    await page.goto(await mailedLink(stack, person.email, "/auth/reset"));
    await expectAccessible(page);
    await page.getByLabel("New password").fill("short");
    await page.getByRole("button", { name: "Set password" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "The password was not set" })).toBeFocused();
    const password = `${person.password} anew`;
    await page.getByLabel("New password").fill(password);
    await page.getByRole("button", { name: "Set password" }).click();
    await expect(page.getByText("Your password is set")).toBeVisible();

    await elsewhere.goto("/learn");
    expect(new URL(elsewhere.url()).pathname).toBe("/login");

    await page.getByLabel("E-mail").fill(person.email);
    await page.getByLabel("Password").fill(person.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    const refusal = page.getByRole("alert").filter({ hasText: "We could not sign you in" });
    await expect(refusal).toBeFocused();
    await expect(page.getByLabel("E-mail")).toHaveValue(person.email);
    await signIn(page, { ...person, password });
    expect((await page.request.get("/api/v1/me")).status()).toBe(200);
  });
});

test("asking for a link tells nobody whether there is an account", async ({ page }) => {
  const { email } = newPerson();
  await page.goto("/forgot-password");
  await page.getByLabel("E-mail").fill(email);
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByText(`If there is an account for ${email}`)).toBeVisible();
});

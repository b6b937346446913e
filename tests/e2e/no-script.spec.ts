import { expect, test } from "./fixtures.ts";
import { newPerson } from "./people.ts";

test.use({ expectedConsoleErrors: [/status of 404/] });

const WITHOUT = { javaScriptEnabled: false } as const;

for (const [address, heading] of [
  ["/", /Learn from the code/],
  ["/campaigns", "Campaigns"],
  ["/privacy", "Privacy"],
  ["/login", "Sign in"],
  ["/register", "Open an account"],
  ["/forgot-password", "Set a new password"],
  ["/auth/reset?token=unknown", "Set a new password"],
  ["/auth/verify?token=unknown", "Confirm your address"],
  ["/settings/nothing", "There is nothing at this address"],
] as const) {
  test(`${address} can be read without JavaScript`, async ({ freshPage }) => {
    const page = await freshPage(WITHOUT);
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
    await expect(page.getByRole("contentinfo").getByRole("link", { name: "Privacy" })).toBeVisible();
    await expect(page.getByRole("main").getByRole("link").first()).toBeVisible();
  });
}
test("without JavaScript one can register, be led through, analyse, change settings and leave", async ({
  freshPage,
  stack,
}) => {
  const person = newPerson();
  const page = await freshPage(WITHOUT);

  await test.step("register, with what was wrong said and kept", async () => {
    await page.goto("/register");
    await page.getByLabel("Name").fill(person.name);
    await page.getByLabel("E-mail").fill("nobody");
    await page.getByLabel("Password").fill(person.password);
    await page.getByRole("button", { name: "Open account" }).click();
    await expect(page.getByText("The account was not opened")).toBeVisible();
    await expect(page.getByLabel("Name")).toHaveValue(person.name);
    await page.getByLabel("E-mail").fill(person.email);
    await page.getByLabel("Password").fill(person.password);
    await page.getByRole("button", { name: "Open account" }).click();
    await expect(page.getByRole("heading", { level: 1, name: `Welcome, ${person.name}` })).toBeVisible();
  });

  await test.step("the first-run path", async () => {
    await page.getByLabel("Mostly words").check();
    await page.getByRole("button", { name: "Save and go on" }).click();
    await expect(page.locator("[aria-current=step]")).toContainText("Pick a repository");
    await page.getByRole("button", { name: "Skip this, I know my way" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Choose a repository" })).toBeVisible();
  });

  await test.step("an analysis: refused, then followed to its result by the page reloading itself", async () => {
    await page.getByLabel("Address of a repository").fill("ftp://example.test/a/b");
    await page.getByRole("button", { name: "Analyse it" }).click();
    await expect(page.getByText("The analysis was not started")).toBeVisible();
    await expect(page.getByLabel("Address of a repository")).toHaveValue("ftp://example.test/a/b");
    await page.getByLabel("Address of a repository").fill(`${stack["DEVSTACK_GIT_ORIGIN"]}/octo-learner/zod`);
    await page.getByRole("button", { name: "Analyse it" }).click();
    await expect(page.getByText("Lines counted")).toBeVisible();
    await expect(page.getByText("Done", { exact: true })).toBeVisible();
    await page.getByText("All languages as a table").click();
    await expect(page.getByRole("rowheader", { name: "TypeScript" })).toBeVisible();
    await page.getByRole("link", { name: "Learn", exact: true }).last().click();
    await expect(page.getByRole("link", { name: "octo-learner/zod" })).toBeVisible();
  });

  await test.step("notices and settings", async () => {
    await page.goto("/notifications");
    await page.getByRole("button", { name: "Mark all as read" }).click();
    await expect(page.getByText("You have read everything.")).toBeVisible();
    await page.goto("/settings");
    await page.locator("#account").getByLabel("Name").fill("Pia Plain");
    await page.getByRole("button", { name: "Save name" }).click();
    await expect(page.getByText("Your name is saved.")).toBeVisible();
  });

  await test.step("leave, and come back with a password", async () => {
    await page.getByRole("button", { name: "Sign out here" }).click();
    await expect(page.getByRole("heading", { level: 1, name: /Learn from the code/ })).toBeVisible();
    await page.goto("/settings");
    await page.getByLabel("E-mail").fill(person.email);
    await page.getByLabel("Password").fill(person.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByLabel("Name")).toHaveValue("Pia Plain");
    await page.getByLabel("Type your address to confirm").fill(person.email);
    await page.getByRole("button", { name: "Delete my account" }).click();
    await expect(page.getByText("Your account is deleted")).toBeVisible();
  });
});

test("GitHub signs people in without JavaScript too", async ({ freshPage }) => {
  const page = await freshPage(WITHOUT);
  await page.goto("/login?next=/settings");
  await page.getByRole("button", { name: "Continue with GitHub" }).click();
  await page.getByRole("button", { name: "octo-newcomer" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
  await expect(page.getByText("octo-newcomer@devmentor.test").first()).toBeVisible();
});

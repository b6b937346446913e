import { expect, expectAccessible, test } from "./fixtures.ts";
import { newPerson, openAccount, signIn } from "./people.ts";

test("four steps to the first lesson: what was done is remembered, and at the end one is no longer new", async ({
  freshPage,
  stack,
}) => {
  const person = newPerson();
  const page = await freshPage();
  await openAccount(page, person);
  const current = page.locator("[aria-current=step]");
  await expect(current).toContainText("Say how you like things explained");
  await page.getByLabel("Mostly examples").check();
  await page.getByRole("button", { name: "Save and go on" }).click();
  await expect(current).toContainText("Pick a repository");

  // Another browser, another day.
  const again = await freshPage();
  await signIn(again, person);
  await expect(again).toHaveURL(/\/onboarding$/);
  await expect(again.locator("[aria-current=step]")).toContainText("Pick a repository");
  await again.getByRole("link", { name: "Choose a repository" }).click();
  await again.getByLabel("Address of a repository").fill(`${stack["DEVSTACK_GIT_ORIGIN"]}/octo-newcomer/ssr`);
  await again.getByRole("button", { name: "Analyse it" }).click();
  await expect(again.getByRole("status").filter({ hasText: "The analysis is completed." })).toBeAttached();

  await page.reload();
  await expect(page.getByText("done", { exact: true })).toHaveCount(3);
  await expect(current).toContainText("Take your first lesson");
  await expectAccessible(page);
  await expect(page.getByRole("button", { name: "Show me my whole path" })).toBeVisible();
  await page.getByRole("button", { name: /^Start this lesson/ }).click();
  await page.waitForURL("**/learn/sessions/*");
  expect(await (await page.request.get("/api/v1/me")).json()).toMatchObject({
    isNewUser: false,
    preferences: { contentFormat: "examples" },
  });
});

test("it can be skipped, and is not offered again", async ({ freshPage }) => {
  const person = newPerson();
  const page = await freshPage();
  await openAccount(page, person);
  await page.getByRole("button", { name: "Skip this, I know my way" }).click();
  await page.waitForURL("**/learn/repositories");
  await expect(page.getByRole("heading", { name: "GitHub is not connected" })).toBeVisible();
  const again = await freshPage();
  await signIn(again, person);
  await expect(again).toHaveURL(/\/learn$/);
});

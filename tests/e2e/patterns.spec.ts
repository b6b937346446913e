import { expect, expectAccessible, test } from "./fixtures.ts";
import { newPerson, openAccount } from "./people.ts";

test("what an analysis shows is believed, can be corrected and deleted, and does not come back", async ({
  freshPage,
  stack,
}) => {
  const page = await freshPage();
  await openAccount(page, newPerson());
  await page.goto("/patterns");
  await expect(page.getByRole("heading", { name: "We do not believe anything yet" })).toBeVisible();
  await expectAccessible(page);

  const analyse = async () => {
    await page.goto("/learn/repositories");
    await page.getByLabel("Address of a repository").fill(`${stack["DEVSTACK_GIT_ORIGIN"]}/octo-maintainer/auth-js`);
    await page.getByRole("button", { name: "Analyse it" }).click();
    await page.waitForURL("**/learn/analyses/*");
    await expect(page.getByText("Completed", { exact: true }).or(page.getByText("Done", { exact: true }))).toBeVisible({
      timeout: 60_000,
    });
  };
  await analyse();
  // A workflow takes it from the result: a moment later.
  const believed = page.getByRole("article").filter({ has: page.getByRole("heading", { name: "Await", exact: true }) });
  await expect(async () => {
    await page.goto("/patterns");
    await expect(page.getByRole("article").first()).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await expect(believed).toContainText(/Seen .* in 1 repository\./);
  await expectAccessible(page);
  await believed.getByText("Where Await was seen").click();
  await expect(believed.getByRole("link", { name: /auth-js/ }).first()).toBeVisible();
  await expect(believed.getByText(/\.tsx?:\d+$/).first()).toBeVisible();

  await believed.getByText("Correct this").click();
  await believed.getByLabel("What is true").selectOption("This is not my code");
  await believed.getByLabel("Why").fill("A colleague wrote it.");
  await expectAccessible(page);
  await believed.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
  await expect(believed).toContainText("A colleague wrote it.");

  // Everything works as a plain form too.
  const plain = await freshPage({ javaScriptEnabled: false, storageState: await page.context().storageState() });
  await plain.goto("/patterns");
  const same = plain.getByRole("article").filter({ has: plain.getByRole("heading", { name: "Await", exact: true }) });
  await expect(same).toContainText("This is not my code");
  await same.getByText("Delete", { exact: false }).first().click();
  await same.getByRole("button", { name: "Delete it" }).click();
  await expect(plain.getByText("The pattern is gone, with every place where it was seen.")).toBeVisible();
  await expect(same).toHaveCount(0);

  // The same commit is answered from the cache, and feeds the memory again: without what was deleted.
  await analyse();
  await page.goto("/patterns");
  await expect(page.getByRole("article").first()).toBeVisible();
  await expect(believed).toHaveCount(0);
});

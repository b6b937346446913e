import { expect, test } from "./fixtures.ts";

test("one's own repositories are listed and found by name; private ones wait for consent", async ({ pageAs }) => {
  const page = await pageAs("octo-maintainer");
  await page.goto("/learn/repositories");
  const own = page.getByRole("region", { name: "Yours at GitHub" });
  const names = own.getByRole("listitem").locator("p:first-child > span:first-child");
  await expect(names).toHaveText(["octo-maintainer/pino", "octo-maintainer/auth-js"], { useInnerText: true });
  await expect(own.getByText("Only public repositories are listed.")).toBeVisible();

  await own.getByLabel("Find by name or description").fill("supabase auth");
  await own.getByRole("button", { name: "Find" }).click();
  await expect(names).toHaveText(["octo-maintainer/auth-js"]);
  await own.getByLabel("Find by name or description").fill("nothing like it");
  await own.getByRole("button", { name: "Find" }).click();
  await expect(own.getByRole("heading", { name: "Nothing matches “nothing like it”" })).toBeVisible();
  await own.getByRole("link", { name: "Show all of them" }).click();
  await expect(names).toHaveCount(2);
});

/** What people paste, and what they are told. */
const REFUSED = [
  ["", /Enter the address of a repository/],
  ["octo-learner/zod", /This is not the address of a repository/],
  ["ftp://github.com/owner/name", /Only https:\/\/ addresses/],
  ["https://user:secret@github.com/owner/name", /Leave user names and passwords out/],
  ["https://evil.example/owner/name", /Repositories on evil\.example cannot be analysed here/],
  ["http://169.254.169.254/latest/meta-data", /cannot be analysed here/],
  ["https://github.com/owner", /This is not the address of a repository/],
] as const;

test("an address that cannot be read is refused with the reason, and what was typed stays", async ({
  pageAs,
  stack,
}) => {
  const page = await pageAs("octo-maintainer");
  await page.goto("/learn/repositories");
  const field = page.getByLabel("Address of a repository");
  const summary = page.getByRole("alert").filter({ hasText: "The analysis was not started" });
  const missing = [
    `${stack["DEVSTACK_GIT_ORIGIN"]}/octo-maintainer/none`,
    /no public repository at this address/,
  ] as const;
  const empty = [`${stack["DEVSTACK_GIT_ORIGIN"]}/octo-newcomer/first-steps`, /nothing|empty|no commit/i] as const;
  for (const [address, reason] of [...REFUSED, missing, empty]) {
    await test.step(address || "(nothing)", async () => {
      await field.fill(address);
      await page.getByRole("button", { name: "Analyse it" }).click();
      await expect(summary).toContainText(reason);
      await expect(summary).toBeFocused();
      await expect(field).toHaveValue(address);
      await expect(field).toHaveAttribute("aria-invalid", "true");
    });
  }
  await summary.getByRole("link").click();
  await expect(field).toBeFocused();

  await field.fill(`${stack["DEVSTACK_GIT_ORIGIN"]}/octo-maintainer/pino`);
  await page.getByLabel("Branch or tag").fill("-x");
  await page.getByRole("button", { name: "Analyse it" }).click();
  await expect(summary).toContainText("This is not the name of a branch or tag.");
  await summary.getByRole("link").click();
  await expect(page.getByLabel("Branch or tag")).toBeFocused();
});

import { expect, expectAccessible, test } from "./fixtures.ts";

const PRIVATE = "octo-learner/socket-notes";

test("a private repository is refused, then opened by consent, and closed again in the settings", async ({
  pageAs,
  sql,
  stack,
}) => {
  // As though this person had never given more than the sign-in asks for.
  await sql`delete from private.github_tokens where github_login = 'octo-learner'`;
  const page = await pageAs("octo-learner");
  const address = `${stack["DEVSTACK_GIT_ORIGIN"]}/${PRIVATE}`;

  await test.step("refused, and told why", async () => {
    await page.goto("/learn/repositories");
    await expect(page.getByText(PRIVATE)).toBeHidden();
    await page.getByLabel("Address of a repository").fill(address);
    await page.getByRole("button", { name: "Analyse it" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "give DevMentor access to your private" })).toBeFocused();
  });

  await test.step("consent: ours says what for, then GitHub asks", async () => {
    await page.goto("/auth/github/consent?next=/learn/repositories");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Allow private repositories" }).click();
    await page.waitForURL(/\/login\/oauth\/authorize/);
    await page.getByRole("button", { name: "octo-learner" }).click();
    await page.waitForURL("**/learn/repositories");
  });

  await test.step("it works, for its owner alone", async () => {
    await expect(page.getByText("Private", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: `Analyse ${PRIVATE}` }).click();
    await page.waitForURL("**/learn/analyses/*");
    await expect(page.getByRole("status").filter({ hasText: "The analysis is completed." })).toBeAttached();
    await expect(page.getByText("Private: only you see this")).toBeVisible();
    const stranger = await pageAs("octo-maintainer");
    const id = page.url().split("/").at(-1);
    expect((await stranger.request.get(`/api/v1/analyses/${id}`)).status()).toBe(404);
  });

  await test.step("the settings say so and end it", async () => {
    await page.goto("/settings");
    const github = page.locator("#github");
    await expect(github.getByText("public and private repositories")).toBeVisible();
    await github.getByRole("button", { name: "End our access" }).click();
    await expect(github.getByText("Not connected.")).toBeVisible();
    await page.goto("/learn/repositories");
    await expect(page.getByRole("heading", { name: "GitHub is not connected" })).toBeVisible();
    await page.getByLabel("Address of a repository").fill(address);
    await page.getByRole("button", { name: "Analyse it" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "The analysis was not started" })).toBeVisible();
  });

  await test.step("and it can be connected again, for public ones only", async () => {
    await page.goto("/settings");
    await page.getByRole("button", { name: "Connect GitHub" }).click();
    await page.waitForURL(/\/login\/oauth\/authorize/);
    await page.getByRole("button", { name: "octo-learner" }).click();
    await page.waitForURL((url) => url.searchParams.get("github") === "connected");
    await expect(page.getByText("public repositories only")).toBeVisible();
  });
});

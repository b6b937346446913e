import { expect, expectAccessible, signInWithGithub, test } from "./fixtures.ts";

test("the sign-in page offers two ways in", async ({ page }) => {
  await page.goto("/login");
  await expect(page.getByRole("button", { name: "Continue with GitHub" })).toBeVisible();
  await expect(page.getByLabel(/password/i).first()).toBeVisible();
  await expectAccessible(page);
});

test("a learner signs in with GitHub, really", async ({ page }) => {
  await signInWithGithub(page, "octo-newcomer");
  expect(new URL(page.url()).pathname).not.toBe("/login");
  const me = await page.request.get("/api/v1/me");
  expect(me.status()).toBe(200);
  expect(await me.json()).toMatchObject({ user: { email: "octo-newcomer@devmentor.test" }, emailVerified: true });
});

test("a session opened by the fixture is the person's own", async ({ pageAs }) => {
  const page = await pageAs("octo-learner");
  const me = await page.request.get("/api/v1/me");
  expect(await me.json()).toMatchObject({ user: { email: "octo-learner@devmentor.test" } });
});

test("nobody signed in is told to sign in, by page and by API", async ({ page }) => {
  const me = await page.request.get("/api/v1/me");
  expect(me.status()).toBe(401);
  expect(await me.json()).toMatchObject({ code: "unauthenticated" });
});

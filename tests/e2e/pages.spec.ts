import { expect, expectAccessible, test } from "./fixtures.ts";
import { demoPerson, signIn } from "./people.ts";

/** Every page that needs nobody, with its first heading. `/` and `/login` have tests of their own. */
const OPEN = [
  ["/register", "Open an account"],
  ["/forgot-password", "Set a new password"],
  ["/campaigns", "Campaigns"],
  ["/privacy", "Privacy"],
  ["/login?problem=state", "Sign in"],
  ["/auth/reset?token=unknown", "Set a new password"],
  ["/auth/verify?token=unknown", "Confirm your address"],
] as const;

for (const [address, heading] of OPEN) {
  test(`${address} is accessible in light, in dark and 320 px wide`, async ({ page }) => {
    expect((await page.goto(address))?.status()).toBe(200);
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
    await expectAccessible(page);
  });
}

/** Every page of a member's, with its first heading. */
const OWN = [
  ["/learn", "Hello"],
  ["/learn/repositories", "Choose a repository"],
  ["/patterns", "Your patterns"],
  ["/onboarding", "Welcome"],
  ["/notifications", "Notices"],
  ["/settings", "Settings"],
  ["/auth/github/consent", "Connect GitHub"],
] as const;

test("each page of a member's is accessible, and sends others to sign in and back", async ({ freshPage }) => {
  const page = await freshPage();
  await page.goto("/notifications");
  expect(new URL(page.url()).pathname).toBe("/login");
  await signIn(page, demoPerson("learner"));
  await expect(page.getByRole("heading", { level: 1, name: "Notices" })).toBeVisible();
  for (const [address, heading] of OWN) {
    await test.step(address, async () => {
      expect((await page.goto(address))?.status()).toBe(200);
      await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
      await expectAccessible(page);
    });
  }
});

// A page that failed is drawn without its head, and browsers ask here then: not each time, so no console shows it for certain.
test("there is an icon at the address that browsers try by themselves", async ({ request }) => {
  const icon = await request.get("/favicon.ico");
  expect([icon.status(), icon.headers()["content-type"]]).toEqual([200, "image/x-icon"]);
});

test("only pages that are the same for everybody let inline scripts through", async ({ request }) => {
  const scriptsOf = async (address: string) =>
    /script-src [^;]+/.exec((await request.get(address)).headers()["content-security-policy"] ?? "")?.[0] ?? "none";
  for (const prerendered of ["/", "/campaigns/none", "/privacy"])
    expect(await scriptsOf(prerendered), prerendered).toContain("'unsafe-inline'");
  for (const rendered of [
    "/campaigns",
    "/login",
    "/register",
    "/forgot-password",
    "/learn",
    "/settings",
    "/settings/none",
    "/none",
  ]) {
    expect(await scriptsOf(rendered), rendered).toMatch(/^script-src 'self' 'nonce-[0-9a-f]{32}' 'sha256-[\w+/=]+'$/);
  }
});

test.describe("where there is nothing", () => {
  test.use({ expectedConsoleErrors: [/status of 404/] });

  // The console also tells of scripts that a policy blocks: none may be.
  for (const address of ["/no-such-page", "/settings/nothing", "/learn/x", "/campaigns/none"]) {
    test(`${address} says so and works`, async ({ page }) => {
      expect((await page.goto(address))?.status()).toBe(404);
      await expect(page.getByRole("heading", { level: 1, name: "There is nothing at this address" })).toBeVisible();
      await page.getByRole("radio", { name: "Dark" }).check({ force: true });
      await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
      await page.getByRole("main").getByRole("link", { name: "Go to the start" }).click();
      await expect(page.getByRole("heading", { level: 1, name: /Learn from the code/ })).toBeVisible();
    });
  }

  test("an analysis that is not yours is as absent as one that never was", async ({ freshPage }) => {
    const page = await freshPage();
    await signIn(page, demoPerson("donor"));
    for (const id of ["8d3a2c5e-1f0b-4c7d-9e6a-5b4c3d2e1f00", "not-an-id"]) {
      expect((await page.goto(`/learn/analyses/${id}`))?.status()).toBe(404);
      await expect(page.getByRole("heading", { level: 1, name: "There is nothing at this address" })).toBeVisible();
    }
    await expectAccessible(page);
  });
});

import { expect, test } from "./fixtures.ts";
import { tabTo } from "./people.ts";

test("from the landing page to a result by the keyboard alone", async ({ page, sql }) => {
  await sql`delete from public.analyses where owner = 'octo-newcomer'`;
  await page.goto("/");
  await tabTo(page, page.getByRole("main").getByRole("link", { name: "Get started" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "Continue with GitHub" }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/login\/oauth\/authorize/);
  await tabTo(page, page.getByRole("button", { name: "octo-newcomer" }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/(onboarding|learn)$/);

  await tabTo(page, page.getByRole("banner").getByRole("link", { name: "Learn" }));
  await page.keyboard.press("Enter");
  const choose = page.getByRole("main").getByRole("link", { name: /Choose a repository|Analyse a repository/ });
  await tabTo(page, choose.first());
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByLabel("Find by name or description"));
  await page.keyboard.type("sessions");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/learn/repositories?q=sessions");
  await tabTo(page, page.getByRole("button", { name: "Analyse octo-newcomer/ssr" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "The analysis is completed." })).toBeAttached();
  const table = page.getByText("All languages as a table");
  await tabTo(page, table);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("rowheader", { name: "TypeScript" })).toBeVisible();
});

import { expect, expectAccessible, test } from "./fixtures.ts";
import { demoPerson, signIn } from "./people.ts";

test("a hint and a lesson are said by a model only where their learner allows it, each with its name", async ({
  freshPage,
  sql,
}) => {
  // Somebody whom no other test has learn anything: how many may open an account in an hour is limited.
  const person = demoPerson("donor");
  await sql`
    update public.preferences set ai_hints = false, ai_lessons = false
    where user_id = (select id from auth.users where email = ${person.email})`;
  const page = await freshPage();
  await signIn(page, person);
  const begin = async () => {
    const reply = await page.request.post("/api/v1/learning-sessions", {
      data: { trackSlug: "typescript-in-practice", lessonSlug: "null-safety" },
      headers: { origin: new URL(page.url()).origin },
    });
    expect(reply.status()).toBe(201);
    const { session } = (await reply.json()) as { session: { id: string } };
    await page.goto(`/learn/sessions/${session.id}`);
  };
  const hint = page.getByRole("button", { name: /^(?:Give me a hint|Another hint)$/ });

  await begin();
  await hint.click();
  // Which task it is, and so which hint, is drawn by lot.
  await expect(page.getByRole("region", { name: "Hints" }).getByRole("listitem")).toHaveCount(1);
  await page.getByText(/^The lesson: /).click();
  await expect(page.getByText("for what you wrote")).toHaveCount(0);
  await expect(page.getByText("Said for you by")).toHaveCount(0);

  await page.goto("/settings");
  const models = page.locator("#models");
  await models.getByLabel("Hints that fit what you wrote").check();
  await models.getByLabel("Lessons said for you").check();
  await models.getByRole("button", { name: "Save what models may do" }).click();
  await expect(models.getByText("Your choice is saved.")).toBeVisible();
  await expectAccessible(page);

  await begin();
  await expect(page.getByText("As you allow it, a hint is also fitted")).toBeVisible();
  await hint.click();
  const fitted = page.getByRole("region", { name: "Hint 1, for what you wrote" });
  await expect(fitted.getByText("Now that you have begun:")).toBeVisible();
  await expect(fitted.getByText("claude-haiku-5-5")).toBeVisible();
  await page.getByText(/^The lesson: /).click();
  await expect(page.getByText("Said for you by")).toBeVisible();
  await expect(page.getByText(/^Said for you: /).first()).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Show the author’s words" }).click();
  await expect(page.getByText(/^Said for you: /)).toHaveCount(0);
});

test("operators see what models were asked and cost; to a learner the page does not exist", async ({ freshPage }) => {
  const page = await freshPage();
  await signIn(page, demoPerson("operator"));
  await page.goto("/admin");
  await page.getByRole("link", { name: "Models", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Models" })).toBeVisible();
  await expect(page.getByRole("progressbar", { name: "Everybody together" })).toBeVisible();
  await expect(page.getByText("claude-haiku-5-5 at 127.0.0.1", { exact: false }).first()).toBeVisible();
  await expectAccessible(page);

  const other = await freshPage();
  await signIn(other, demoPerson("donor"));
  expect((await other.request.get("/admin/models")).status()).toBe(404);
});

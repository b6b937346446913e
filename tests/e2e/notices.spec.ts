import { expect, expectAccessible, test, widerThanWindow } from "./fixtures.ts";
import { newPerson, openAccount } from "./people.ts";

test("the bell counts as notices come, the list draws itself anew, and all can be read", async ({ freshPage, sql }) => {
  const person = newPerson();
  const page = await freshPage();
  await openAccount(page, person);
  const [row] = await sql<{ id: string }[]>`select id from auth.users where email = ${person.email}`;
  const notify = (title: string) =>
    sql`select private.notify(${row?.id ?? ""}, 'analysis.completed', ${title}, 'Have a look.', '/learn')`;
  const bell = page.getByRole("banner").getByRole("link", { name: "Notices" });

  await page.goto("/learn");
  await notify("The first is ready");
  await expect(bell).toHaveAccessibleName(/1 unread/);
  await notify("The second is ready");
  await expect(page.getByText("The second is ready")).toBeVisible();
  await expect(bell).toHaveAccessibleName(/2 unread/);

  await bell.click();
  await expect(page.getByText("2 are unread.")).toBeVisible();
  await notify("The third is ready");
  const list = page.getByRole("main").getByRole("listitem");
  await expect(list).toHaveText([/The third is ready/, /The second is ready/, /The first is ready/]);
  await expect(bell).toHaveAccessibleName(/3 unread/);
  await expectAccessible(page);
  const size = page.viewportSize();
  for (const width of [320, 660]) {
    await page.setViewportSize({ width, height: 720 });
    await list.first().getByRole("time").focus();
    await expect(list.first().getByRole("tooltip")).toBeVisible();
    expect(await widerThanWindow(page), `the exact time at ${width} px`).toEqual([]);
  }
  if (size) await page.setViewportSize(size);

  await page.getByRole("button", { name: "Mark all as read" }).click();
  await expect(page.getByText("You have read everything.")).toBeVisible();
  await page.reload();
  await expect(page.getByText("You have read everything.")).toBeVisible();
  await expect(bell).toHaveAccessibleName("Notices");
});

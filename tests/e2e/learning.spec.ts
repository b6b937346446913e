import type { Page } from "@playwright/test";
import type postgres from "postgres";
import { expect, expectAccessible, test } from "./fixtures.ts";
import { exercisesOf, exerciseOfKind, fill, sessionIdOf, show, write, type Exercise } from "./lessons.ts";
import { newPerson, openAccount, tabTo } from "./people.ts";

const TRACK = "async-javascript-and-failure";
const LESSON = "async-await";
const KINDS = ["choice", "short", "predict", "order", "locate", "fix", "write", "refactor", "justify"] as const;

/** Starts a session on the track as its page offers it. */
async function begin(page: Page, track = TRACK): Promise<string> {
  await page.goto(`/learn/tracks/${track}`);
  await page
    .getByRole("main")
    .getByRole("button", { name: /^(?:Start|Begin)/ })
    .first()
    .click();
  await page.waitForURL("**/learn/sessions/*");
  return sessionIdOf(page);
}

/** Shows this exercise in the session's page. */
async function openAt(page: Page, sql: postgres.Sql, session: string, exercise: Exercise): Promise<void> {
  await show(sql, session, exercise);
  await page.goto(`/learn/sessions/${session}`);
  await expect(page.getByRole("heading", { level: 1, name: exercise.title })).toBeVisible();
}

/** Sends what is in the form, and waits for the page that tells what came of it. */
async function submit(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Submit answer" }).click();
  await page.waitForURL(/\?answer=/);
  await expect(page.getByRole("heading", { name: "What was looked at" })).toBeVisible();
}

const alert = (page: Page, title: string) => page.getByText(title, { exact: true });
const plainly = (text: string): string => text.replaceAll("`", "");

function withCode(kind: "fix" | "write" = "fix"): Exercise {
  const found = exercisesOf(TRACK).find((one) => one.kind === kind && one.concepts[0] === LESSON);
  if (!found) throw new Error(`${LESSON} has no ${kind}`);
  return found;
}

test("every kind of question is asked and answered, on a phone and by keyboard", async ({ freshPage, sql }) => {
  test.setTimeout(480_000);
  const page = await freshPage({ viewport: { width: 390, height: 844 }, hasTouch: true });
  await openAccount(page, newPerson());
  let session = await begin(page);
  for (const kind of KINDS)
    await test.step(kind, async () => {
      const exercise = exerciseOfKind(TRACK, kind);
      await openAt(page, sql, session, exercise);
      // Nothing is sent while nothing is answered, and the form says what is missing.
      if (!["fix", "write", "refactor"].includes(kind)) {
        await page.getByRole("button", { name: "Submit answer" }).click();
        await expect(page.getByText("Your answer was not sent")).toBeVisible();
      }
      await fill(page, exercise);
      await expectAccessible(page);
      // Out of the editor, where Tab indents.
      await page.keyboard.press("Escape");
      await tabTo(page, page.getByRole("button", { name: "Submit answer" }));
      await page.keyboard.press("Enter");
      await page.waitForURL(/\?answer=/);
      await expect(alert(page, "Passed")).toBeVisible();
      // The heading of what came of it has the focus, so that it is read out.
      await expect(page.getByRole("heading", { level: 1, name: exercise.title })).toBeFocused();
      if (kind === "locate") session = await begin(page);
    });
});

test("the editor is left by Escape and Tab, lines are ordered by keys, and a draft outlives a reload", async ({
  freshPage,
  sql,
}) => {
  const page = await freshPage();
  await openAccount(page, newPerson());
  const session = await begin(page);
  await openAt(page, sql, session, withCode());
  await write(page, "export const half = 1;");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("textbox", { name: "Your code" })).toBeFocused();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("textbox", { name: "Your code" })).not.toBeFocused();
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Your code" })).toContainText("export const half = 1;");
  // Another device has it too, a moment later.
  const other = await freshPage({ storageState: await page.context().storageState() });
  await expect(async () => {
    await other.goto(`/learn/sessions/${session}`);
    await expect(other.getByRole("textbox", { name: "Your code" })).toContainText("half = 1", { timeout: 1_000 });
  }).toPass({ timeout: 60_000 });

  const order = exerciseOfKind(TRACK, "order");
  await openAt(page, sql, session, order);
  const [first, second] = (order.lines ?? []).map((line) => String(line).trim());
  for (const line of [second, first]) {
    const add = page.getByRole("button", { name: `Add: ${line}`, exact: true }).first();
    await add.focus();
    await page.keyboard.press("Enter");
  }
  await page.getByRole("button", { name: `Move up: ${first}`, exact: true }).focus();
  await page.keyboard.press("Enter");
  const placed = page.getByRole("list", { name: "Your lines in their order" }).getByRole("listitem");
  await expect(placed.first()).toContainText(first ?? "");
  // It is the first line now and can go no higher: the focus is on the way down.
  await expect(page.getByRole("button", { name: `Move down: ${first}`, exact: true })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(placed).toHaveCount(1);
});

test.describe("two devices", () => {
  test.use({
    expectedConsoleErrors: [/status of 409|ERR_INTERNET_DISCONNECTED|WebSocket|Failed to fetch/],
  });

  test("see each other, the hint and the answer of the other; stale and offline are said plainly", async ({
    freshPage,
    sql,
  }) => {
    test.setTimeout(480_000);
    const page = await freshPage();
    await openAccount(page, newPerson());
    const session = await begin(page);
    const task = withCode();
    await openAt(page, sql, session, task);
    const other = await freshPage({ storageState: await page.context().storageState() });
    await other.goto(`/learn/sessions/${session}`);
    await expect(page.getByTestId("company")).toContainText("Also open in another tab or on another device.");
    const stranger = await freshPage();
    await openAccount(stranger, newPerson());
    const theirs = await begin(stranger);
    await openAt(stranger, sql, theirs, task);
    await expect(page.getByTestId("company")).toContainText("1 other is at this lesson now.");
    await stranger.context().close();
    await expect(page.getByTestId("company")).not.toContainText("at this lesson");

    await write(page, String(task.exemplar));
    await other.getByRole("button", { name: "Give me a hint" }).click();
    await expect(page.getByText(plainly(task.hints[0] ?? ""))).toBeVisible();
    await expect(page.getByRole("textbox", { name: "Your code" })).toContainText("export");

    await page.context().setOffline(true);
    await expect(page.getByText("You are offline.", { exact: false })).toBeVisible();
    await page.getByRole("button", { name: "Submit answer" }).click();
    await expect(page.getByText("Nothing was sent; what you wrote is still here.", { exact: false })).toBeVisible();
    await page.context().setOffline(false);

    await fill(other, task, true);
    await submit(other);
    await expect(page.getByText("This session went on elsewhere").first()).toBeVisible();
    await page.getByRole("button", { name: "Submit answer" }).click();
    await expect(page.getByRole("button", { name: "Copy what I wrote" })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Load the session again" }).click();
    await expect(page.getByText("This session went on elsewhere")).toHaveCount(0);
  });
});

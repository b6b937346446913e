import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./fixtures.ts";
import { newPerson, openAccount, tabTo } from "./people.ts";

interface Shown {
  readonly session: { readonly id: string; readonly version: number };
  readonly content: { readonly activityId: string; readonly exercise: Readonly<Record<string, unknown>> };
}

/** Starts a lesson and answers its first task with whatever comes to hand; what it moves is all that matters here. */
async function answerOnce(page: Page, trackSlug: string, lessonSlug: string): Promise<void> {
  const headers = { origin: new URL(page.url()).origin };
  const started = await page.request.post("/api/v1/learning-sessions", { data: { trackSlug, lessonSlug }, headers });
  expect(started.status()).toBe(201);
  const { session, content } = (await started.json()) as Shown;
  const answered = await page.request.post(`/api/v1/learning-sessions/${session.id}/responses`, {
    data: { activityId: content.activityId, answer: anyAnswer(content.exercise), version: session.version },
    headers,
  });
  expect(answered.status()).toBe(200);
  await page.request.post(`/api/v1/learning-sessions/${session.id}/end`, { data: {}, headers });
}

function anyAnswer(exercise: Shown["content"]["exercise"]): unknown {
  const first = (list: unknown) => (list as readonly { readonly id: string }[])[0]?.id ?? "";
  switch (exercise["kind"]) {
    case "choice":
      return { kind: "choice", ids: [first(exercise["options"])] };
    case "order":
      return { kind: "lines", lines: exercise["lines"] };
    case "locate":
      return { kind: "line", line: 1 };
    case "explain":
      return { kind: "argued", choice: null, words: "let it be" };
    case "justify":
      return { kind: "justified", choice: first(exercise["options"]), because: [first(exercise["reasons"])] };
    default:
      return { kind: "text", text: "let it be" };
  }
}

test("somebody new sees a way to begin, a track as a map, and tests out of a lesson", async ({ freshPage }) => {
  const page = await freshPage();
  await openAccount(page, newPerson());
  await page.goto("/learn");
  await expect(page.getByRole("heading", { name: "Begin with a repository you know" })).toBeVisible();
  await expect(page.getByText("Nothing is believed about you before you have answered something.")).toBeVisible();
  await expect(page.getByRole("list", { name: "Why" }).first()).toContainText("goes on here");
  await expectAccessible(page);

  await page.getByRole("link", { name: "TypeScript in practice" }).first().click();
  await page.waitForURL("**/learn/tracks/typescript-in-practice");
  const map = page.getByRole("navigation", { name: "Map of TypeScript in practice" });
  await expect(map.getByRole("link")).toHaveCount(9);
  await expect(map.getByRole("link", { name: /^Closed choices/ })).toContainText("builds on others");
  await expectAccessible(page);
  // By keyboard: from the map to the concept in the list.
  await tabTo(page, map.getByRole("link", { name: /^Closed choices/ }));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#enumerations$/);

  await page.getByRole("button", { name: "Take this track" }).click();
  await expect(page.getByText("you take it")).toBeVisible();
  await page.getByRole("button", { name: "Leave the track" }).click();
  await expect(page.getByRole("button", { name: "Take this track" })).toBeVisible();

  const concept = page.locator("#enumerations");
  await concept.getByRole("link", { name: "Closed choices" }).click();
  await page.waitForURL("**/learn/tracks/typescript-in-practice/enumerations");
  await expect(page.getByRole("heading", { name: "The lesson" })).toBeVisible();
  await expect(page.getByText("Nothing is believed before you have answered something.")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: /^Test out/ }).click();
  await page.waitForURL("**/learn/sessions/*");
  await expect(page.getByText(/You are testing out/)).toBeVisible();
  await page.goto("/learn");
  await expect(page.getByRole("heading", { name: "Your session goes on" })).toBeVisible();
});

test("an analysis leads the path by file and line; what was answered is shown with how sure it is; a review is done when due", async ({
  freshPage,
  stack,
  sql,
}) => {
  const page = await freshPage();
  const person = newPerson();
  await openAccount(page, person);
  await page.goto("/learn/repositories");
  await page.getByLabel("Address of a repository").fill(`${stack["DEVSTACK_GIT_ORIGIN"]}/octo-maintainer/auth-js`);
  await page.getByRole("button", { name: "Analyse it" }).click();
  await expect(page.getByRole("status").filter({ hasText: "The analysis is completed." })).toBeAttached();
  await page.goto("/learn");
  const path = page.locator("#path");
  await expect(path).toContainText("From what octo-maintainer/auth-js shows");
  await expect(
    path
      .getByRole("list", { name: "Why" })
      .filter({ hasText: /For example .+:\d+/ })
      .first(),
  ).toBeVisible();
  await expect(path.getByText("builds on it.").first()).toBeVisible();
  await expectAccessible(page);

  await answerOnce(page, "async-javascript-and-failure", "promises");
  await answerOnce(page, "typescript-in-practice", "type-safety");
  await page.goto("/learn");
  const known = page.locator("#mastery");
  await expect(known.getByText("0 of", { exact: false }).first()).toContainText("2 answers counted");
  await expect(known.getByText(/\d+ %, between \d+ % and \d+ %, by 1 answer/)).toHaveCount(2);
  await expect(known.getByRole("heading", { name: "What moved lately, and why" })).toBeVisible();
  await known.getByText("The same as a table").click();
  const table = known.getByRole("table", { name: "What is believed about each concept, and how surely" });
  await expect(table.getByRole("rowheader")).toHaveCount(2);
  await expectAccessible(page);

  // As if it had been mastered, and its day had come.
  await sql`
    update public.concept_mastery
    set status = 'mastered', state = state || ${sql.json({
      status: "mastered",
      review: {
        due: "2026-03-01T09:00:00.000Z",
        last: "2026-02-01T09:00:00.000Z",
        stability: 20,
        difficulty: 5,
        reps: 1,
        lapses: 0,
      },
    })}
    where concept = 'promises' and user_id = (select id from auth.users where email = ${person.email})`;
  await page.goto("/learn");
  const reviews = page.locator("#reviews");
  await expect(reviews).toContainText("Promises");
  await expectAccessible(page);
  await page.goto("/learn/tracks/async-javascript-and-failure/promises");
  await expect(page.getByText("review due", { exact: true })).toBeVisible();
  await expect(page.getByRole("heading", { name: "What mastery asks for" })).toBeVisible();
  await expectAccessible(page);

  // Without JavaScript it all reads, and a review begins by a plain form.
  const plain = await freshPage({ javaScriptEnabled: false, storageState: await page.context().storageState() });
  await plain.goto("/learn");
  await expect(plain.locator("#path").getByRole("list", { name: "Why" }).first()).toBeVisible();
  await plain
    .locator("#reviews")
    .getByRole("button", { name: /^Review/ })
    .click();
  await plain.waitForURL("**/learn/sessions/*");
  await expect(plain.getByText(/A review has been due since 2026-03-01/)).toBeVisible();
});

test.describe("what is not there", () => {
  test.use({ expectedConsoleErrors: [/status of 404/] });

  test("a track or lesson that there is not is a page that says so", async ({ freshPage }) => {
    const page = await freshPage();
    await openAccount(page, newPerson());
    for (const address of ["/learn/tracks/cooking", "/learn/tracks/typescript-in-practice/promises"]) {
      const response = await page.goto(address);
      expect(response?.status()).toBe(404);
    }
  });
});

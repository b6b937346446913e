import type { Page } from "@playwright/test";
import type postgres from "postgres";
import { expect, expectAccessible, test } from "./fixtures.ts";
import {
  begin,
  exercisesOf,
  exerciseOfKind,
  fill,
  openAt,
  rightAnswer,
  shownIn,
  submit,
  write,
  type Exercise,
} from "./lessons.ts";
import { newPerson, openAccount, tabTo } from "./people.ts";

const TRACK = "async-javascript-and-failure";
const LESSON = "async-await";
const KINDS = ["choice", "short", "predict", "order", "locate", "fix", "write", "refactor", "justify"] as const;

const alert = (page: Page, title: string) => page.getByText(title, { exact: true });
const plainly = (text: string): string => text.replaceAll("`", "");

function withCode(kind: "fix" | "write" = "fix"): Exercise {
  const found = exercisesOf(TRACK).find((one) => one.kind === kind && one.concepts[0] === LESSON);
  if (!found) throw new Error(`${LESSON} has no ${kind}`);
  return found;
}

test.describe("the whole way", () => {
  // A session on a lesson that is mastered is refused.
  test.use({ expectedConsoleErrors: [/status of 422/] });

  test("from a repository to a lesson mastered, reviewed when due, and to what is believed being corrected", async ({
    freshPage,
    stack,
    sql,
  }) => {
    test.setTimeout(480_000);
    const page = await freshPage();
    const person = newPerson();
    await openAccount(page, person);

    await test.step("a repository analysed gives a path with reasons", async () => {
      await page.goto("/learn/repositories");
      await page.getByLabel("Address of a repository").fill(`${stack["DEVSTACK_GIT_ORIGIN"]}/octo-maintainer/auth-js`);
      await page.getByRole("button", { name: "Analyse it" }).click();
      await page.waitForURL("**/learn/analyses/*");
      await expect(page.getByText("Done", { exact: true })).toBeVisible({ timeout: 60_000 });
      await page.goto("/learn");
      const first = page
        .getByRole("main")
        .getByRole("listitem")
        .filter({ has: page.getByRole("button", { name: /^Start this lesson/ }) });
      await expect(first).toContainText(/this code|your code|src\/\S+:\d+/i);
      await expectAccessible(page);
      await first.getByRole("button").click();
      await page.waitForURL("**/learn/sessions/*");
      await expect(page.getByRole("button", { name: "Submit answer" })).toBeVisible();
      await page.getByRole("button", { name: "End the session" }).click();
      await expect(page.getByRole("heading", { level: 1, name: /^Summary/ })).toBeVisible();
      await expect(page.getByText("None was given in this session.")).toBeVisible();
      await expectAccessible(page);
    });

    const session = await test.step("a lesson is begun from its track", () => begin(page, TRACK));
    const task = withCode();

    await test.step("a failure says what was looked at and why it does not go on, and keeps the solution", async () => {
      await openAt(page, sql, session, task);
      await expectAccessible(page);
      await fill(page, task, true);
      await submit(page);
      await expect(alert(page, "Not yet")).toBeVisible();
      await expect(page.getByText("not shown").first()).toBeVisible();
      await expect(page.getByRole("heading", { name: "Why it does not go on yet" })).toBeVisible();
      await expect(page.getByRole("heading", { name: "What may lie behind it" })).toBeVisible();
      await expect(page.getByText(/\d+\s% → \d+\s%/)).toBeVisible();
      await expect(page.getByRole("heading", { name: "Why this is right" })).toHaveCount(0);
      await expectAccessible(page);
      await page.getByText("Is this verdict wrong?").click();
      await page.getByLabel("What did the checks get wrong?").fill("The tests take too much for granted.");
      await page.getByRole("button", { name: "Ask for a review" }).click();
      await expect(page.getByText("You said that the verdict is wrong. A person looks at it.")).toBeVisible();
      await page.getByRole("link", { name: "Next task" }).click();
    });

    await test.step("a run shows the first tests, a hint comes while the code stays, and a pass says why", async () => {
      await openAt(page, sql, session, task);
      await write(page, String(task.exemplar));
      await page.getByRole("button", { name: "Run without submitting" }).click();
      await expect(page.getByRole("list", { name: "Tests" }).getByText("passes").first()).toBeVisible();
      await expect(page.getByText(/more tests? (?:is|are) run when you submit/)).toBeVisible();
      await page.getByRole("button", { name: "Give me a hint" }).click();
      await expect(page.getByText(plainly(task.hints[0] ?? ""))).toBeVisible();
      await expect(page.getByRole("button", { name: "Another hint" })).toBeVisible();
      await expect(page.getByRole("list", { name: "Tests" })).toBeVisible();
      await expectAccessible(page);
      await submit(page);
      await expect(alert(page, "Passed")).toBeVisible();
      await expect(page.getByRole("heading", { name: "Why this is right" })).toBeVisible();
      await page.getByText("What you answered").click();
      await expect(page.getByLabel("Your answer")).toContainText("import");
      await expectAccessible(page);
      await page.getByRole("link", { name: "Next task" }).click();
    });

    await test.step("a question about the very code follows", async () => {
      await expect(page.getByText("It is about the code that you have just passed with.")).toBeVisible();
      await expectAccessible(page);
      await fill(page, await shownIn(sql, session, TRACK));
      await submit(page);
      await expect(alert(page, "Passed")).toBeVisible();
      await page.getByRole("link", { name: "Next task" }).click();
    });

    await test.step("the summary says what moved and why, and what comes next", async () => {
      await page.getByRole("button", { name: "End the session" }).click();
      await expect(page.getByRole("heading", { name: "What is believed now, and why" })).toBeVisible();
      await expect(page.getByRole("rowheader").first()).toBeVisible();
      await expect(page.getByRole("heading", { name: "What comes next" })).toBeVisible();
      await expectAccessible(page);
      await page.goto("/learn/sessions");
      await expect(page.getByRole("main").getByText("ended", { exact: true })).toHaveCount(2);
      await expectAccessible(page);
    });

    await test.step("mastered, it comes back when its day has come", async () => {
      await master(page, sql);
      const [due] = await sql<{ due: string }[]>`
      update public.concept_mastery m
      set state = jsonb_set(m.state, '{review,due}', to_jsonb(to_char(now() - interval '1 hour', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))
      from auth.users u
      where u.id = m.user_id and u.email = ${person.email} and m.concept = ${LESSON} and (m.state -> 'review' ->> 'due')::timestamptz > now()
      returning m.state -> 'review' ->> 'due' as due`;
      expect(due, "the review was due only later").toBeDefined();
      await page.goto("/learn");
      await expect(
        page
          .getByRole("main")
          .getByText(/review/i)
          .first(),
      ).toBeVisible();
      const begun = await call(page, "/api/v1/learning-sessions", { trackSlug: TRACK, lessonSlug: LESSON });
      await page.goto(`/learn/sessions/${(begun.body["session"] as { id: string }).id}`);
      await expect(page.getByText("review", { exact: true })).toBeVisible();
      await page.getByRole("button", { name: "End the session" }).click();
    });

    await test.step("what was shown is a pattern, which is corrected and deleted", async () => {
      await expect(async () => {
        await page.goto("/patterns");
        await expect(page.getByRole("article").first()).toBeVisible({ timeout: 1_000 });
      }).toPass({ timeout: 60_000 });
      const name = await page.getByRole("article").first().getByRole("heading").first().innerText();
      const one = page.getByRole("article").filter({ has: page.getByRole("heading", { name, exact: true }) });
      await one.getByText("Correct this").click();
      await one.getByLabel("What is true").selectOption({ index: 1 });
      await one.getByLabel("Why").fill("That was a copy.");
      await one.getByRole("button", { name: "Save" }).click();
      await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
      await one.getByText("Delete", { exact: false }).first().click();
      await one.getByRole("button", { name: "Delete it" }).click();
      await expect(page.getByText("The pattern is gone, with every place where it was seen.")).toBeVisible();
      await expect(one).toHaveCount(0);
    });
  });
});

/** Answers all that sessions on the lesson show, through the API with the page's own cookies, until it is mastered. */
async function master(page: Page, sql: postgres.Sql): Promise<void> {
  for (let sessions = 0; sessions < 6; sessions += 1) {
    const started = await call(page, "/api/v1/learning-sessions", { trackSlug: TRACK, lessonSlug: LESSON });
    // The console tells of this refusal.
    if (started.status !== 201) return expect(String(started.body["detail"])).toMatch(/mastered/);
    const { id } = started.body["session"] as { id: string };
    let version = 1;
    for (;;) {
      const exercise = await shownIn(sql, id, TRACK);
      const given = { activityId: exercise.uuid, answer: rightAnswer(exercise), version };
      const told = await call(page, `/api/v1/learning-sessions/${id}/responses`, given);
      expect(told.status, JSON.stringify(told.body)).toBe(200);
      version = (told.body["session"] as { version: number }).version;
      if (told.body["nextContent"] === null) break;
    }
  }
  throw new Error("six sessions of right answers do not make it mastered");
}

/** A call of the API from within the page. */
function call(page: Page, path: string, json: unknown) {
  return page.evaluate(
    async ([address, body]) => {
      const reply = await fetch(address, { method: "POST", headers: { "content-type": "application/json" }, body });
      return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
    },
    [path, JSON.stringify(json)] as const,
  );
}

test("every kind of question is asked and answered, on a phone and by keyboard", async ({ freshPage, sql }) => {
  test.setTimeout(480_000);
  const page = await freshPage({ viewport: { width: 390, height: 844 }, hasTouch: true });
  await openAccount(page, newPerson());
  let session = await begin(page, TRACK);
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
      if (kind === "locate") session = await begin(page, TRACK);
    });
});

test("the editor is left by Escape and Tab, lines are ordered by keys, and a draft outlives a reload", async ({
  freshPage,
  sql,
}) => {
  const page = await freshPage();
  await openAccount(page, newPerson());
  const session = await begin(page, TRACK);
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
    expectedConsoleErrors: [/status of 409|status of 410|ERR_INTERNET_DISCONNECTED|WebSocket|Failed to fetch/],
  });

  test("see each other, the hint and the answer of the other; stale, offline and ended are said plainly", async ({
    freshPage,
    sql,
  }) => {
    test.setTimeout(480_000);
    const page = await freshPage();
    await openAccount(page, newPerson());
    const session = await begin(page, TRACK);
    const task = withCode();
    await openAt(page, sql, session, task);
    const other = await freshPage({ storageState: await page.context().storageState() });
    await other.goto(`/learn/sessions/${session}`);
    await expect(page.getByTestId("company")).toContainText("Also open in another tab or on another device.");
    const stranger = await freshPage();
    await openAccount(stranger, newPerson());
    const theirs = await begin(stranger, TRACK);
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

    // Nobody did anything for a while; the watch over the session says so once.
    await sql`update public.learning_sessions set seen_at = now() - interval '6 minutes' where id = ${session}`;
    await sql`select public.check_learning_session(${session})`;
    await expect(page.getByText("It has been quiet here for five minutes")).toBeVisible();
    await page.getByRole("button", { name: "I am still here" }).click();
    await expect(page.getByText("It has been quiet here for five minutes")).toHaveCount(0);

    await sql`update public.learning_sessions set started_at = started_at - interval '61 minutes' where id = ${session}`;
    await sql`select public.check_learning_session(${session})`;
    // A page that is drawn anew in that very moment shows at once what it came to.
    const summary = page.getByRole("heading", { level: 1, name: /^Summary/ });
    const show = page.getByRole("button", { name: "Show what it came to" });
    await expect(async () => {
      if (await show.first().isVisible()) await show.first().click({ timeout: 1_000 });
      await expect(summary).toBeVisible({ timeout: 2_000 });
    }).toPass({ timeout: 30_000 });
    await expect(page.getByText("This session’s hour is over.", { exact: false })).toBeVisible();
  });
});

test("a session goes on without JavaScript: hint, answer, what came of it, end", async ({ freshPage, sql }) => {
  const opened = await freshPage();
  await openAccount(opened, newPerson());
  const session = await begin(opened, TRACK);
  const plain = await freshPage({ javaScriptEnabled: false, storageState: await opened.context().storageState() });
  const order = exerciseOfKind(TRACK, "order");
  await openAt(plain, sql, session, order);
  await plain.getByRole("button", { name: "Give me a hint" }).click();
  await expect(plain.getByText(plainly(order.hints[0] ?? ""))).toBeVisible();
  for (const [at, line] of (order.lines ?? []).entries())
    await plain
      .locator("label")
      .filter({ has: plain.locator(`input[name=lines][value=${JSON.stringify(line)}]`) })
      .getByRole("combobox")
      .selectOption(String(at + 1));
  await plain.getByRole("button", { name: "Submit answer" }).click();
  await expect(alert(plain, "Passed")).toBeVisible();
  const code = withCode();
  await openAt(plain, sql, session, code);
  await plain.getByLabel("Your code").fill(String(code.misconceptions[0]?.answer));
  await plain.getByRole("button", { name: "Submit answer" }).click();
  await expect(alert(plain, "Not yet")).toBeVisible();
  await plain.getByRole("link", { name: "Next task" }).click();
  await plain.getByRole("button", { name: "End the session" }).click();
  await expect(plain.getByRole("heading", { level: 1, name: /^Summary/ })).toBeVisible();
  await expect(plain.getByRole("heading", { name: "Your answers" })).toBeVisible();
});

test("another learner's session is not there", async ({ freshPage }) => {
  const page = await freshPage();
  await openAccount(page, newPerson());
  const session = await begin(page, TRACK);
  const other = await freshPage();
  await openAccount(other, newPerson());
  const reply = await other.request.get(`/learn/sessions/${session}`);
  expect(reply.status()).toBe(404);
});

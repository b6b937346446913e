import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./fixtures.ts";
import { countWithGit } from "./git-count.ts";
import { demoPerson, signIn } from "./people.ts";
import { holdWorkflows } from "./workflows.ts";

const OWNER = "octo-maintainer";

// As though nobody had looked at them yet, whatever ran before on this stack.
test.beforeAll(async ({ sql }) => {
  await sql`delete from public.analyses where owner = ${OWNER}`;
});

async function analyse(page: Page, name: string): Promise<void> {
  await page.goto("/learn/repositories");
  await page.getByRole("button", { name: `Analyse ${OWNER}/${name}` }).click();
  await page.waitForURL("**/learn/analyses/*");
}

const said = (page: Page, words: string | RegExp) =>
  expect(page.getByRole("status").filter({ hasText: words })).toBeAttached();

const figure = (page: Page, label: string) =>
  page
    .locator("dl > div")
    .filter({ has: page.locator("dt", { hasText: label }) })
    .locator("dd");

/** Marks the page, so that one that was loaded anew can be told. */
const mark = (page: Page) => page.evaluate(() => document.documentElement.setAttribute("data-marked", ""));
const expectNotReloaded = (page: Page) => expect(page.locator("html[data-marked]")).toBeAttached();

const count = (value: number) => value.toLocaleString("en");

test("findings come while it runs, others join it, and the result is what git counts", async ({
  pageAs,
  freshPage,
  sql,
  stack,
}) => {
  const url = `${stack["DEVSTACK_GIT_ORIGIN"]}/${OWNER}/auth-js`;
  const truth = await countWithGit(`${url}.git`);
  const page = await pageAs(OWNER);
  const other = await freshPage();
  await signIn(other, demoPerson("learner"));

  const letGo = await holdWorkflows(sql);
  try {
    await analyse(page, "auth-js");
    await mark(page);
    // Seen in the middle, without a reload: what the first phases found, and that it is not over.
    await expect(figure(page, "Files in the commit")).toHaveText(count(truth.files));
    await expect(page.getByRole("heading", { name: "Found so far" })).toBeVisible();
    await expect(page.getByRole("progressbar")).toHaveAttribute("aria-valuenow", /^0\.6|60$/);
    await expect(page.getByText("Running", { exact: true })).toBeVisible();
    await expectAccessible(page);

    await other.goto("/learn/repositories");
    await other.getByLabel("Address of a repository").fill(url);
    await other.getByRole("button", { name: "Analyse it" }).click();
    await other.waitForURL(page.url());
    await mark(other);
    await expect(other.getByText("Running", { exact: true })).toBeVisible();
  } finally {
    await letGo();
  }
  for (const each of [page, other]) {
    await said(each, "The analysis is completed.");
    await expectNotReloaded(each);
    await expect(each.getByText("Done", { exact: true })).toBeVisible();
  }

  await expect(figure(page, "Files in the commit")).toHaveText(count(truth.files));
  await expect(page.getByText(truth.commit.slice(0, 12))).toBeVisible();
  await expect(page.getByText("All code and markup is TypeScript")).toBeVisible();
  await page.getByText("All languages as a table").click();
  for (const [language, ending] of [
    ["TypeScript", ".ts"],
    ["Markdown", ".md"],
    ["JSON", ".json"],
  ] as const) {
    const counted = truth.byEnding.get(ending);
    expect(counted, `${ending} in the repository`).toBeDefined();
    const row = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: language, exact: true }) });
    await expect(row.getByRole("cell").nth(1)).toHaveText(count(counted?.files ?? 0));
    await expect(row.getByRole("cell").nth(2)).toHaveText(count(counted?.lines ?? 0));
  }
  await expectAccessible(page);

  // Whoever asks next is answered at once, with the same analysis.
  const result = page.url();
  await page.goto("/learn");
  await expect(page.getByRole("link", { name: "Open the portrait" })).toBeVisible();
  await analyse(page, "auth-js");
  expect(page.url()).toBe(result);
});

test("it can be canceled while it runs, and begun again", async ({ pageAs, sql }) => {
  const page = await pageAs(OWNER);
  const letGo = await holdWorkflows(sql);
  try {
    await analyse(page, "pino");
    await expect(page.getByRole("heading", { name: "Found so far" })).toBeVisible();
    await page.getByRole("button", { name: "Cancel" }).click();
    await expect(page.getByText("This analysis was canceled")).toBeVisible();
    await expect(page.getByText("Found before it ended")).toBeVisible();
    await expectAccessible(page);
  } finally {
    await letGo();
  }
  const canceled = page.url();
  await page.reload();
  await expect(page.getByText("Canceled", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Analyse again" }).click();
  await page.waitForURL((url) => url.href !== canceled);
  await said(page, "The analysis is completed.");
});

test("one that is done can be run again, as a new one", async ({ pageAs }) => {
  const page = await pageAs(OWNER);
  await analyse(page, "pino");
  await said(page, "The analysis is completed.");
  const first = page.url();
  await page.getByRole("button", { name: "Analyse again" }).click();
  await page.waitForURL((url) => url.href !== first);
  await said(page, "The analysis is completed.");
  await page.goto("/learn");
  await expect(page.getByRole("link", { name: `${OWNER}/pino` })).toHaveCount(3);
});

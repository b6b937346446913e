import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./fixtures.ts";

/** What one can do with a finished analysis: this project's own code, analysed by itself. */
const OWNER = "octo-learner";
const NAME = "devmentor";

test.beforeAll(async ({ sql }) => {
  await sql`delete from public.analyses where owner = ${OWNER} and name = ${NAME}`;
  await sql`delete from public.finding_suppressions`;
});

/** The finished analysis of the repository: the known one, unless it is the first. Answers with its address. */
async function portrait(page: Page): Promise<string> {
  await page.goto("/learn/repositories");
  await page.getByRole("button", { name: `Analyse ${OWNER}/${NAME}` }).click();
  await page.waitForURL("**/learn/analyses/*");
  await finished(page);
  return page.url();
}

/** A busy machine takes its time over this project's own thousand files. */
const PATIENCE = { timeout: 120_000 };

async function finished(page: Page): Promise<void> {
  const completed = page.getByRole("status").filter({ hasText: "The analysis is completed." });
  await expect(completed).toBeAttached(PATIENCE);
  await expect(page.getByRole("heading", { name: "Insights", exact: true })).toBeVisible(PATIENCE);
}

const findings = (page: Page) => page.getByRole("listitem").filter({ has: page.getByRole("heading", { level: 3 }) });
const openCount = async (page: Page): Promise<number> =>
  Number(
    (/\d[\d,]*/.exec(await page.getByRole("link", { name: /^Open \(/ }).innerText())?.[0] ?? "").replaceAll(",", ""),
  );

test("the portrait is accessible, and each of its lists has a page", async ({ pageAs }) => {
  const page = await pageAs(OWNER);
  await portrait(page);
  for (const name of ["Languages", "Patterns", "Complexity", "Security", "What to learn", "What was not checked"])
    await expect(page.getByRole("heading", { name, exact: true })).toBeVisible();
  await expect(page.getByText("Known vulnerabilities of packages were not looked up.")).toBeVisible();
  await expectAccessible(page);
});

test("insights are reworded by a model at a click that says what is sent, and back", async ({ pageAs, sql }) => {
  await sql`delete from public.analysis_wordings`;
  await sql`delete from private.ai_answers`;
  const page = await pageAs(OWNER);
  await portrait(page);
  await page.getByText("Have a model say them more plainly?").click();
  await expect(page.getByText("Not sent: your code, the repository’s address, who you are.")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Send the sentences and reword them" }).click();
  await expect(page.getByText("Reworded and ordered by")).toBeVisible();
  await expect(page.getByText(/^Here: /).first()).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Show the rules’ own words" }).click();
  await expect(page.getByText("Have a model say them more plainly?")).toBeVisible();
  await expect(page.getByText(/^Here: /)).toHaveCount(0);
});

test("a finding is marked as all right with a reason, undone, and stays marked in the next analysis", async ({
  pageAs,
  sql,
}) => {
  const page = await pageAs(OWNER);
  await portrait(page);
  await page.getByRole("link", { name: "All findings", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Security findings" })).toBeVisible();
  await expectAccessible(page);
  const before = await openCount(page);
  const first = findings(page).first();
  const title = await first.getByRole("heading", { level: 3 }).innerText();

  await test.step("not without a reason", async () => {
    await first.getByText("Mark as all right").click();
    await first.getByLabel("Why is this all right?").fill("        ");
    await first.getByRole("button", { name: "Mark it" }).click();
    await expect(first.getByText(/Say in a few words/)).toBeVisible();
    await expectAccessible(page);
  });

  await test.step("marked, said, undone and marked again", async () => {
    await first.getByLabel("Why is this all right?").fill("Only our own tests come here");
    await first.getByRole("button", { name: "Mark it" }).click();
    const notice = page.getByRole("status").filter({ hasText: "Marked as all right" });
    await expect(notice).toContainText(title);
    expect(await openCount(page)).toBe(before - 1);
    await expectAccessible(page);
    await notice.getByRole("button", { name: "Undo" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Back among the others" })).toBeVisible();
    expect(await openCount(page)).toBe(before);
    await findings(page).first().getByText("Mark as all right").click();
    await findings(page).first().getByLabel("Why is this all right?").fill("Only our own tests come here");
    await findings(page).first().getByRole("button", { name: "Mark it" }).click();
    await expect(notice).toBeVisible();
  });

  await test.step("kept in the next analysis, and there with its reason", async () => {
    await page.getByRole("link", { name: `${OWNER}/${NAME}` }).click();
    const known = page.url();
    await page.getByRole("button", { name: "Analyse again" }).click();
    await page.waitForURL((url) => url.href !== known && url.pathname.startsWith("/learn/analyses/"));
    await finished(page);
    await page.getByRole("link", { name: "All findings", exact: true }).click();
    await page.getByRole("link", { name: "Marked as all right" }).click();
    const marked = findings(page).filter({ hasText: "Only our own tests come here" });
    await expect(marked.getByRole("heading", { level: 3 })).toHaveText(title);
    await expectAccessible(page);
    await marked.getByRole("button", { name: "Count it again" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Back among the others" })).toBeVisible();
    expect(await openCount(page)).toBe(before);
  });

  await test.step("one that the code no longer has can be forgotten", async () => {
    const [, id = ""] = /analyses\/([^/]+)/.exec(page.url()) ?? [];
    await sql`
      insert into public.finding_suppressions (user_id, repo_url, finding, rule, title, path, reason)
      select requested_by, repo_url, ${"0".repeat(32)}, 'code/none', 'A finding of old', 'gone.ts', 'It was a constant'
      from public.analyses where id = ${id}`;
    await page.goto(`/learn/analyses/${id}/findings?show=marked`);
    await expect(page.getByRole("heading", { name: "Marked earlier, no longer found" })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Forget it" }).click();
    await expect(page.getByRole("heading", { name: "Marked earlier, no longer found" })).toBeHidden();
  });
});

test("known vulnerabilities are looked up only when one says so, and the page says what is sent", async ({
  pageAs,
}) => {
  const page = await pageAs(OWNER);
  await portrait(page);
  await page.getByRole("link", { name: "See what looking them up would send" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Known vulnerabilities" })).toBeVisible();
  await expect(page.getByText(/names and versions of [\d,]+ packages are sent to/)).toBeVisible();
  await expect(page.getByText("Not sent: your code, the repository’s name and address, who you are.")).toBeVisible();
  await expect(page.getByText("package-lock.json", { exact: true })).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Send the names and look them up" }).click();
  await expect(page.getByRole("heading", { name: "2 known vulnerabilities" })).toBeVisible();
  const worst = findings(page).first();
  await expect(worst).toContainText("High");
  await expect(worst).toContainText("a schema that accepts too much");
  await expect(worst).toContainText("repaired in");
  await expect(worst.getByRole("link", { name: "GHSA-test-0000-0001" })).toHaveAttribute(
    "href",
    "https://osv.dev/vulnerability/GHSA-test-0000-0001",
  );
  await expectAccessible(page);

  await worst.getByText("Mark as all right").click();
  await worst.getByLabel("Why is this all right?").fill("We parse nothing from outside with it");
  await worst.getByRole("button", { name: "Mark it" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Marked as all right" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "1 known vulnerability" })).toBeVisible();
  await page.getByRole("link", { name: `${OWNER}/${NAME}` }).click();
  await expect(page.getByRole("link", { name: "1 known vulnerability" })).toBeVisible();
});

test("each file says why it counts as what, and the list keeps to a language", async ({ pageAs }) => {
  const page = await pageAs(OWNER);
  await portrait(page);
  await page.getByRole("link", { name: "Why each file counts" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Why each file counts" })).toBeVisible();
  await expectAccessible(page);
  const rows = page.getByRole("row").filter({ has: page.getByRole("rowheader") });
  await expect(rows).toHaveCount(100);
  const firstPath = await rows.first().getByRole("rowheader").innerText();
  await page.getByRole("link", { name: "Next page" }).click();
  await expect(rows.first().getByRole("rowheader")).not.toHaveText(firstPath);
  await page.getByRole("link", { name: "Back to the start" }).click();

  await page.getByLabel("Language", { exact: true }).selectOption({ label: "CSS (1)" });
  await page.getByRole("button", { name: "Show" }).click();
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText("app/globals.css");
  await expect(rows.first()).toContainText("Only this language has the ending");
  await page.getByLabel("Language", { exact: true }).selectOption({ label: "All" });
  await page.getByLabel("In the figures").selectOption({ label: "Not counted" });
  await page.getByRole("button", { name: "Show" }).click();
  await expect(rows.filter({ hasText: "package-lock.json" })).toContainText("Not counted: written by tools");
});

test("a pattern's page shows its places, and a place leads to that very line on the host", async ({ pageAs }) => {
  const page = await pageAs(OWNER);
  await portrait(page);
  await page.getByText("All patterns as a table").click();
  const table = page.getByRole("table", { name: "Patterns by concept, how often and where" });
  await table.getByRole("link").first().click();
  await page.waitForURL("**/patterns/*");
  await expect(page.getByRole("heading", { level: 2 }).first()).toBeVisible();
  await expectAccessible(page);

  const place = page.getByRole("article").first();
  const [, path, line] = /^(.+):(\d+)/.exec(await place.getByRole("link").innerText()) ?? [];
  const shown = await place.getByLabel(/^Code at/).innerText();
  await place.getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1, name: path ?? "" })).toBeVisible();
  const marked = page.locator(`#L${line}`);
  await expect(marked).toBeInViewport();
  await expect(marked).toHaveClass("marked");
  const code = (await marked.locator("code").innerText()).trim();
  expect(code).not.toBe("");
  expect(shown).toContain(code.slice(0, 40));
});

test("the whole analysis can be kept as JSON, and its findings as SARIF", async ({ pageAs }) => {
  const page = await pageAs(OWNER);
  const id = (await portrait(page)).split("/").at(-1);
  const download = async (name: string) => {
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name, exact: true }).click(),
    ]);
    return {
      name: file.suggestedFilename(),
      content: JSON.parse(await readFile(await file.path(), "utf8")) as unknown,
    };
  };
  const json = await download("JSON");
  expect(json.name).toMatch(/^octo-learner-devmentor-[0-9a-f]{12}\.json$/);
  expect(json.content).toMatchObject({ id, status: "completed", repository: { name: NAME } });
  const sarif = await download("SARIF");
  expect(sarif.name).toMatch(/\.sarif$/);
  expect(sarif.content).toMatchObject({ version: "2.1.0", runs: [{ tool: { driver: { name: "DevMentor" } } }] });
});

test("two analyses of a repository are compared, and stand in its history", async ({ pageAs, sql }) => {
  const page = await pageAs(OWNER);
  await portrait(page);
  const id = page.url().split("/").at(-1) ?? "";
  // As though the code had been smaller, and without one of its findings.
  await sql`
    update public.analyses
    set result = jsonb_set(jsonb_set(result, '{lines}', '17'), '{phases,security,findings}', '[]')
    where id = ${id}`;
  await page.getByRole("button", { name: "Analyse again" }).click();
  await page.waitForURL((url) => !url.pathname.endsWith(id));
  await finished(page);
  await expect(page.getByRole("heading", { name: "What changed" })).toBeVisible();
  const lines = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "Lines counted" }) });
  await expect(lines.getByRole("cell").first()).toHaveText("17");
  await expect(page.getByRole("heading", { name: /\d+ new findings/ })).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("link", { name: "Earlier ones" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Analyses of ${OWNER}/${NAME}` })).toBeVisible();
  const listed = page.getByRole("main").getByRole("link", { name: `${OWNER}/${NAME}` });
  expect(await listed.count()).toBeGreaterThanOrEqual(2);
  await expectAccessible(page);
  await page.getByRole("link", { name: "Show all repositories" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Analyses", exact: true })).toBeVisible();
  await expectAccessible(page);
});

test.describe("a share link", () => {
  // What a closed link leads to, and the badge of a repository that nobody shares.
  test.use({ expectedConsoleErrors: [/status of 404/] });

  test("shows the portrait to anybody, without code and findings, until it is closed; so does the badge", async ({
    pageAs,
    freshPage,
    stack,
  }) => {
    const page = await pageAs(OWNER);
    await portrait(page);
    await page.getByRole("button", { name: "Create a share link" }).click();
    const link = await page.getByLabel("Link", { exact: true }).inputValue();
    const markdown = await page.getByLabel("Badge for a README (Markdown)").inputValue();
    await expectAccessible(page);

    const visitor = await freshPage();
    await visitor.goto(link);
    await expect(visitor.locator('meta[name="robots"]')).toHaveAttribute("content", /noindex/);
    await expect(visitor.locator('meta[name="referrer"]')).toHaveAttribute("content", "no-referrer");
    await expect(visitor.getByRole("heading", { level: 1, name: `${OWNER}/${NAME}` })).toBeVisible();
    await expect(visitor.getByRole("heading", { name: "Patterns" })).toBeVisible();
    for (const absent of ["Security", "What was not checked"])
      await expect(visitor.getByRole("heading", { name: absent })).toHaveCount(0);
    await expect(visitor.locator("pre")).toHaveCount(0);
    await expectAccessible(visitor);

    const badge = /\]\((?<address>[^)]+)\)\]/.exec(markdown)?.groups?.["address"] ?? "";
    expect(new URL(badge).origin).toBe(new URL(stack["APP_URL"] ?? "").origin);
    const drawn = await visitor.request.get(badge);
    expect([drawn.status(), drawn.headers()["content-type"]]).toEqual([200, expect.stringContaining("image/svg+xml")]);
    await visitor.goto(badge);
    await expect(visitor.locator("svg")).toContainText("TypeScript");

    await page.reload();
    await expect(page.getByText("It was shown once; a new one closes it.")).toBeVisible();
    await page.getByRole("button", { name: "Stop sharing" }).click();
    await expect(page.getByText("The link is closed.")).toBeVisible();
    expect((await visitor.goto(link))?.status()).toBe(404);
    expect((await visitor.request.get(badge)).status()).toBe(404);
  });

  test("of a private repository wants a tick of its own, and has no badge", async ({ pageAs, freshPage, sql }) => {
    const page = await pageAs(OWNER);
    const id = (await portrait(page)).split("/").at(-1) ?? "";
    await sql`update public.analyses set private_to = requested_by where id = ${id}`;
    try {
      await page.reload();
      await page.getByRole("button", { name: "Create a share link" }).click();
      await expect(page.getByText("Tick this to share a private repository's figures.")).toBeVisible();
      await expectAccessible(page);
      await page.getByLabel(/This repository is private\./).check();
      await page.getByRole("button", { name: "Create a share link" }).click();
      const link = await page.getByLabel("Link", { exact: true }).inputValue();
      await expect(page.getByLabel("Badge for a README (Markdown)")).toHaveCount(0);
      const visitor = await freshPage();
      await visitor.goto(link);
      await expect(visitor.getByRole("heading", { level: 1, name: `${OWNER}/${NAME}` })).toBeVisible();
      await expect(visitor.getByText("lib/analysis")).toHaveCount(0);
      await expectAccessible(visitor);
    } finally {
      await sql`update public.analyses set private_to = null where id = ${id}`;
    }
  });
});

import type { Page } from "@playwright/test";
import type postgres from "postgres";
import { expect, expectAccessible, test } from "./fixtures.ts";
import { write } from "./lessons.ts";
import { newPerson, openAccount } from "./people.ts";

/** content/python-in-practice/function-parameters/default-none.yaml */
const ITEM = "e4b2a5be-c9e9-4cb1-bd8d-e9b5874c13f0";
const RIGHT =
  "def add_tag(name, tags=None):\n    new = [name]\n    if tags is None:\n        return new\n    tags.extend(new)\n    return tags\n";

// A worker whose policy refuses what it was asked to fetch says so.
test.use({ expectedConsoleErrors: [/Content Security Policy/] });

/** A session that shows the item; which one comes first depends on more than this test is about. */
async function openItem(page: Page, sql: postgres.Sql): Promise<void> {
  await openAccount(page, newPerson());
  const id = await page.evaluate(async () => {
    const reply = await fetch("/api/v1/learning-sessions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ trackSlug: "python-in-practice", lessonSlug: "function-parameters" }),
    });
    return ((await reply.json()) as { session: { id: string } }).session.id;
  });
  await sql`
    update public.learning_sessions set pending = jsonb_set(pending, '{activityId}', ${sql.json(ITEM)}) where id = ${id}`;
  await page.goto(`/learn/sessions/${id}`);
}

const panel = (page: Page) => page.getByRole("region", { name: "Python in your browser" });

async function run(page: Page, code: string): Promise<void> {
  await write(page, code);
  await page.getByRole("button", { name: "Run in your browser" }).click();
}

test("Python is loaded when it is first run, runs the tests, and what it says is not counted", async ({
  freshPage,
  sql,
}) => {
  const page = await freshPage();
  const asked: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.startsWith("/python/")) asked.push(request.url());
  });
  await openItem(page, sql);
  await expect(page.getByText("Python runs in your browser, for practice")).toBeVisible();
  expect(asked).toEqual([]);

  await run(
    page,
    "def add_tag(name, tags=[]):\n    print('called with', name)\n    tags.append(name)\n    return tags\n",
  );
  await expect(panel(page).getByText("of 3 tests passed in your browser")).toBeVisible({ timeout: 120_000 });
  await expect(panel(page).getByText("2 of 3")).toBeVisible();
  await expect(panel(page).getByLabel("What it printed")).toContainText("called with red");
  await expectAccessible(page);

  await run(page, "def add_tag(name, tags=None):\n    return 1 / 0\n");
  await expect(panel(page).getByText("ZeroDivisionError: division by zero").first()).toBeVisible();
  await run(page, "def add_tag(name, tags=None)\n    return 1\n");
  await expect(panel(page).getByText(/SyntaxError: .*\(line 1\)/)).toBeVisible();

  await run(page, RIGHT);
  await expect(panel(page).getByText("3 of 3 tests passed in your browser")).toBeVisible();
  await page.getByRole("button", { name: "Submit answer" }).click();
  // Nobody trusts that: reading alone cannot tell, so somebody looks.
  await expect(page.getByText(/it is not counted, since anybody could send it/).first()).toBeVisible();
});

test("what runs for ever, prints without end, takes all memory or looks for the page is stopped", async ({
  freshPage,
  sql,
}) => {
  const page = await freshPage();
  await openItem(page, sql);

  await run(page, "while True:\n    pass\n");
  // From inside the page: its own timers come in their order, however slow the machine is, so that the limit cannot come first.
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const look = (): void => {
          const button = [...document.querySelectorAll("button")].find(({ textContent }) => textContent === "Stop it");
          if (!button) return void setTimeout(look, 20);
          button.click();
          resolve();
        };
        look();
      }),
  );
  await expect(panel(page).getByText("You stopped it.")).toBeVisible();

  await run(page, "n = 0\nwhile True:\n    n += 1\n");
  await expect(panel(page).getByText("It ran for ten seconds and was stopped.")).toBeVisible({ timeout: 120_000 });

  await run(page, "while True:\n    print('x' * 1000)\n");
  await expect(panel(page).getByText("It printed too much and was stopped.")).toBeVisible({ timeout: 120_000 });

  await run(page, "kept = bytearray(600 * 1024 * 1024)\n");
  await expect(panel(page).getByText("It took too much memory and was stopped.")).toBeVisible({ timeout: 120_000 });

  await run(page, "import sys\nsys.setrecursionlimit(10**9)\ndef f():\n    return f()\nf()\n");
  await expect(panel(page).getByText(/RecursionError/)).toBeVisible({ timeout: 120_000 });

  for (const name of ["js", "pyodide.ffi", "pyodide_js", "_pyodide_core"]) {
    await run(page, `import ${name}\n`);
    await expect(panel(page).getByText(`ImportError: ${name.split(".")[0]}`)).toBeVisible({ timeout: 120_000 });
  }
  await run(page, "import urllib.request\nurllib.request.urlopen('http://localhost/')\n");
  await expect(panel(page).getByText(/It ended with an error/)).toBeVisible({ timeout: 120_000 });

  // After all of that it still works.
  await run(page, RIGHT);
  await expect(panel(page).getByText("3 of 3 tests passed in your browser")).toBeVisible({ timeout: 120_000 });
});

test("its worker may compile WebAssembly and reach nothing, its pages may do neither more nor less than before", async ({
  page,
  request,
}) => {
  const worker = await request.get("/python/worker.js");
  const policy = worker.headers()["content-security-policy"] ?? "";
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
  expect(policy).toContain("connect-src 'none'");
  const { folder } = (await (await request.get("/python/manifest.json")).json()) as { folder: string };
  for (const [name, type] of [
    ["pyodide.asm.wasm", "application/wasm"],
    ["pyodide.asm.mjs", "javascript"],
  ] as const) {
    const headers = (await request.get(`/python/${folder}/${name}`)).headers();
    expect(headers["content-type"], name).toContain(type);
    expect(headers["cache-control"], name).toBe("public, max-age=31536000, immutable");
  }
  expect((await request.get("/learn")).headers()["content-security-policy"]).not.toContain("wasm-unsafe-eval");

  await page.goto("/privacy");
  const started = page.waitForEvent("worker");
  await page.evaluate(() => void new Worker("/python/worker.js", { type: "module" }));
  const inside = await started;
  const reach = await inside.evaluate(async () => {
    const tried = async (what: () => Promise<unknown>) =>
      what().then(
        () => "reached",
        () => "refused",
      );
    const socket = () =>
      new Promise<void>((resolve, reject) => {
        const opened = new WebSocket(`ws://${location.host}/`);
        opened.addEventListener("open", () => resolve());
        opened.addEventListener("error", () => reject(new Error("closed")));
      });
    return [await tried(() => fetch("/api/v1/me")), await tried(socket)];
  });
  expect(reach).toEqual(["refused", "refused"]);
});

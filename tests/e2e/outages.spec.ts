import { appendFile, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { withinOneWindow } from "../support/limit-window.ts";
import { apiOf, type Call } from "./client.ts";
import { expect, signInWithGithub, test } from "./fixtures.ts";
import { npmStart, type Product, startProduct } from "./product.ts";

/** What becomes of the running product when parts of it are killed; on a product of this file's own. */

test.setTimeout(150_000);
test.use({
  baseURL: async ({}, use) => {
    await use(origin);
  },
});
const SLOW = { timeout: 60_000 };
const OVER = ["completed", "failed", "canceled"];

let product: Product;
let origin: string;
let api: ReturnType<typeof apiOf>;

test.beforeAll(async () => {
  product = await startProduct(["--no-build"]); // The setup of the whole run has built it.
  const { env } = await product.status();
  origin = env["APP_URL"] ?? "";
  api = apiOf(origin);
});
test.afterAll(() => product?.stop());

async function kill(name: string): Promise<number> {
  const { pid } = await product.service(name);
  if (pid === null) throw new Error(`${name} has no process.`);
  process.kill(pid, "SIGKILL");
  return pid;
}

const statusOf = async (path: string, call?: Call) => (await api.call(path, call)).status;

/** Asks for an analysis of one of the stack's own repositories. @returns its id */
async function askForAnalysis(token: string, repository: string): Promise<string> {
  const { env } = await product.status();
  const started = await api.call("/api/v1/analyses", {
    method: "POST",
    token,
    json: { repoUrl: `${env["DEVSTACK_GIT_ORIGIN"]}/${repository}` },
  });
  expect(started.status, JSON.stringify(started.body)).toBe(202);
  return String(started.body["analysisId"]);
}

async function endOf(token: string, id: string): Promise<string> {
  const state = async () => String((await api.call(`/api/v1/analyses/${id}`, { token })).body["status"]);
  await expect.poll(async () => OVER.includes(await state()), { timeout: 120_000 }).toBe(true);
  return state();
}

test("a second npm start names the first and changes nothing", async () => {
  const second = npmStart(product.stateDir, ["--no-build"]);
  expect(await second.ended).toBe(1);
  expect(second.said()).toContain(`already running at ${origin}`);
  expect(await statusOf("/api/health")).toBe(200);
});

test.describe("an outage of the database", () => {
  // What the browser says of the 503s and of the page that could not be rendered.
  test.use({ expectedConsoleErrors: [/\b50[03]\b|React error #441/] });

  test("makes the API answer 503 and pages say so in the site's frame, and passes by itself", async ({ page }) => {
    const { email, token } = await api.signUp();
    await signInWithGithub(page, "octo-learner");
    const app = await product.service("app");

    // A line that PostgreSQL cannot read keeps it from coming back before we have looked.
    const settings = path.join(await product.cluster(), "postgresql.auto.conf");
    const before = await readFile(settings, "utf8");
    await appendFile(settings, "this is no setting\n");
    await kill("postgres");
    await expect.poll(async () => (await product.service("postgres")).ready).toBe(false);

    for (const answer of [
      await api.call("/api/v1/me/export", { token }),
      await api.call("/api/v1/me", { method: "PATCH", token, json: { displayName: "Lost" } }),
      await api.call("/api/v1/analyses", { token }),
      await api.logIn(email),
    ]) {
      expect(answer.status).toBe(503);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(JSON.stringify(answer.body)).not.toMatch(/ECONN|postgres|127\.0\.0\.1/i);
    }
    expect(await statusOf("/api/health")).toBe(200);
    expect(await statusOf("/")).toBe(200);

    const shown = await page.goto("/learn");
    await expect(page.getByRole("heading", { level: 1, name: "This page could not be shown" })).toBeVisible();
    await expect(page.getByRole("banner")).toBeVisible();
    await expect(page.getByRole("contentinfo")).toBeVisible();
    expect(shown?.status()).toBeGreaterThanOrEqual(500);

    await writeFile(settings, before);
    await expect.poll(() => statusOf("/api/v1/me/export", { token }), SLOW).toBe(200);
    expect((await api.call("/api/v1/me", { token })).body).toMatchObject({ profile: { displayName: "Somebody" } });
    expect((await api.logIn(email)).status).toBe(200);
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("heading", { level: 1 })).not.toHaveText("This page could not be shown");
    expect((await product.service("app")).pid).toBe(app.pid);
  });
});

test("with Redis dead people sign in, limits still limit, and an analysis ends well", async () => {
  const redis = await product.service("redis");
  // This tier needs a native Redis: one inside the supervisor would be no process of its own to kill.
  expect(redis.pid).not.toBe((await product.service("supabase")).pid);
  // Redis cannot come back while a file lies where its folder should.
  const folder = path.join(product.stateDir, "redis", "appendonlydir");
  await rename(folder, `${folder}.away`);
  await writeFile(folder, "");
  await kill("redis");
  await expect.poll(async () => (await product.service("redis")).ready).toBe(false);

  await withinOneWindow(600, 40);
  const { email, token } = await api.signUp();
  expect((await api.logIn(email)).status).toBe(200);
  expect(await statusOf("/api/v1/me", { token })).toBe(200);
  const guesses: number[] = [];
  for (let guess = 0; guess < 12; guess += 1) guesses.push((await api.logIn(email, "not the password")).status);
  expect(guesses).toEqual([...Array<number>(9).fill(401), 429, 429, 429]);
  expect(await endOf(token, await askForAnalysis(token, "octo-newcomer/ssr"))).toBe("completed");

  await rm(folder);
  await rename(`${folder}.away`, folder);
  await expect.poll(async () => (await product.service("redis")).ready, SLOW).toBe(true);
  expect(await statusOf("/api/v1/me", { token })).toBe(200);
});

test("an analysis in whose middle the application is killed ends after the application was started again", async () => {
  const { token } = await api.signUp();
  const { pid } = await product.service("app");
  const { id, held } = await product.sql(async (sql) => {
    // Whoever writes to the analysis now waits for us: that is its middle.
    const waiting = () => sql`
      select 1 from pg_locks where not granted and relation = 'public.analyses'::regclass`;
    const asked = await askForAnalysis(token, "octo-maintainer/pino");
    return sql.begin(async (tx) => {
      await tx`lock table public.analyses in exclusive mode`;
      await expect.poll(async () => (await waiting()).length, SLOW).toBeGreaterThan(0);
      await kill("app");
      const [row] = await tx<{ status: string }[]>`select status from public.analyses where id = ${asked}`;
      return { id: asked, held: row?.status };
    });
  });
  expect(OVER).not.toContain(held);

  await expect.poll(async () => (await product.service("app")).restarts, SLOW).toBeGreaterThan(0);
  const again = await product.service("app");
  expect(again.pid).not.toBe(pid);
  expect(product.said()).toContain(`app: its process (pid ${pid}) ended unexpectedly`);
  expect(await endOf(token, id)).toBe("completed");
});

test("a killed worker is started again", async () => {
  const pid = await kill("worker");
  await expect.poll(async () => (await product.service("worker")).restarts, SLOW).toBe(1);
  expect((await product.service("worker")).pid).not.toBe(pid);
});

test("an application that dies again and again is given up, with its log named", async () => {
  let over = false;
  void product.ended.then(() => {
    over = true;
  });
  let last: number | null = null;
  // As soon as there is a new one it is killed, so that none lives long.
  await expect
    .poll(
      async () => {
        const app = await product.service("app").catch(() => null);
        if (app?.ready && app.pid !== null && app.pid !== last) {
          last = app.pid;
          process.kill(app.pid, "SIGKILL");
        }
        return over;
      },
      { timeout: 120_000, intervals: [20] },
    )
    .toBe(true);
  expect(await product.ended).toBe(1);
  expect(product.said()).toContain("The app ended by itself again and again");
  expect(product.said()).toContain(path.join(product.stateDir, "logs", "app.log"));
  expect(product.said()).not.toContain("    at ");
});

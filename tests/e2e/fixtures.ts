import { AxeBuilder } from "@axe-core/playwright";
import { type BrowserContext, type BrowserContextOptions, expect, type Page, test as base } from "@playwright/test";
import postgres from "postgres";
import { expectHealthyMoney } from "../support/healthy-money.ts";

/** The people of the GitHub emulator. */
export type GithubLogin = "octo-learner" | "octo-maintainer" | "octo-newcomer";

interface TestFixtures {
  /** Console errors that this test provokes on purpose; everything else in the console fails it. One expression. */
  expectedConsoleErrors: readonly RegExp[];
  /** Opens a page as this person: a session that was really made through the consent page of the GitHub emulator. */
  pageAs(login: GithubLogin): Promise<Page>;
  /** A page of somebody new to this browser, in a context of its own. */
  freshPage(options?: BrowserContextOptions): Promise<Page>;
  watch: (page: Page) => void;
}

interface WorkerFixtures {
  /** Variables of the embedded stack, as the application has them. */
  stack: Readonly<Record<string, string>>;
  /** The stack's database, to arrange what no page can: a notice, a halted workflow. */
  sql: postgres.Sql;
  /** Asks, when a worker's files have ended, whether the money is healthy. */
  money: undefined;
  /** Cookies of people who have signed in, once a worker. */
  sessions: Map<GithubLogin, Awaited<ReturnType<BrowserContext["storageState"]>>>;
}

function fromSetup(name: "E2E_APP_URL" | "E2E_STACK_ENV" | "E2E_DATABASE_URL"): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is not set: the tests run through tests/e2e/playwright.config.ts, whose setup sets it.`);
  return value;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  baseURL: async ({}, use) => {
    await use(fromSetup("E2E_APP_URL"));
  },

  stack: [
    async ({}, use) => {
      await use(JSON.parse(fromSetup("E2E_STACK_ENV")) as Record<string, string>);
    },
    { scope: "worker" },
  ],

  sql: [
    async ({}, use) => {
      const sql = postgres(fromSetup("E2E_DATABASE_URL"), { max: 3, onnotice: () => {} });
      await use(sql);
      await sql.end({ timeout: 5 });
    },
    { scope: "worker" },
  ],

  money: [
    async ({ sql }, use) => {
      await use(undefined);
      await expectHealthyMoney(sql);
    },
    { scope: "worker", auto: true },
  ],

  sessions: [
    async ({}, use) => {
      await use(new Map());
    },
    { scope: "worker" },
  ],

  expectedConsoleErrors: [[], { option: true }],

  /** Every page that a test opens is listened to; what it complained of is looked at after the test. */
  watch: [
    async ({ expectedConsoleErrors }, use) => {
      const complaints: string[] = [];
      await use((page) => {
        page.on("console", (message) => {
          if (message.type() !== "error") return;
          complaints.push(`console at ${page.url()}: ${message.text()} (${message.location().url})`);
        });
        page.on("pageerror", (error) => complaints.push(`uncaught at ${page.url()}: ${error.message}`));
        page.on("response", (response) => {
          if (response.status() >= 500) complaints.push(`${response.status()} from ${response.url()}`);
        });
      });
      expect(complaints.filter((line) => !expectedConsoleErrors.some((expected) => expected.test(line)))).toEqual([]);
    },
    { auto: true },
  ],

  page: async ({ page, watch }, use) => {
    watch(page);
    await use(page);
  },

  freshPage: async ({ browser, baseURL, watch }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (options) => {
      const context = await browser.newContext({ ...(baseURL ? { baseURL } : {}), ...options });
      opened.push(context);
      const page = await context.newPage();
      watch(page);
      return page;
    });
    for (const context of opened) await context.close();
  },

  pageAs: async ({ browser, baseURL, sessions, watch }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (login) => {
      const known = sessions.get(login);
      const context = await browser.newContext({
        ...(baseURL ? { baseURL } : {}),
        ...(known ? { storageState: known } : {}),
      });
      opened.push(context);
      const page = await context.newPage();
      watch(page);
      if (!known) {
        await signInWithGithub(page, login);
        sessions.set(login, await context.storageState());
      }
      return page;
    });
    for (const context of opened) await context.close();
  },
});

export { expect };

/** Signs in as people do: our page, GitHub's consent page, back. Ends on whatever page the product leads to. */
export async function signInWithGithub(page: Page, login: GithubLogin): Promise<void> {
  await page.goto("/login");
  const home = new URL(page.url()).origin;
  await page.getByRole("button", { name: "Continue with GitHub" }).click();
  await page.waitForURL(/\/login\/oauth\/authorize/);
  await page.getByRole("button", { name: login }).click();
  await page.waitForURL((url) => url.origin === home && !url.pathname.startsWith("/auth/"));
}

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * Holds the page as it stands to WCAG 2.2 AA by axe, in light and in dark, and to being usable 320 px wide: nothing
 * but what scrolls by itself may be wider than the window.
 */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await new AxeBuilder({ page }).withTags(WCAG).analyze();
    const found = violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${colorScheme}: ${id} (${help}) at ${node.target.join(" ")}: ${node.failureSummary ?? ""}`),
    );
    expect(found).toEqual([]);
  }
  const size = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 720 });
  expect(await widerThanWindow(page), "the page is wider than a 320 px window").toEqual([]);
  if (size) await page.setViewportSize(size);
}

/** What makes the page scroll sideways, the innermost elements, so that a failure names its cause; empty when it does not. */
export function widerThanWindow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const over = document.documentElement.scrollWidth - window.innerWidth;
    if (over <= 0) return [];
    const outside = [...document.body.querySelectorAll("*")].filter(
      (element) => element.checkVisibility() && element.getBoundingClientRect().right > window.innerWidth,
    );
    const innermost = outside.filter(
      (element) => !outside.some((other) => other !== element && element.contains(other)),
    );
    return [`${over} px too wide`, ...innermost.map((element) => element.outerHTML.slice(0, 300))];
  });
}

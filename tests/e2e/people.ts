import { randomUUID } from "node:crypto";
import { type BrowserContext, type BrowserContextOptions, expect, type Page } from "@playwright/test";
import { hourPassesForRegistrations } from "./limits.ts";

/** Somebody who opens an account with an address. Each is new, so that tests do not meet. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

export function newPerson(name = "Pia Probe"): Person {
  return { name, email: `${randomUUID()}@example.test`, password: `four words and ${randomUUID().slice(0, 8)}` };
}

/** A demo account of the stack; it is verified, and the operator's has its roles. */
export function demoPerson(who: "learner" | "donor" | "admin" | "operator"): Person {
  return { name: who, email: `${who}@devmentor.test`, password: "devmentor-demo-1" };
}

/** Opens an account through the form. Ends on the first-run path. */
export async function openAccount(page: Page, person: Person): Promise<void> {
  await hourPassesForRegistrations();
  await page.goto("/register");
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Open account" }).click();
  await page.waitForURL("**/onboarding");
}

/** Signs in with address and password, from the sign-in page where the page stands or opens. */
export async function signIn(page: Page, person: Person): Promise<void> {
  if (!page.url().includes("/login")) await page.goto("/login");
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL((url) => url.pathname !== "/login");
}

/** Moves the focus with the Tab key alone until it is on `target`. */
export async function tabTo(page: Page, target: ReturnType<Page["locator"]>): Promise<void> {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("80 presses of Tab did not reach it.");
}

let adminSession: Awaited<ReturnType<BrowserContext["storageState"]>> | undefined;

/** A page of the demo's campaign admin, who signs in once a worker: how often one address may is limited. */
export async function adminPage(freshPage: (options?: BrowserContextOptions) => Promise<Page>): Promise<Page> {
  if (adminSession) return freshPage({ storageState: adminSession });
  const page = await freshPage();
  await signIn(page, demoPerson("admin"));
  adminSession = await page.context().storageState();
  return page;
}

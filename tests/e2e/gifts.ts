import { randomUUID } from "node:crypto";
import { expect, type FrameLocator, type Page } from "@playwright/test";

/** Cards of the Stripe emulator. */
export const CARD = {
  good: "4242 4242 4242 4242",
  declined: "4000 0000 0000 0002",
  bank: "4000 0027 6000 3184",
} as const;

interface Campaign {
  readonly id: string;
  readonly slug: string;
  readonly title: string;
}

let signedIn: Promise<string> | undefined;

/**
 * The demo's admin over the API, once a worker: how often one address may sign in is limited. Not through a page, whose
 * cookies would make it a call of the browser's.
 */
async function adminToken(): Promise<string> {
  const login = await fetch(new URL("/api/v1/users/login", process.env["E2E_APP_URL"]), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "admin@devmentor.test", password: "devmentor-demo-1" }),
  });
  expect(login.status).toBe(200);
  return ((await login.json()) as { accessToken: string }).accessToken;
}

/** A campaign of this test's own, made over the API as the demo's admin and opened. */
export async function openCampaign(page: Page, title: string): Promise<Campaign> {
  signedIn ??= adminToken();
  const headers = { authorization: `Bearer ${await signedIn}` };
  const made = await page.request.post("/api/v1/campaigns", {
    headers,
    data: {
      title: `${title} ${randomUUID().slice(0, 6)}`,
      summary: "For a test, and with a <b>tag</b> that is text.",
      story: "## Why\n\nBecause **it matters**. <script>alert(1)</script>\n\n- one\n- two",
      goalMinor: 100_000,
      currency: "EUR",
    },
  });
  expect(made.status()).toBe(201);
  const { campaign } = (await made.json()) as { campaign: Campaign };
  const opened = await page.request.put(`/api/v1/admin/campaigns/${campaign.id}`, {
    headers: { ...headers, "if-match": '"1"' },
    data: { status: "active" },
  });
  expect(opened.status()).toBe(200);
  return campaign;
}

export const cardOf = (page: Page): FrameLocator => page.frameLocator('iframe[title="Secure payment input frame"]');

export async function fillCard(page: Page, number: string): Promise<void> {
  const card = cardOf(page);
  await card.getByLabel("Card number").fill(number);
  await card.getByLabel("Expiration date").fill("12 / 40");
  await card.getByLabel("Security code").fill("123");
}

/** From the campaign's page to the filled form. */
export async function toForm(page: Page, campaign: Campaign, email: string, number: string): Promise<void> {
  await page.goto(`/campaigns/${campaign.slug}`);
  await page.getByLabel("Amount in EUR").fill("25,50");
  await page.getByRole("button", { name: "Give", exact: true }).click();
  await page.waitForURL(`**/campaigns/${campaign.slug}/give?**`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Name", { exact: false }).first().fill("Greta Guest");
  await fillCard(page, number);
}

export const pay = (page: Page) => page.getByRole("button", { name: /^Give €/ });
export const stage = (page: Page) => page.getByTestId("stage");
export const newEmail = (): string => `guest-${randomUUID()}@example.test`;

import { randomUUID } from "node:crypto";
import { expect, expectAccessible, test } from "./fixtures.ts";
import { CARD, cardOf, fillCard, newEmail, openCampaign, pay, stage, toForm } from "./gifts.ts";
import { mailTo } from "./mail.ts";
import { adminPage, demoPerson, signIn } from "./people.ts";

const PHONE = { viewport: { width: 390, height: 844 } };

test("a guest gives on a phone; another browser sees the total move; the receipt comes; the admin sees it", async ({
  freshPage,
  stack,
}) => {
  test.slow();
  const phone = await freshPage(PHONE);
  const campaign = await openCampaign(phone, "A well");
  const onlooker = await freshPage();
  await onlooker.goto(`/campaigns/${campaign.slug}`);
  await expect(onlooker.getByTestId("raised")).toHaveText("€0.00");
  const email = newEmail();
  await toForm(phone, campaign, email, CARD.good);
  await expectAccessible(phone);
  await pay(phone).click();
  await phone.waitForURL(/\/pledges\/[0-9a-f-]{36}#/);
  await expect(stage(phone)).toHaveAttribute("data-stage", "arrived", { timeout: 60_000 });
  await expectAccessible(phone);
  await expect(onlooker.getByTestId("raised")).toHaveText("€25.50", { timeout: 60_000 });
  await expect(onlooker.getByText("Greta Guest")).toBeVisible();
  // A reload finds the gift again: its key stands in the address.
  await phone.reload();
  await expect(stage(phone)).toHaveAttribute("data-stage", "arrived");
  const receipt = await mailTo(stack, email, /^Receipt: €25\.50/);
  expect(receipt.text).toContain(`/pledges/${new URL(phone.url()).pathname.split("/")[2]}#`);
  const download = phone.waitForEvent("download");
  await phone.getByRole("button", { name: "Get the PDF" }).click();
  expect((await download).suggestedFilename()).toMatch(/^receipt-.*\.pdf$/);
  const admin = await adminPage(freshPage);
  await admin.goto(`/admin/pledges?q=${encodeURIComponent(email)}`);
  await admin.getByRole("link", { name: "Greta Guest" }).click();
  await expect(admin.getByRole("heading", { level: 1 })).toContainText("€25.50 from Greta Guest");
  await expect(admin.getByText("Receipt", { exact: true })).toBeVisible();
  await expectAccessible(admin);
});

test("pressing twice, going back and reloading make one gift, and end in a clear state", async ({ freshPage, sql }) => {
  test.slow();
  const page = await freshPage();
  const campaign = await openCampaign(page, "Once");
  await toForm(page, campaign, newEmail(), CARD.good);
  await pay(page).dblclick();
  await page.waitForURL(/\/pledges\//);
  await page.goBack();
  await expect(page.getByText("This donation was already processed")).toBeVisible();
  await expectAccessible(page);
  await page.reload();
  await expect(page.getByText("This donation was already processed")).toBeVisible();
  const [made] = await sql`select count(*)::int as pledges from public.pledges where campaign_id = ${campaign.id}`;
  expect(made).toEqual({ pledges: 1 });
});

test.describe("a lost connection", () => {
  test.use({ expectedConsoleErrors: [/ERR_FAILED|Failed to load resource/] });

  test("is answered by asking again, and makes no second gift", async ({ freshPage, sql }) => {
    test.slow();
    const page = await freshPage();
    const campaign = await openCampaign(page, "Lost");
    await toForm(page, campaign, newEmail(), CARD.good);
    let lost = 0;
    // The first answers never arrive, though the server has made them.
    await page.route("**/api/v1/pledges", async (route) => {
      if (lost >= 2) return route.continue();
      lost += 1;
      await route.fetch();
      return route.abort("failed");
    });
    await pay(page).click();
    await page.waitForURL(/\/pledges\//, { timeout: 60_000 });
    expect(lost).toBe(2);
    const [made] = await sql`select count(*)::int as pledges from public.pledges where campaign_id = ${campaign.id}`;
    expect(made).toEqual({ pledges: 1 });
  });
});

test("a reload while the gift is on its way comes back to it, and makes no second one", async ({ freshPage, sql }) => {
  test.slow();
  const page = await freshPage();
  const campaign = await openCampaign(page, "Reloaded");
  await toForm(page, campaign, newEmail(), CARD.good);
  // The server makes the gift; its answer is still under way when the page goes.
  let asked = 0;
  const made = Promise.withResolvers<void>();
  await page.route("**/api/v1/pledges", async (route) => {
    asked += 1;
    if (asked > 1) return route.continue();
    await route.fetch();
    made.resolve();
    return undefined;
  });
  await pay(page).click();
  await made.promise;
  await page.reload();
  await page.waitForURL(/\/pledges\//, { timeout: 60_000 });
  await expect(stage(page)).toHaveAttribute("data-stage", "arrived", { timeout: 60_000 });
  expect(asked).toBe(2);
  const [pledges] = await sql`select count(*)::int as pledges from public.pledges where campaign_id = ${campaign.id}`;
  expect(pledges).toEqual({ pledges: 1 });
});

test.describe("a refused card", () => {
  test.use({ expectedConsoleErrors: [/status of 402/] });

  test("is said in words, and another card pays for the same gift", async ({ freshPage, sql }) => {
    test.slow();
    const page = await freshPage();
    const campaign = await openCampaign(page, "Declined");
    await toForm(page, campaign, newEmail(), CARD.declined);
    await pay(page).click();
    await expect(page.getByRole("alert").filter({ hasText: "Your donation was not made" })).toBeVisible();
    await expectAccessible(page);
    await fillCard(page, CARD.good);
    await pay(page).click();
    await page.waitForURL(/\/pledges\//);
    await expect(stage(page)).toHaveAttribute("data-stage", "arrived", { timeout: 60_000 });
    const rows = await sql`
      select y.number, y.state::text from public.payments y join public.pledges p on p.id = y.pledge_id
      where p.campaign_id = ${campaign.id} order by y.number`;
    expect(rows.map(({ number, state }) => [number, state])).toEqual([
      [1, "failed"],
      [2, "completed"],
    ]);
  });
});

test("a bank that asks is answered, and the gift goes on", async ({ freshPage }) => {
  test.slow();
  const page = await freshPage();
  const campaign = await openCampaign(page, "Bank");
  await toForm(page, campaign, newEmail(), CARD.bank);
  await pay(page).click();
  await page
    .frameLocator("iframe[title*='3'], iframe[title*='uthentic'], iframe[title*='bank' i]")
    .getByRole("button", { name: "Complete authentication" })
    .click();
  await page.waitForURL(/\/pledges\//);
  await expect(stage(page)).toHaveAttribute("data-stage", "arrived", { timeout: 60_000 });
});

test("each page of giving is accessible", async ({ freshPage }) => {
  test.slow();
  const page = await freshPage();
  const campaign = await openCampaign(page, "Axe");
  for (const address of ["/campaigns", "/campaigns?q=nothing-like-it", `/campaigns/${campaign.slug}`]) {
    expect((await page.goto(address))?.status(), address).toBe(200);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectAccessible(page);
  }
  // What was typed into the story as a tag is text, and nothing ran.
  await expect(page.getByText("<script>alert(1)</script>")).toBeVisible();
  const admin = await adminPage(freshPage);
  for (const address of ["/giving", "/admin", "/admin/campaigns", "/admin/pledges", "/unsubscribe"]) {
    expect((await admin.goto(address))?.status(), address).toBe(200);
    await expect(admin.getByRole("heading", { level: 1 })).toBeVisible();
    await expectAccessible(admin);
  }
});

test("the card form can be read by whoever wants less motion", async ({ freshPage }) => {
  const page = await freshPage({ reducedMotion: "reduce", colorScheme: "light" });
  const campaign = await openCampaign(page, "Still");
  await page.goto(`/campaigns/${campaign.slug}/give`);
  const label = cardOf(page).getByText("Card number", { exact: true });
  await expect(label).toBeVisible();
  // Stripe's frame is given the page's colours as it is made: of letters the ink, not the paper.
  const colour = await label.evaluate((element) => getComputedStyle(element).color);
  expect(Math.max(...(colour.match(/\d+/gu) ?? []).slice(0, 3).map(Number)), colour).toBeLessThan(100);
});

test("the card form follows the page's theme while it is open, and keeps what was typed", async ({ freshPage }) => {
  const page = await freshPage({ colorScheme: "light" });
  const campaign = await openCampaign(page, "Dusk");
  await page.goto(`/campaigns/${campaign.slug}/give`);
  await fillCard(page, CARD.good);
  const label = cardOf(page).getByText("Card number", { exact: true });
  const brightest = () =>
    label.evaluate((element) =>
      Math.max(...(getComputedStyle(element).color.match(/\d+/gu) ?? []).slice(0, 3).map(Number)),
    );
  expect(await brightest()).toBeLessThan(100);
  // The system's theme, then the reader's own choice.
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(brightest).toBeGreaterThan(200);
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.getByRole("radio", { name: "Light" }).check({ force: true });
  await expect.poll(brightest).toBeLessThan(100);
  await expect(cardOf(page).getByLabel("Card number")).toHaveValue(CARD.good);
  // The frame is as high as what stands in it.
  const frame = page.locator('iframe[title="Secure payment input frame"]');
  const content = await cardOf(page)
    .locator("html")
    .evaluate((element) => element.getBoundingClientRect().height);
  expect((await frame.boundingBox())?.height).toBeLessThanOrEqual(content + 4);
});

test("a donor has a statement, and nobody else's gift", async ({ freshPage }) => {
  const page = await freshPage();
  await signIn(page, demoPerson("donor"));
  await page.goto("/giving");
  const today = new Date().toISOString().slice(0, 10);
  for (const [format, type] of [
    ["pdf", "application/pdf"],
    ["csv", "text/csv"],
  ] as const) {
    const answer = await page.request.get(`/api/v1/me/gifts/statement?from=${today}&to=${today}&format=${format}`);
    expect([answer.status(), answer.headers()["content-type"]]).toEqual([200, expect.stringContaining(type)]);
  }
  expect((await page.request.get(`/api/v1/pledges/${randomUUID()}/receipt`)).status()).toBe(404);
});

test("what is not for everybody is not there", async ({ freshPage }) => {
  const page = await freshPage();
  await signIn(page, demoPerson("learner"));
  for (const address of ["/admin/campaigns", "/admin/pledges", `/admin/pledges/${randomUUID()}`])
    expect((await page.request.get(address)).status(), address).toBe(404);
  expect((await page.request.get("/api/v1/admin/pledges.csv")).status()).toBe(403);
});

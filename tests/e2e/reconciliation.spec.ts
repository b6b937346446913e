import Stripe from "stripe";
import { expect, expectAccessible, test } from "./fixtures.ts";
import { newEmail, openCampaign, pay, stage, toForm, CARD } from "./gifts.ts";
import { demoPerson, signIn } from "./people.ts";

test("an operator compares with the provider and decides about what differs; a donor finds their gift in the total", async ({
  freshPage,
  stack,
}) => {
  test.setTimeout(180_000);
  const donor = await freshPage();
  const campaign = await openCampaign(donor, "Checked");
  await toForm(donor, campaign, newEmail(), CARD.good);
  await pay(donor).click();
  await expect(stage(donor)).toHaveText(/Thank you|arrived/i, { timeout: 30_000 });
  const link = donor.url();

  // Money that nobody here knows of, as somebody might take it in the provider's dashboard.
  const { hostname, port } = new URL(stack["STRIPE_API_URL"] ?? "");
  const stripe = new Stripe(stack["STRIPE_SECRET_KEY"] ?? "", { host: hostname, port, protocol: "http" });
  const stray = await stripe.paymentIntents.create({
    amount: 1234,
    currency: "eur",
    confirm: true,
    payment_method: "pm_card_visa",
    allowed_payment_method_types: ["card"],
    return_url: "http://127.0.0.1:3000/",
  });

  const operator = await freshPage();
  await operator.goto("/admin/reconciliations");
  await signIn(operator, demoPerson("operator"));
  await expect(operator.getByRole("heading", { level: 1, name: "Reconciliation" })).toBeVisible();
  await operator.getByRole("button", { name: "Compare now" }).click();
  await expect(operator.getByText("Begun. It is in the list below", { exact: false })).toBeVisible();
  const card = operator.getByRole("listitem").filter({ hasText: stray.id });
  await expect(async () => {
    await operator.reload();
    await expect(card).toBeVisible({ timeout: 1_000 });
    await expect(operator.getByText("Going", { exact: true })).toHaveCount(0, { timeout: 1_000 });
  }).toPass({ timeout: 90_000 });
  await expect(operator.getByRole("figure")).toBeVisible();
  await expectAccessible(operator);

  await card.getByRole("textbox").fill("Refunded at the provider.");
  await card.getByRole("button", { name: "Dealt with" }).click();
  await expect(card.getByText("Noted as dealt with.", { exact: false })).toBeVisible();
  await stripe.refunds.create({ payment_intent: stray.id });

  // The campaign's page is kept for a minute.
  await expect(async () => {
    await donor.goto(`/campaigns/${campaign.slug}`);
    await expect(donor.getByText(/Checked against the payment provider .*: matches\./)).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 90_000, intervals: [5_000] });
  await donor.getByRole("link", { name: "How the total is made" }).click();
  await expect(donor.getByRole("heading", { level: 1, name: "How the total is made" })).toBeVisible();
  await donor.getByLabel("The link to your gift").fill("https://example.org/nothing");
  await donor.getByRole("button", { name: "Look" }).click();
  await expect(donor.getByText("That is no link to a gift.", { exact: false })).toBeVisible();
  await donor.getByLabel("The link to your gift").fill(link);
  await donor.getByRole("button", { name: "Look" }).click();
  await expect(donor.getByText("Your gift is in the total with €25.50", { exact: false })).toBeVisible();
  await expectAccessible(donor);
});

test.describe("who is no operator", () => {
  test.use({ expectedConsoleErrors: [/status of 404/] });

  test("finds no such page", async ({ freshPage }) => {
    const page = await freshPage();
    await page.goto("/login");
    await signIn(page, demoPerson("donor"));
    expect((await page.goto("/admin/reconciliations"))?.status()).toBe(404);
  });
});

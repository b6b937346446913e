import Stripe from "stripe";
import { expect, expectAccessible, test } from "./fixtures.ts";
import { CARD, newEmail, openCampaign, pay, stage, toForm } from "./gifts.ts";
import { adminPage } from "./people.ts";

type Stack = Readonly<Record<string, string>>;

function stripeOf(stack: Stack): Stripe {
  const { hostname, port } = new URL(stack["STRIPE_API_URL"] ?? "");
  return new Stripe(stack["STRIPE_SECRET_KEY"] ?? "", { host: hostname, port, protocol: "http" });
}

/** Something that a bank does. */
async function atTheBank(stack: Stack, path: string, body: object): Promise<void> {
  const answer = await fetch(new URL(`/_emulator/${path}`, stack["STRIPE_API_URL"]), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
}

test("a dispute is answered with evidence, once; the campaign's money comes back", async ({
  freshPage,
  stack,
  sql,
}) => {
  test.setTimeout(240_000);
  const admin = await adminPage(freshPage);
  const campaign = await openCampaign(admin, "Disputed");
  const donor = await freshPage();
  await toForm(donor, campaign, newEmail(), CARD.good);
  await pay(donor).click();
  await expect(stage(donor)).toHaveAttribute("data-stage", "arrived", { timeout: 60_000 });
  const [payment] = await sql`
    select y.intent_id from public.payments y join public.pledges p on p.id = y.pledge_id where p.campaign_id = ${campaign.id}`;
  const stripe = stripeOf(stack);
  const intent = await stripe.paymentIntents.retrieve(String(payment?.["intent_id"]));
  await atTheBank(stack, `charges/${String(intent.latest_charge)}/dispute`, { kind: "fraudulent" });

  await expect(async () => {
    await admin.goto("/admin");
    const panel = admin.locator("section", { has: admin.getByRole("heading", { name: "Open disputes" }) });
    await panel.getByRole("link", { name: campaign.title }).click({ timeout: 2_000 });
    await admin.waitForURL("**/admin/disputes/*", { timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
  await expect(admin.getByRole("heading", { level: 1, name: "€25.50 is disputed" })).toBeVisible();
  await expect(admin.getByText("The cardholder says that they did not make this payment.")).toBeVisible();
  await expect(admin.getByText("Answer wanted by")).toBeVisible();
  await expect(admin.getByLabel("What happened, step by step")).toHaveValue(/The payment was taken/);
  await expectAccessible(admin);

  await admin.getByLabel("Anything else").fill("winning_evidence");
  await admin.getByRole("button", { name: "Save the draft" }).click();
  await expect(admin.getByText("Saved. Nothing was sent to the bank yet.")).toBeVisible();
  await admin.reload();
  await expect(admin.getByLabel("Anything else")).toHaveValue("winning_evidence");
  await admin.getByRole("button", { name: "Send it to the bank" }).click();
  await expect(admin.getByRole("alert").filter({ hasText: "Nothing was saved or sent" })).toBeFocused();
  await expectAccessible(admin);
  await admin.getByLabel("I have read it through, and it is true").check();
  await admin.getByRole("button", { name: "Send it to the bank" }).click();
  await expect(admin.getByRole("heading", { name: "What was answered" })).toBeVisible();
  await expect(admin.getByRole("button", { name: "Send it to the bank" })).toHaveCount(0);
  await expect(async () => {
    await admin.reload();
    await expect(admin.getByText("The bank has decided for us.", { exact: false })).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 90_000 });
  await expectAccessible(admin);
  const disputes = await stripe.disputes.list({ payment_intent: intent.id });
  expect(disputes.data.map((dispute) => dispute.evidence_details.submission_count)).toEqual([1]);
});

test("a cancelled campaign shows how its gifts go back, by itself", async ({ freshPage, sql }) => {
  test.setTimeout(240_000);
  const admin = await adminPage(freshPage);
  const campaign = await openCampaign(admin, "Ended");
  const donor = await freshPage();
  await toForm(donor, campaign, newEmail(), CARD.good);
  await pay(donor).click();
  await expect(stage(donor)).toHaveAttribute("data-stage", "arrived", { timeout: 60_000 });
  await admin.goto(`/admin/campaigns/${campaign.id}`);
  await expect(admin.getByTestId("cancellation")).toHaveCount(0);
  const [row] = await sql`select version, owner_id from public.campaigns where id = ${campaign.id}`;
  await sql`
    select public.update_campaign(${String(row?.["owner_id"])}, ${campaign.id}, ${Number(row?.["version"])}, '{"status": "cancelled"}', '')`;
  await admin.reload();
  const progress = admin.getByTestId("cancellation");
  await expect(progress.getByText("Gifts returned")).toBeVisible();
  // No reload: the page hears of it, or asks.
  await expect(progress.getByText("1 of 1, €25.50 of €25.50")).toBeVisible({ timeout: 120_000 });
  await expect(progress.getByText("All is done", { exact: false })).toBeVisible();
  await expectAccessible(admin);
});

/**
 * From a webhook that is received to a second browser that shows what it changed, on the product as people start it (`npm start`,
 * with its worker): Chromium stands on a campaign's page, one gift to it is given back a euro at a time, and each `refund.created` of
 * the emulator's is delivered by this script. The clock stops in the frame after the total's text has changed.
 *
 *   npx tsx bench/repaint.ts [samples, 60]
 */
import { randomUUID } from "node:crypto";
import { chromium } from "@playwright/test";
import Stripe from "stripe";
import playwright from "../tests/e2e/playwright.config.ts";
import { startProduct } from "../tests/e2e/product.ts";
import { stripeClient } from "../tests/support/stripe.ts";
import { openCampaign, percentile } from "./product-load.ts";

const SAMPLES = Number(process.argv[2] ?? 60);
const AIM_MS = 300;

const product = await startProduct();
try {
  const { env } = await product.status();
  const { APP_URL: app = "", STRIPE_API_URL: stripeUrl = "", STRIPE_SECRET_KEY: key = "" } = env;
  const secret = (env["STRIPE_WEBHOOK_SECRETS"] ?? "").split(",")[0] ?? "";
  const stripe = stripeClient(stripeUrl, key);
  const campaign = await openCampaign(app);
  const given = await fetch(`${app}/api/v1/pledges`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": randomUUID() },
    body: JSON.stringify({
      campaignId: campaign.id,
      amountMinor: SAMPLES * 200,
      currency: "EUR",
      donor: { email: "bench@devmentor.test", anonymous: false, name: "Ben Bench" },
      paymentMethod: "pm_card_visa",
    }),
  });
  if (given.status !== 201) throw new Error(`The gift was not taken: ${await given.text()}`);
  const { pledge } = (await given.json()) as { pledge: { id: string } };

  const browser = await chromium.launch(playwright.use?.launchOptions ?? {});
  const page = await browser.newPage({ locale: "en-GB" });
  await page.goto(`${app}/campaigns/${campaign.slug}`);
  const raised = page.getByTestId("raised");
  const shows = async (minor: number): Promise<void> => {
    const text = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" }).format(minor / 100);
    await raised.filter({ hasText: text }).waitFor({ timeout: 60_000 });
  };
  await shows(SAMPLES * 200);
  // From here on the emulator keeps its events, and this script delivers them.
  await fetch(`${stripeUrl}/_emulator/settings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ webhooks: "manual" }),
  });
  const [row] = await product.sql((sql) => sql`select intent_id from public.payments where pledge_id = ${pledge.id}`);
  const intent = String(row?.["intent_id"]);
  await page.evaluate(() => {
    const shown: { text: string; at: number }[] = [];
    Object.assign(window, { shown });
    const element = document.querySelector('[data-testid="raised"]');
    if (!element) throw new Error("The page shows no total.");
    new MutationObserver(() => {
      const text = element.textContent ?? "";
      requestAnimationFrame(() => setTimeout(() => shown.push({ text, at: Date.now() })));
    }).observe(element, { childList: true, characterData: true, subtree: true });
  });

  const took: number[] = [];
  const answered: number[] = [];
  for (let sample = 1; sample <= SAMPLES; sample += 1) {
    const refund = await stripe.refunds.create({ payment_intent: intent, amount: 100 });
    const { data } = await stripe.events.list({ type: "refund.created", limit: 1 });
    const event = data.find((each) => (each.data.object as Stripe.Refund).id === refund.id);
    if (!event) throw new Error("Stripe's list lacks the refund's event.");
    const payload = JSON.stringify(event);
    const signature = stripe.webhooks.generateTestHeaderString({ payload, secret });
    const begun = Date.now();
    const answer = await fetch(`${app}/api/webhooks/stripe`, {
      method: "POST",
      body: payload,
      headers: { "content-type": "application/json", "stripe-signature": signature },
    });
    if (answer.status !== 200) throw new Error(`The webhook was answered ${answer.status}: ${await answer.text()}`);
    answered.push(Date.now() - begun);
    const left = (SAMPLES * 200 - sample * 100) / 100;
    const text = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" }).format(left);
    const seen = await page.waitForFunction(
      (wanted) =>
        (window as unknown as { shown: { text: string; at: number }[] }).shown.find((s) => s.text.includes(wanted)),
      text,
      { timeout: 60_000 },
    );
    took.push(((await seen.jsonValue()) as { at: number }).at - begun);
    // Not in step with a poll of anybody's.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 200));
  }
  await browser.close();
  console.log(`webhook answered           p50 ${percentile(answered, 0.5)} ms, p95 ${percentile(answered, 0.95)} ms`);
  console.log(
    `webhook → browser repainted p50 ${percentile(took, 0.5)} ms, p95 ${percentile(took, 0.95)} ms, worst ${Math.max(...took)} ms of ${SAMPLES} (aim: p95 ≤ ${AIM_MS} ms)`,
  );
} finally {
  await product.stop();
}

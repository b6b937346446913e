import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type FrameLocator, type Page } from "@playwright/test";
import Stripe from "stripe";
import { type RunningStripe, startStripe } from "../../devstack/stripe/server.ts";

/**
 * The emulator's Stripe.js in a real browser, in a shop's page that knows nothing of it but the script's address. The
 * stack is not needed; the emulator here is the test's own.
 */
const KEYS = { secretKey: "sk_test_form", publishableKey: "pk_test_form" };

const SHOP = (
  script: string,
) => `<!doctype html><html lang="en"><head><title>Shop</title><meta name="viewport" content="width=device-width"></head>
<body style="margin:12px;font-family:sans-serif"><main><h1>Give</h1><div id="card"></div><button id="pay">Pay</button><p role="status" id="status"></p></main>
<script src="${script}"></script>
<script>
  window.events = [];
  const stripe = Stripe("${KEYS.publishableKey}");
  const theme = new URLSearchParams(location.search).get("theme") ?? "stripe";
  const elements = stripe.elements({ mode: "payment", amount: 2500, currency: "eur", captureMethod: "manual",
    allowedPaymentMethodTypes: ["card"], appearance: { theme, variables: theme === "night" ? { colorBackground: "#23252b" } : {} } });
  document.body.style.background = theme === "night" ? "#17181c" : "#fff";
  document.body.style.color = theme === "night" ? "#eee" : "#111";
  const payment = elements.create("payment");
  for (const name of ["ready", "change", "focus", "blur", "loaderror"]) payment.on(name, (event) => window.events.push({ name, ...event }));
  payment.mount("#card");
  const say = (text) => { document.querySelector("#status").textContent = text; };
  document.querySelector("#pay").addEventListener("click", async () => {
    const checked = await elements.submit();
    if (checked.error) return say(checked.error.code);
    const made = await stripe.createConfirmationToken({ elements, params: { return_url: "https://example.org/back", payment_method_data: { billing_details: { name: "Dana Donor", email: "dana@example.org" } } } });
    if (made.error) return say(made.error.code);
    say("token " + made.confirmationToken.id);
  });
  window.next = async (clientSecret) => {
    const result = await stripe.handleNextAction({ clientSecret });
    say(result.error ? "error " + result.error.code : "status " + result.paymentIntent.status);
  };
</script></body></html>`;

interface Shop {
  readonly url: string;
  readonly emulator: RunningStripe;
  readonly stripe: Stripe;
}

const test = base.extend<object, { shop: Shop }>({
  shop: [
    async ({}, use) => {
      const emulator = await startStripe({ port: 0, file: ":memory:", ...KEYS, log: () => {} });
      const server = createServer((request, response) => {
        if (!request.url?.startsWith("/shop")) return void response.writeHead(204).end();
        response.writeHead(200, {
          "content-type": "text/html; charset=utf-8",
          // What the product's own policy has to let through, and nothing more.
          "content-security-policy": `default-src 'none'; script-src ${emulator.url} 'unsafe-inline'; style-src 'unsafe-inline'; frame-src ${emulator.url}; connect-src ${emulator.url}`,
        });
        response.end(SHOP(`${emulator.url}/endive/stripe.js`));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const stripe = new Stripe(KEYS.secretKey, { host: "127.0.0.1", port: emulator.port, protocol: "http" });
      // Another site than the emulator's, as in production.
      await use({ url: `http://localhost:${(server.address() as AddressInfo).port}/shop`, emulator, stripe });
      server.close();
      server.closeAllConnections();
      await emulator.close();
    },
    { scope: "worker" },
  ],
});

const cardOf = (page: Page): FrameLocator => page.frameLocator('iframe[title="Secure payment input frame"]');

async function fill(page: Page, number: string, expiry = "12 / 40", cvc = "123"): Promise<void> {
  const card = cardOf(page);
  await card.getByLabel("Card number").fill(number);
  await card.getByLabel("Expiration date").fill(expiry);
  await card.getByLabel("Security code").fill(cvc);
}

async function tokenOf(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Pay" }).click();
  await expect(page.getByRole("status")).toContainText("token ctoken_");
  return ((await page.getByRole("status").textContent()) ?? "").replace("token ", "");
}

const confirmed = async (shop: Shop, token: string): Promise<Stripe.PaymentIntent> => {
  const intent = await shop.stripe.paymentIntents.create({
    amount: 2_500,
    currency: "eur",
    capture_method: "manual",
    allowed_payment_method_types: ["card"],
  });
  return shop.stripe.paymentIntents.confirm(intent.id, {
    confirmation_token: token,
    return_url: "https://example.org/back",
    use_stripe_sdk: true,
  });
};

test("a card is typed by keyboard alone and becomes a token that pays once", async ({ page, shop }) => {
  await page.goto(shop.url);
  const card = cardOf(page);
  await card.getByLabel("Card number").focus();
  // The cursor goes on by itself when a field is complete.
  await page.keyboard.type("4242424242424242", { delay: 5 });
  await page.keyboard.type("1240", { delay: 5 });
  await page.keyboard.type("123", { delay: 5 });
  await expect(card.getByLabel("Card number")).toHaveValue("4242 4242 4242 4242");
  await expect(card.getByLabel("Expiration date")).toHaveValue("12 / 40");
  const token = await tokenOf(page);
  expect(await confirmed(shop, token)).toMatchObject({ status: "requires_capture", amount_capturable: 2_500 });
  await expect(confirmed(shop, token)).rejects.toMatchObject({ code: "token_already_used" });
  const names = await page.evaluate(() =>
    (Reflect.get(window, "events") as { name: string }[]).map((each) => each.name),
  );
  expect(new Set(names)).toEqual(new Set(["ready", "focus", "change", "blur"]));
  const last = await page.evaluate(() =>
    (Reflect.get(window, "events") as { name: string; complete?: boolean }[]).findLast(
      (each) => each.name === "change",
    ),
  );
  expect(last).toMatchObject({ elementType: "payment", complete: true, empty: false, value: { type: "card" } });
  const made = await shop.stripe.confirmationTokens.retrieve(token);
  expect(made.payment_method_preview?.billing_details).toMatchObject({ name: "Dana Donor", email: "dana@example.org" });
});

test("what is wrong is said beside its field, and to the page", async ({ page, shop }) => {
  await page.goto(shop.url);
  const card = cardOf(page);
  await expect(card.getByLabel("Card number")).toBeVisible();
  await page.getByRole("button", { name: "Pay" }).click();
  await expect(page.getByRole("status")).toHaveText("incomplete_number");
  await expect(card.getByText("Your card number is incomplete.")).toBeVisible();
  await expect(card.getByLabel("Card number")).toBeFocused();
  await fill(page, "4242 4242 4242 4241");
  await page.getByRole("button", { name: "Pay" }).click();
  await expect(page.getByRole("status")).toHaveText("invalid_number");
  await fill(page, "4242 4242 4242 4242", "01 / 20");
  await page.getByRole("button", { name: "Pay" }).click();
  await expect(page.getByRole("status")).toHaveText("invalid_expiry_year_past");
  await expect(card.getByLabel("Expiration date")).toHaveAttribute("aria-invalid", "true");
});

for (const [button, outcome] of [
  ["Complete authentication", "status requires_capture"],
  ["Fail authentication", "error payment_intent_authentication_failure"],
] as const)
  test(`3-D Secure in a dialog: ${button}`, async ({ page, shop }) => {
    await page.goto(shop.url);
    await fill(page, "4000 0000 0000 3220");
    const intent = await confirmed(shop, await tokenOf(page));
    expect(intent).toMatchObject({ status: "requires_action", next_action: { type: "use_stripe_sdk" } });
    await page.evaluate(
      (secret) => void (Reflect.get(window, "next") as (secret: string) => void)(secret),
      intent.client_secret ?? "",
    );
    const bank = page.frameLocator('iframe[name="stripe-challenge-frame"]');
    await expect(bank.getByText("€25.00")).toBeVisible();
    await bank.getByRole("button", { name: button }).click();
    await expect(page.getByRole("status")).toHaveText(outcome);
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });

test("Escape leaves the bank's page, which is a failed authentication", async ({ page, shop }) => {
  await page.goto(shop.url);
  await fill(page, "4000 0000 0000 3220");
  const intent = await confirmed(shop, await tokenOf(page));
  await page.evaluate(
    (secret) => void (Reflect.get(window, "next") as (secret: string) => void)(secret),
    intent.client_secret ?? "",
  );
  const dialog = page.getByRole("dialog", { name: "3D Secure authentication" });
  await expect(page.frameLocator('iframe[name="stripe-challenge-frame"]').getByRole("heading")).toBeVisible();
  await dialog.evaluate((element) => (element as HTMLDialogElement).focus());
  await page.keyboard.press("Escape");
  await expect(page.getByRole("status")).toHaveText("error payment_intent_authentication_failure");
});

test("a redirect goes to the bank's page and back", async ({ page, shop }) => {
  const back = `${shop.url}/back`;
  const intent = await shop.stripe.paymentIntents.create({
    amount: 900,
    currency: "eur",
    confirm: true,
    payment_method: "pm_card_threeDSecure2Required",
    return_url: back,
    allowed_payment_method_types: ["card"],
  });
  await page.goto(intent.next_action?.redirect_to_url?.url ?? "");
  await page.getByRole("button", { name: "Complete authentication" }).click();
  await expect(page).toHaveURL(/redirect_status=succeeded/);
  expect(new URL(page.url()).searchParams.get("payment_intent")).toBe(intent.id);
  expect((await shop.stripe.paymentIntents.retrieve(intent.id)).status).toBe("succeeded");
});

for (const theme of ["stripe", "night"])
  test(`the form and the bank's page are accessible, theme ${theme}`, async ({ page, shop }, info) => {
    await page.emulateMedia({ colorScheme: theme === "night" ? "dark" : "light" });
    for (const width of [320, 1_000]) {
      await page.setViewportSize({ width, height: 700 });
      await page.goto(`${shop.url}?theme=${theme}`);
      await expect(cardOf(page).getByLabel("Card number")).toBeVisible();
      await page.getByRole("button", { name: "Pay" }).click();
      await expect(cardOf(page).getByText("Your card number is incomplete.")).toBeVisible();
      await page.screenshot({ path: info.outputPath(`form-${width}.png`) });
      const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]).analyze();
      expect(found.violations.map((each) => `${each.id}: ${each.nodes[0]?.html}`)).toEqual([]);
    }
    const intent = await shop.stripe.paymentIntents.create({
      amount: 900,
      currency: "eur",
      confirm: true,
      payment_method: "pm_card_threeDSecure2Required",
      return_url: shop.url,
      allowed_payment_method_types: ["card"],
    });
    await page.goto(intent.next_action?.redirect_to_url?.url ?? "");
    await page.screenshot({ path: info.outputPath("bank.png") });
    const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]).analyze();
    expect(found.violations.map((each) => each.id)).toEqual([]);
  });

test("the dashboard is accessible in light and dark, and fits a phone", async ({ page, shop }, info) => {
  const intent = await shop.stripe.paymentIntents.create({
    amount: 4_200,
    currency: "eur",
    confirm: true,
    payment_method: "pm_card_visa",
    return_url: shop.url,
    capture_method: "manual",
    metadata: { pledge: "dashboard" },
  });
  await shop.stripe.paymentIntents.capture(intent.id);
  await shop.emulator.control("POST", `/_emulator/charges/${String(intent.latest_charge)}/dispute`, {});
  await shop.emulator.control("POST", "/_emulator/faults", { on: "webhook", kind: "drop" });
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: scheme === "light" ? 1_000 : 390, height: 900 });
    for (const path of ["", `/payments/${intent.id}`, "/events", "/webhooks", "/faults", "/clock", "/requests"]) {
      await page.goto(`${shop.emulator.url}/dashboard${path}`);
      await page.screenshot({ path: info.outputPath(`${scheme}${path.split("/")[1] ?? ""}.png`), fullPage: true });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      expect([path, wide]).toEqual([path, false]);
      const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]).analyze();
      expect(found.violations.map((each) => `${path} ${each.id}: ${each.nodes[0]?.html}`)).toEqual([]);
    }
  }
});

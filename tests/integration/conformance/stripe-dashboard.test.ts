import { beforeAll, expect, test } from "vitest";
import { useStripe } from "../../support/stripe.ts";

/** The dashboard as a browser without scripts uses it: pages and forms. */
const stripe = useStripe();
let intent: string;
let charge: string;

beforeAll(async () => {
  const made = await stripe.client.paymentIntents.create({
    amount: 4_200,
    currency: "eur",
    confirm: true,
    payment_method: "pm_card_visa",
    return_url: "https://example.org",
    capture_method: "manual",
    metadata: { pledge: "<script>alert(1)</script>" },
  });
  intent = made.id;
  charge = String(made.latest_charge);
});

const page = async (path: string): Promise<string> => {
  const response = await fetch(`${stripe.url}${path}`);
  expect([path, response.status]).toEqual([path, 200]);
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  return response.text();
};
const submit = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${stripe.url}/dashboard/do`, {
    method: "POST",
    headers,
    body: new URLSearchParams({ back: `/dashboard/payments/${intent}`, ...fields }),
    redirect: "manual",
  });

test("every page shows what there is, with nothing of it as markup", async () => {
  const list = await page("/dashboard");
  expect(list).toContain(intent);
  expect(list).toContain("&lt;script&gt;");
  expect(list).not.toContain("<script");
  const { data } = await stripe.client.events.list();
  for (const path of [
    `/dashboard/payments/${intent}`,
    "/dashboard/events",
    `/dashboard/events/${data[0]?.id}`,
    "/dashboard/webhooks",
    "/dashboard/faults",
    "/dashboard/clock",
    "/dashboard/requests",
  ])
    expect(await page(path)).toMatch(/<h1>/);
  expect((await fetch(`${stripe.url}/dashboard/payments/pi_none`)).status).toBe(404);
  expect((await fetch(`${stripe.url}/dashboard/nothing`)).status).toBe(404);
});

test("a payment is captured, refunded and disputed by its buttons", async () => {
  const done = await submit({ control: `payment_intents/${intent}/capture` });
  expect([done.status, done.headers.get("location")]).toEqual([303, `/dashboard/payments/${intent}`]);
  await submit({ control: `charges/${charge}/refund`, "n:amount": "1200", "s:status": "" });
  await submit({ control: `charges/${charge}/dispute`, "s:kind": "inquiry", "n:amount": "" });
  expect(await stripe.client.charges.retrieve(charge)).toMatchObject({
    captured: true,
    amount_refunded: 1_200,
    disputed: true,
  });
  const [dispute] = (await stripe.client.disputes.list({ charge })).data;
  await submit({ control: `disputes/${dispute?.id}`, "s:action": "close" });
  expect((await stripe.client.disputes.retrieve(dispute?.id ?? "")).status).toBe("warning_closed");
  expect(await page(`/dashboard/payments/${intent}`)).toContain("warning_closed");
});

test("a fault is ordered, shown above every page, and taken back; time passes by a button", async () => {
  await submit({
    control: "faults",
    "s:on": "api",
    "s:kind": "error",
    "s:path": "/v1/*",
    "n:count": "0",
    "n:status": "503",
  });
  expect(await page("/dashboard/clock")).toContain("Faults are in force.");
  await expect(stripe.client.balance.retrieve()).rejects.toMatchObject({ statusCode: 503 });
  await submit({ control: "faults/remove" });
  await expect(stripe.client.balance.retrieve()).resolves.toBeDefined();
  const before = await stripe.control<{ now: number }>("GET", "clock");
  await submit({ control: "clock", "n:advanceMs": "3600000" });
  const after = await stripe.control<{ now: number }>("GET", "clock");
  expect(after.now - before.now).toBeGreaterThanOrEqual(3_600_000);
});

test("what is not possible is said, and another site may not order anything", async () => {
  const wrong = await submit({ control: `payment_intents/${intent}/capture` });
  expect(wrong.status).toBe(400);
  expect(await wrong.text()).toContain("could not be captured");
  expect((await submit({ control: "reset" }, { origin: "https://evil.example" })).status).toBe(403);
  expect((await submit({ control: "reset", back: "https://evil.example" })).headers.get("location")).toBe("/dashboard");
});

import { randomUUID } from "node:crypto";
import { expect, expectAccessible, test } from "./fixtures.ts";
import { newEmail, openCampaign } from "./gifts.ts";
import { adminPage, demoPerson, signIn } from "./people.ts";

/** Would tell of itself if a page took it for more than words. */
const HOSTILE = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;

test("an operator blocks the card of a gift and unblocks it; who runs the campaign has no part in that", async ({
  freshPage,
}) => {
  test.slow();
  const admin = await adminPage(freshPage);
  const campaign = await openCampaign(admin, "Guarded");
  const guest = await freshPage();
  const given = await guest.request.post("/api/v1/pledges", {
    headers: { "idempotency-key": randomUUID() },
    data: {
      campaignId: campaign.id,
      amountMinor: 2500,
      currency: "EUR",
      donor: { name: HOSTILE, email: newEmail(), anonymous: false, message: HOSTILE },
      // A card that no other test pays with.
      paymentMethod: "pm_card_jcb",
    },
  });
  expect(given.status()).toBe(201);
  const { pledge } = (await given.json()) as { pledge: { id: string } };
  await admin.goto(`/admin/pledges/${pledge.id}`);
  await expect(admin.getByRole("heading", { level: 2, name: "Payments" })).toBeVisible();
  await expect(admin.getByRole("heading", { name: "This card" })).toHaveCount(0);
  // Who gives chooses the words, and they are words.
  await expect(admin.getByRole("heading", { level: 1 })).toContainText(HOSTILE);
  await expect(admin.getByText(HOSTILE)).toHaveCount(3);
  await expect(admin).toHaveTitle(/^Pledge/);

  const page = await freshPage();
  await signIn(page, demoPerson("operator"));
  await page.goto(`/admin/pledges/${pledge.id}`);
  await page.getByText("Block jcb ending in", { exact: false }).click();
  // Blanks get past the browser's own question for a reason.
  await page.getByLabel("Reason").fill("   ");
  await page.getByRole("button", { name: "Block the card" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "The card was not blocked" })).toBeFocused();
  await expectAccessible(page);
  const reason = `Tried with stolen cards ${randomUUID().slice(0, 6)}`;
  await page.getByLabel("Reason").fill(reason);
  await page.getByRole("button", { name: "Block the card" }).click();
  await expect(page.getByText(`“${reason}”`, { exact: false })).toBeVisible();
  await page.goto("/admin/blocks");
  const row = page.getByRole("row").filter({ hasText: reason });
  await expect(row).toContainText("Otis Operator");
  await expectAccessible(page);
  await row.getByRole("button", { name: "Unblock" }).click();
  await expect(row.getByText("Over")).toBeVisible();
  await expect(row.getByRole("button", { name: "Unblock" })).toHaveCount(0);
});

import { randomUUID } from "node:crypto";
import { expect, expectAccessible, test } from "./fixtures.ts";
import { openCampaign } from "./gifts.ts";
import { adminPage } from "./people.ts";

test.use({ expectedConsoleErrors: [/status of 404/] });

test("between a click and the next page stands its shape, and goes when the page is there", async ({ freshPage }) => {
  const page = await adminPage(freshPage);
  await page.goto("/admin");
  const held = Promise.withResolvers<void>();
  await page.route(/\/admin\/pledges(?:\?|$)/, async (route) => {
    if (route.request().headers()["rsc"]) await held.promise;
    return route.continue();
  });
  const tabs = page.getByRole("navigation", { name: "Administration" });
  await tabs.getByRole("link", { name: "Pledges" }).click();
  await expect(page.getByTestId("loading")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "Administration" })).toBeHidden();
  await expectAccessible(page);
  held.resolve();
  await expect(page.getByRole("heading", { level: 1, name: "Pledges" })).toBeVisible();
  await expect(page.getByTestId("loading")).toHaveCount(0);
});

test("within a list the old rows stay in sight until the new ones are there", async ({ freshPage }) => {
  const page = await freshPage();
  await page.goto("/campaigns");
  const held = Promise.withResolvers<void>();
  await page.route(/\/campaigns\?status=all/, async (route) => {
    if (route.request().headers()["rsc"]) await held.promise;
    return route.continue();
  });
  await page.getByRole("link", { name: "All", exact: true }).click();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(1);
  await expect(page.getByTestId("loading")).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 1, name: "Campaigns" })).toBeVisible();
  held.resolve();
  await expect(page).toHaveURL(/status=all/);
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
});

test("a page comes whole in one answer, and what leads nowhere is still said by its status", async ({ freshPage }) => {
  const page = await adminPage(freshPage);
  const campaign = await openCampaign(page, "Whole");
  const nobody = await freshPage();
  const statusOf = async (who: typeof page, address: string): Promise<number> =>
    (await who.request.get(address, { maxRedirects: 0 })).status();
  for (const [who, address, status] of [
    [nobody, `/campaigns/none-${randomUUID().slice(0, 8)}`, 404],
    [nobody, `/campaigns/none-${randomUUID().slice(0, 8)}/give`, 404],
    [nobody, "/pledges/none", 404],
    [nobody, "/giving", 307],
    [nobody, "/admin", 307],
    [nobody, `/admin/pledges/${randomUUID()}`, 307],
    [page, `/admin/pledges/${randomUUID()}`, 404],
    [page, `/admin/campaigns/${randomUUID()}`, 404],
    [page, "/admin/blocks", 404],
  ] as const)
    expect([address, await statusOf(who, address)]).toEqual([address, status]);
  for (const [who, address, words] of [
    [nobody, "/campaigns", "Search campaigns"],
    [nobody, `/campaigns/${campaign.slug}`, campaign.title],
    [nobody, `/campaigns/${campaign.slug}/give`, campaign.title],
    [page, "/giving", "Earlier gifts"],
    [page, "/admin", "What happened with money"],
    [page, "/admin/pledges", "Export as CSV"],
  ] as const) {
    const answer = await who.request.get(address);
    const html = await answer.text();
    // React marks what is still to come with such a comment.
    expect([address, answer.status(), html.includes(words), html.includes("<!--$?-->")]).toEqual([
      address,
      200,
      true,
      false,
    ]);
  }
  // Made before, not for this request.
  const again = await nobody.request.get(`/campaigns/${campaign.slug}`);
  expect(["HIT", "STALE"]).toContain(again.headers()["x-nextjs-cache"]);
});

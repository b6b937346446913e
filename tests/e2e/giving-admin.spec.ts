import { randomUUID } from "node:crypto";
import { expect, expectAccessible, test } from "./fixtures.ts";
import { CARD, newEmail, openCampaign, pay, stage, toForm } from "./gifts.ts";
import { mailsTo, mailTo } from "./mail.ts";
import { adminPage, demoPerson, signIn } from "./people.ts";

test("an admin writes a campaign, publishes, changes and pauses it; the public page follows", async ({ freshPage }) => {
  test.slow();
  const page = await adminPage(freshPage);
  await page.goto("/admin/campaigns/new");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Make a draft" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "The campaign was not saved" })).toBeFocused();
  const title = `Lanterns ${randomUUID().slice(0, 6)}`;
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("Summary").fill("Light for the harbour path.");
  await page.getByRole("textbox", { name: "Story" }).fill("It is dark there.");
  await page.getByLabel("Goal").fill("1.250,00");
  await expect(page.getByRole("heading", { level: 3, name: title })).toBeVisible();
  await page.getByRole("button", { name: "Make a draft" }).click();
  await expect(page.getByText("The draft is made")).toBeVisible();
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByText("Saved.", { exact: false })).toBeVisible();
  await expectAccessible(page);
  const href = (await page.getByRole("link", { name: "Public page" }).getAttribute("href")) ?? "";
  const visitor = await freshPage();
  expect((await visitor.goto(href))?.status()).toBe(200);
  await expect(visitor.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await expect(visitor.getByText("€1,250", { exact: false }).first()).toBeVisible();
  await page.getByLabel("Summary").fill("Twelve lanterns for the harbour path.");
  // The page still says "Saved." of the step before: what counts is the answer, and what stands there afterwards.
  const answered = page.waitForResponse((response) => response.request().method() === "POST");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await answered;
  await page.reload();
  await expect(page.getByLabel("Summary")).toHaveValue("Twelve lanterns for the harbour path.");
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByRole("button", { name: "Open again" })).toBeVisible();
  await expect(async () => {
    await visitor.reload();
    await expect(visitor.getByText("Twelve lanterns", { exact: false }).first()).toBeVisible({ timeout: 1_000 });
    await expect(visitor.getByText("This campaign is paused at present.", { exact: false })).toBeVisible({
      timeout: 1_000,
    });
  }).toPass();
});

test("a step pressed while words are being saved is not lost in silence, and what was typed outlives a step", async ({
  freshPage,
}) => {
  test.slow();
  const page = await adminPage(freshPage);
  const campaign = await openCampaign(page, "Hasty");
  await page.goto(`/admin/campaigns/${campaign.id}`);
  const held = Promise.withResolvers<void>();
  await page.route(`**/admin/campaigns/${campaign.id}**`, async (route) => {
    if (route.request().method() === "POST") await held.promise;
    return route.continue();
  });
  await page.getByLabel("Summary").fill("Saved slowly.");
  await expect(page.getByText("You have changed words below that are not saved yet.", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText("Your changes are still being saved")).toBeVisible();
  held.resolve();
  await expect(page.getByText("Saved.", { exact: false })).toBeVisible();
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  await page.getByLabel("Title").fill("Not saved yet");
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByRole("button", { name: "Open again" })).toBeVisible();
  await expect(page.getByLabel("Title")).toHaveValue("Not saved yet");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Not saved yet" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Open again" })).toBeVisible();
});

test("two who change one campaign: the second is told, and keeps what they typed", async ({ freshPage }) => {
  test.slow();
  const [one, other] = [await adminPage(freshPage), await freshPage()];
  const campaign = await openCampaign(one, "Shared");
  await signIn(other, demoPerson("operator"));
  for (const page of [one, other]) await page.goto(`/admin/campaigns/${campaign.id}`);
  await one.getByLabel("Summary").fill("By the first.");
  await one.getByRole("button", { name: "Save", exact: true }).click();
  await expect(one.getByText("Saved.", { exact: false })).toBeVisible();
  await other.getByLabel("Summary").fill("By the second.");
  await other.getByRole("button", { name: "Save", exact: true }).click();
  await expect(other.getByRole("alert").filter({ hasText: "The campaign was not saved" })).toBeFocused();
  await expect(other.getByLabel("Summary")).toHaveValue("By the second.");
});

test("who runs a campaign sees a gift come in live, is mailed, sends a mail again, and ends the mails", async ({
  freshPage,
  stack,
  sql,
}) => {
  test.slow();
  const admin = await adminPage(freshPage);
  const campaign = await openCampaign(admin, "Watched");
  const updates = async () => {
    const [row] = await sql`
      select m.updates::text from public.owner_mail_preferences m join auth.users u on u.id = m.user_id
      where u.email = 'admin@devmentor.test'`;
    return String(row?.["updates"]);
  };
  await admin.goto("/admin");
  await admin.getByLabel("For each gift at once").check();
  await admin.getByRole("button", { name: "Save" }).click();
  await expect(admin.getByText("Saved.", { exact: true })).toBeVisible();
  const guest = await freshPage();
  const email = newEmail();
  await toForm(guest, campaign, email, CARD.good);
  await pay(guest).click();
  await expect(stage(guest)).toHaveAttribute("data-stage", "arrived", { timeout: 60_000 });

  await test.step("live, without a reload", async () => {
    await expect(
      admin
        .getByTestId("activity")
        .getByRole("link", { name: `Greta Guest to ${campaign.title}` })
        .first(),
    ).toBeVisible({ timeout: 30_000 });
    await expectAccessible(admin);
  });

  await test.step("a mail once for each fact, and again when asked", async () => {
    await mailTo(stack, email, /^Receipt: /);
    const [row] = await sql`select id from public.pledges where campaign_id = ${campaign.id}`;
    await admin.goto(`/admin/pledges/${row?.["id"]}`);
    await expect(admin.getByRole("heading", { name: "In the books" })).toBeVisible();
    await admin.getByRole("button", { name: "Send again (Receipt)" }).click();
    await expect(admin.getByText(`Sent once more to ${email}.`)).toBeVisible();
    const subjects = (await mailsTo(stack, email)).map(({ subject }) => subject.split(":")[0]);
    expect(subjects.filter((subject) => subject === "Receipt")).toHaveLength(2);
    expect(subjects).toHaveLength(3);
  });

  await test.step("money goes back, a part of it, once it is checked", async () => {
    await admin.getByText("Return up to", { exact: false }).click();
    await admin.getByRole("textbox", { name: "Amount" }).fill("1.00");
    await admin.getByRole("button", { name: "Return the money" }).click();
    await expect(admin.getByRole("alert").filter({ hasText: "Nothing was returned" })).toBeFocused();
    await expectAccessible(admin);
    await admin.getByRole("checkbox", { name: "I have checked the amount" }).check();
    await admin.getByRole("button", { name: "Return the money" }).click();
    await expect(admin.getByText("€1.00 goes back to the card that paid.", { exact: false })).toBeVisible();
    const refunds = async () => {
      const rows = await sql`
        select r.amount_minor::text || ' ' || r.status as said from public.refunds r
        join public.payments y on y.id = r.payment_id join public.pledges p on p.id = y.pledge_id
        where p.campaign_id = ${campaign.id}`;
      return rows.map((row) => String(row["said"]));
    };
    await expect.poll(refunds, { timeout: 60_000 }).toEqual(["100 succeeded"]);
  });

  await test.step("the way out, without JavaScript and without signing in", async () => {
    const { text } = await mailTo(stack, "admin@devmentor.test", new RegExp(`for ${campaign.title}$`));
    const link = new URL(/No more mails like this: (\S+)/.exec(text)?.[1] ?? "");
    const stranger = await freshPage({ javaScriptEnabled: false });
    // What a mail program opens that knows no one click: the address of the header.
    await stranger.goto(`/api/v1/mail/unsubscribe${link.search}`);
    expect(new URL(stranger.url()).pathname).toBe("/unsubscribe");
    expect(await updates()).toBe("each");
    await stranger.getByRole("button", { name: "End these mails" }).click();
    await expect(stranger.getByText("Done.", { exact: false })).toBeVisible();
    expect(await updates()).toBe("none");
    // The one click of RFC 8058: a form's POST from elsewhere, without a session.
    await sql`update public.owner_mail_preferences set updates = 'each'`;
    const clicked = await fetch(new URL(`/api/v1/mail/unsubscribe${link.search}`, stranger.url()), {
      method: "POST",
      body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }),
    });
    expect(clicked.status).toBe(204);
    expect(await updates()).toBe("none");
    await sql`update public.owner_mail_preferences set updates = 'digest'`;
  });
});

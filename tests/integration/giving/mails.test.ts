import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { GET as exportPledges } from "@/app/api/v1/admin/pledges.csv/route";
import { GET as statement } from "@/app/api/v1/me/gifts/statement/route";
import { GET as askToUnsubscribe, POST as unsubscribe } from "@/app/api/v1/mail/unsubscribe/route";
import { GET as receipt } from "@/app/api/v1/pledges/[id]/receipt/route";
import { storyOfPledge } from "@/lib/giving/administration/look-after";
import { resendMail, sendDigests, sendPaymentMail, setOwnerUpdates } from "@/lib/giving/mail/send-giving-mail";
import { statusToken } from "@/lib/giving/pledge/status-token";
import { SOCKET_ADDRESS_HEADER } from "@/lib/platform/rate-limit/client-address";
import { giving } from "../../support/giving.ts";
import { GIFT, insertGift } from "../../support/giving-rows.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useRedis } from "../../support/redis.ts";
import { useResend } from "../../support/resend.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";
import { call } from "../accounts/calls.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const resend = useResend();
const { inbox } = resend;
const supabase = useSupabase();
const redis = useRedis();
useProductEnv({ supabase, redis, further: () => ({ RESEND_BASE_URL: resend.url }) });

let donor: TestUser;
let owner: TestUser;
let stranger: TestUser;

beforeAll(async () => {
  donor = await supabase.asUser();
  owner = await supabase.asUser({ roles: ["campaign_admin"] });
  stranger = await supabase.asUser({ roles: ["campaign_admin"] });
  await insertGift(supabase.sql, donor.id, { ownerId: owner.id });
});
describe("a mail about a payment", () => {
  it("is sent once, however often and at however many places it is asked", async () => {
    const sent = [await sendPaymentMail("thanks", GIFT.payment), await sendPaymentMail("thanks", GIFT.payment)];
    expect(sent).toEqual([true, false]);
    expect(inbox.map(({ to, subject }) => [to, subject])).toEqual([
      ["dora@example.test", "Thank you for your gift to A well"],
    ]);
    expect(inbox[0]?.text).toContain(`/pledges/${GIFT.pledge}#${statusToken(GIFT.pledge)}`);
    expect(inbox[0]?.headers).toBeUndefined();
  });

  it("that was refused by the provider is sent when it is asked for again", async () => {
    resend.works = false;
    await expect(sendPaymentMail("receipt", GIFT.payment)).rejects.toMatchObject({ code: "provider_unavailable" });
    resend.works = true;
    expect(await sendPaymentMail("receipt", GIFT.payment)).toBe(true);
    expect(inbox).toHaveLength(1);
  });

  describe("that came to nothing", () => {
    const money = giving(() => supabase.sql);
    let email: string;
    let campaign: string;
    beforeAll(async () => {
      campaign = await money.campaign(owner.id, { title: "A roof" });
    });
    beforeEach(() => {
      email = `${randomUUID()}@example.test`;
    });
    const declined = async () => {
      const made = await money.intended(campaign, {}, { email });
      await money.call("intend_cancel", made.paymentId, "declined");
      await money.apply(money.fact(made, "failed"));
      return made;
    };
    const told = () => inbox.filter(({ to }) => to === email).map(({ subject }) => subject);

    it("is told once it is certain, and of a payment that still goes on nothing is", async () => {
      const open = await money.intended(campaign, {}, { email: `${randomUUID()}@example.test` });
      expect(await sendPaymentMail("failure", open.paymentId)).toBe(false);
      const made = await declined();
      expect(await sendPaymentMail("failure", made.paymentId)).toBe(true);
      expect(told()).toEqual(["Your gift to A roof did not go through"]);
    });

    it("is not told to who has tried another card for the same pledge since", async () => {
      const made = await declined();
      const { id, fence } = await money.lease();
      const again = await money.call("add_payment", id, fence, made.pledgeId, "");
      expect(await sendPaymentMail("failure", made.paymentId)).toBe(false);
      // The newest try tells of itself.
      await money.call("intend_cancel", again.payment.id, "declined");
      await money.apply({ cause: "request", kind: "read", paymentId: again.payment.id, to: "canceled" });
      expect(await sendPaymentMail("failure", again.payment.id)).toBe(true);
      expect(told()).toHaveLength(1);
    });

    it("says so when the campaign was cancelled, and does not ask to try again", async () => {
      const closing = await money.campaign(owner.id, { title: "A tower" });
      const made = await money.intended(closing, {}, { email });
      await money.call("cancel_pledge", made.pledgeId, "campaign_cancelled", null, "");
      await money.apply(money.fact(made, "canceled"));
      await money.call("update_campaign", owner.id, closing, 2, money.json({ status: "cancelled" }), "");
      expect(await sendPaymentMail("failure", made.paymentId)).toBe(true);
      expect(told()).toEqual(["A tower was cancelled: your card is not charged"]);
      expect(inbox[0]?.text).not.toContain("Try again");
    });

    it("is not told to who has made another pledge to this campaign since, and is to anybody else", async () => {
      const made = await declined();
      await money.pledge(await money.campaign(owner.id), {}, { email });
      await money.pledge(campaign, {}, { email: `${randomUUID()}@example.test` });
      expect(await sendPaymentMail("failure", made.paymentId)).toBe(true);
      const other = await declined();
      await money.pledge(campaign, { amountMinor: 2000 }, { email });
      expect(await sendPaymentMail("failure", other.paymentId)).toBe(false);
      expect(told()).toHaveLength(1);
    });
  });

  it("tells of each refund once", async () => {
    const facts = ["re_1", "re_1", "re_2"];
    for (const refund of facts) await sendPaymentMail("refund", GIFT.payment, refund);
    expect(inbox).toHaveLength(2);
  });

  it("goes to an owner who wants each gift, with a way out that works without signing in", async () => {
    expect(await sendPaymentMail("owner_gift", GIFT.payment)).toBe(false);
    await setOwnerUpdates(owner.id, "each");
    expect(await sendPaymentMail("owner_gift", GIFT.payment)).toBe(true);
    const link = /<(.*)>/.exec(inbox[0]?.headers?.["List-Unsubscribe"] ?? "")?.[1] ?? "";
    const post = (search: string) => call(unsubscribe, { method: "POST", path: `/api/v1/mail/unsubscribe${search}` });
    const { search } = new URL(link);
    expect((await post(search.replace(/token=.{4}/, "token=AAAA"))).status).toBe(403);
    expect((await post(search)).status).toBe(204);
    const [row] =
      await supabase.sql`select updates::text from public.owner_mail_preferences where user_id = ${owner.id}`;
    expect(row).toEqual({ updates: "none" });
  });

  it("to an owner keeps its way out when it is sent again", async () => {
    const { mails } = await storyOfPledge(owner.id, GIFT.pledge);
    await resendMail(owner.id, mails.find(({ kind }) => kind === "owner_gift")?.id ?? "");
    expect(inbox[0]?.headers).toMatchObject({ "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" });
  });

  it("leads who opens its way out to a page that asks, and changes nothing", async () => {
    await setOwnerUpdates(owner.id, "each");
    const search = `?user=${owner.id}&token=abc-_1`;
    const { status, headers } = await call(askToUnsubscribe, { path: `/api/v1/mail/unsubscribe${search}` });
    expect([status, headers.get("location")]).toEqual([303, `/unsubscribe${search}`]);
    const [row] =
      await supabase.sql`select updates::text from public.owner_mail_preferences where user_id = ${owner.id}`;
    expect(row).toEqual({ updates: "each" });
  });

  it("is sent again when who runs the campaign asks, and nobody else", async () => {
    const { mails } = await storyOfPledge(owner.id, GIFT.pledge);
    const thanks = mails.find(({ kind }) => kind === "thanks");
    await expect(resendMail(stranger.id, thanks?.id ?? "")).rejects.toMatchObject({ code: "forbidden" });
    expect(await resendMail(owner.id, thanks?.id ?? "")).toEqual({ to: "dora@example.test" });
    expect(inbox).toHaveLength(1);
    await expect(storyOfPledge(stranger.id, GIFT.pledge)).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("an owner's digest", () => {
  const money = giving(() => supabase.sql);
  const today = (): string => new Date().toISOString().slice(0, 10);

  it("is what an owner gets who has not chosen: one mail a campaign and day, without names, with a way out", async () => {
    const keeper = await supabase.asUser({ roles: ["campaign_admin"] });
    const campaign = await money.campaign(keeper.id, { title: "A bench" });
    await money.completed(campaign);
    await money.completed(campaign, { amountMinor: 2000 }, { anonymous: true });
    expect([await sendDigests(today()), await sendDigests(today())]).toEqual([1, 0]);
    expect(inbox.map(({ to }) => to)).toEqual([keeper.email]);
    expect(inbox[0]?.subject).toMatch(/^€30\.00 for A bench on /);
    expect(inbox[0]?.text).toContain("2 gifts of €30.00 in all");
    expect(inbox[0]?.text).not.toContain("Dora");
    expect(inbox[0]?.headers).toMatchObject({ "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" });
  });

  it.each(["each", "none"] as const)("does not go to an owner who chose %s", async (updates) => {
    const keeper = await supabase.asUser({ roles: ["campaign_admin"] });
    await setOwnerUpdates(keeper.id, updates);
    await money.completed(await money.campaign(keeper.id, { title: `A ${updates}` }));
    expect(await sendDigests(today())).toBe(0);
  });
});

describe("papers", () => {
  const get = (headers: Record<string, string>, token?: string) =>
    call(receipt, { params: { id: GIFT.pledge }, headers, ...(token ? { token } : {}) });

  it("a receipt is for its donor, and only once the money was taken", async () => {
    expect((await get({})).status).toBe(404);
    expect((await get({ "x-status-token": "guessed" })).status).toBe(404);
    expect((await get({}, stranger.accessToken)).status).toBe(404);
    expect(await get({ "x-status-token": statusToken(GIFT.pledge) })).toMatchObject({
      status: 409,
      body: { code: "conflict" },
    });
  });

  it("a statement is a file of one's own gifts", async () => {
    const request = new Request(
      "http://127.0.0.1:3999/api/v1/me/gifts/statement?from=2026-01-01&to=2099-12-31&format=csv",
      {
        headers: { authorization: `Bearer ${donor.accessToken}`, [SOCKET_ADDRESS_HEADER]: "10.9.9.9" },
      },
    );
    const answer = await statement(request, { params: Promise.resolve({}) });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
    expect(await answer.text()).toContain("date,campaign,gift,covered_fees");
    const wrong = await call(statement, {
      path: "/api/v1/me/gifts/statement?from=2026-02-01&to=2026-01-01",
      token: donor.accessToken,
    });
    expect([wrong.status, wrong.body["errors"]]).toMatchObject([422, [{ path: "to" }]]);
  });

  it("an export is of what one runs", async () => {
    const csv = async (token: string) => {
      const request = new Request("http://127.0.0.1:3999/api/v1/admin/pledges.csv", {
        headers: { authorization: `Bearer ${token}`, [SOCKET_ADDRESS_HEADER]: "10.9.9.8" },
      });
      return (await exportPledges(request, { params: Promise.resolve({}) })).text();
    };
    expect(await csv(owner.accessToken)).toContain("dora@example.test");
    expect(await csv(stranger.accessToken)).not.toContain("dora@example.test");
  });
});

import { Redis } from "ioredis";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { GET as read } from "@/app/api/v1/admin/campaigns/[id]/cancellation/route";
import { capturePayment } from "@/lib/giving/payment/capture-payment";
import { sweepPayments } from "@/lib/giving/payment/sweep-payments";
import { cancellationOf, endCancelledCampaigns, endSomeGifts } from "@/lib/giving/refund/end-cancelled-campaigns";
import { sendRefunds } from "@/lib/giving/refund/send-refunds";
import { withinOneWindow } from "../../support/limit-window.ts";
import { call } from "../accounts/calls.ts";
import { moveCampaign, useGiving } from "./giving-harness.ts";
import { pledged, type Paid } from "./webhook-events.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));
const WINDOW = 600;
// As many as two in ten minutes, so that what is left over is there to be seen.
vi.mock("@/lib/platform/rate-limit/policies", async (original) => {
  const real = await original<typeof import("@/lib/platform/rate-limit/policies")>();
  const bulk = { ...real.RATE_POLICIES["stripe-bulk"], limit: 2, windowSeconds: 600 };
  return { ...real, RATE_POLICIES: { ...real.RATE_POLICIES, "stripe-bulk": bulk } };
});

const giving = useGiving();
beforeAll(async () => {
  await giving.stripe.control("POST", "settings", { webhooks: "manual" });
});
/** Another window has begun: nothing is counted yet. */
async function nextWindow(): Promise<void> {
  const redis = new Redis(giving.redis.redisUrl);
  await redis.flushall();
  await redis.quit();
}
beforeEach(async () => {
  await withinOneWindow(WINDOW, 120);
  await nextWindow();
});

async function taken(to: string): Promise<Paid> {
  const paid = await pledged(giving, to);
  await capturePayment(paid.paymentId, "workflow");
  return paid;
}
const progress = (campaign: string) => cancellationOf(giving.owner.id, campaign);
const leasesEnd = () => giving.supabase.sql`update public.refunds set due_at = now() where due_at is not null`;
const atStripe = async (gifts: readonly Paid[]): Promise<number[]> => {
  const all = [];
  for (const { intentId } of gifts)
    all.push((await giving.stripe.client.refunds.list({ payment_intent: intentId })).data.length);
  return all.toSorted();
};

describe("a cancelled campaign", () => {
  it("tells how many holds are let go and gifts returned, with their money, and names those that could not be", async () => {
    const campaign = await giving.campaign();
    const [hold, back, elsewhere] = [await pledged(giving, campaign), await taken(campaign), await taken(campaign)];
    expect(await progress(campaign)).toBeNull();
    await moveCampaign(giving, campaign, "cancelled");
    expect(await progress(campaign)).toMatchObject({
      holds: { total: 1, ended: 0 },
      gifts: { total: 2, returned: 0, failed: 0, totalMinor: 5000, returnedMinor: 0 },
      failures: [],
    });
    // Returned in the provider's dashboard, of which we have not heard: what we ask for is refused.
    await giving.stripe.client.refunds.create({ payment_intent: elsewhere.intentId });
    await endCancelledCampaigns(campaign);
    expect(await progress(campaign)).toMatchObject({
      holds: { total: 1, ended: 0 },
      gifts: { total: 2, returned: 1, failed: 1, totalMinor: 5000, returnedMinor: 2500 },
      failures: [
        {
          pledgeId: elsewhere.pledgeId,
          amountMinor: 2500,
          failureReason: "charge_already_refunded",
          donorName: "Ann Donor",
        },
      ],
    });
    await giving.supabase.sql`update public.payments set check_at = now() where id = ${hold.paymentId}`;
    await sweepPayments();
    expect(await progress(campaign)).toMatchObject({ holds: { total: 1, ended: 1 } });
    expect(await atStripe([back])).toEqual([1]);

    const stranger = await giving.supabase.asUser({ roles: ["campaign_admin"] });
    const operator = await giving.supabase.asUser({ roles: ["operator"] });
    const asked = async (token?: string) =>
      (
        await call(read, {
          path: `/api/v1/admin/campaigns/${campaign}/cancellation`,
          params: { id: campaign },
          ...(token ? { token } : {}),
        })
      ).status;
    expect(await asked(operator.accessToken)).toBe(200);
    expect([await asked(stranger.accessToken), await asked()]).toEqual([404, 401]);
  });

  it("sends no more to the provider at once than it may; the next run goes on, and each goes back once", async () => {
    const campaign = await giving.campaign();
    const gifts = [];
    for (let number = 0; number < 5; number += 1) gifts.push(await taken(campaign));
    await moveCampaign(giving, campaign, "cancelled");
    expect(await endSomeGifts(campaign)).toEqual({ canceled: 0, refunded: 5, more: false });
    expect(await sendRefunds()).toEqual({ sent: 2, failed: 0 });
    expect(await atStripe(gifts)).toEqual([0, 0, 0, 1, 1]);
    expect(await progress(campaign)).toMatchObject({ gifts: { total: 5, returned: 2, returnedMinor: 5000 } });
    // In the same window nothing more goes.
    await leasesEnd();
    expect(await sendRefunds()).toEqual({ sent: 0, failed: 0 });
    for (const sent of [2, 1, 0]) {
      await nextWindow();
      await leasesEnd();
      expect(await sendRefunds()).toEqual({ sent, failed: 0 });
    }
    expect(await atStripe(gifts)).toEqual([1, 1, 1, 1, 1]);
    expect(await progress(campaign)).toMatchObject({
      gifts: { total: 5, returned: 5, failed: 0, totalMinor: 12_500, returnedMinor: 12_500 },
    });
    expect(await endSomeGifts(campaign)).toEqual({ canceled: 0, refunded: 0, more: false });
  });
});

import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { GET as getPledge } from "@/app/api/v1/pledges/[id]/route";
import { POST as retry } from "@/app/api/v1/pledges/[id]/payments/route";
import { POST as refresh } from "@/app/api/v1/pledges/[id]/refresh/route";
import { sweepPayments } from "@/lib/giving/payment/sweep-payments";
import { call, type Reply } from "../accounts/calls.ts";
import { forgetDeclines, gift, given, moveCampaign, useGiving } from "./giving-harness.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const giving = useGiving();
let campaign: string;
beforeAll(async () => {
  campaign = await giving.campaign();
  await giving.stripe.control("POST", "settings", { webhooks: "manual" });
});
afterEach(() => forgetDeclines(giving));

interface Refused {
  readonly pledge: { readonly id: string };
  readonly statusToken: string;
}
const refusedOf = (reply: Reply): Refused => reply.body as unknown as Refused;
const DECLINED = "pm_card_visa_chargeDeclined";

const another = (
  pledgeId: string,
  statusToken: string,
  paymentMethod = "pm_card_visa",
  key: string = randomUUID(),
): Promise<Reply> =>
  call(retry, {
    method: "POST",
    path: `/api/v1/pledges/${pledgeId}/payments`,
    params: { id: pledgeId },
    json: { paymentMethod },
    headers: { ...(key === "" ? {} : { "idempotency-key": key }), "x-status-token": statusToken },
  });
const paths = (reply: Reply) => (reply.body["errors"] as { path: string }[] | undefined)?.map(({ path }) => path);

describe("the order of the checks: shape, key, rules", () => {
  it("what is not readable is 400 before anything else", async () => {
    expect((await giving.give({ ...gift(campaign), tip: 1 }, { key: "" })).body.code).toBe("invalid_request");
  });

  it("an answered key is replayed though its campaign has closed meanwhile", async () => {
    const own = await giving.campaign();
    const key = randomUUID();
    const body = gift(own);
    expect((await giving.give(body, { key })).status).toBe(201);
    await moveCampaign(giving, own, "paused");
    const again = await giving.give(body, { key });
    expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([200, "true"]);
    expect((await giving.give(gift(own))).status).toBe(422);
  });

  it("a used key with a body that breaks a rule is a reused key", async () => {
    const key = randomUUID();
    const body = gift(campaign);
    expect((await giving.give(body, { key })).status).toBe(201);
    expect((await giving.give({ ...body, amountMinor: -1 }, { key })).body.code).toBe("idempotency_key_reused");
  });
});

describe("campaigns", () => {
  it("a draft is nobody's to give to: 404; one whose time is over: 422", async () => {
    const over = await giving.campaign();
    await giving.supabase.sql`update public.campaigns set ends_at = now() - interval '1 minute' where id = ${over}`;
    const ended = await giving.give(gift(over));
    expect([ended.status, paths(ended)]).toEqual([422, ["campaignId"]]);
    const draft = { title: "Draft", summary: "A well.", story: "A story.", goalMinor: 1000, currency: "EUR" };
    const [made] = await giving.supabase.sql<{ id: string }[]>`
      select public.create_campaign(${giving.owner.id}, ${giving.supabase.sql.json(draft)}, '') -> 'campaign' ->> 'id' as id`;
    expect((await giving.give(gift(String(made?.id)))).status).toBe(404);
  });

  it("a goal that is passed is no end: gifts go on, and all of them count", async () => {
    const own = await giving.campaign({ goalMinor: 3000 });
    for (let index = 0; index < 2; index += 1) {
      const reply = await giving.give(gift(own));
      expect(reply.status).toBe(201);
      const [row] = await giving.supabase
        .sql`select intent_id from public.payments where id = ${given(reply).payment.id}`;
      await giving.stripe.client.paymentIntents.capture(String(row?.["intent_id"]));
      await call(refresh, {
        method: "POST",
        path: `/api/v1/pledges/${given(reply).pledge.id}/refresh`,
        params: { id: given(reply).pledge.id },
        headers: { "x-status-token": given(reply).statusToken },
      });
    }
    const { projectTotals } = await import("@/lib/giving/totals/project-totals");
    const events = await giving.supabase.sql<{ id: string }[]>`
      select o.id from private.outbox o join public.pledges p on p.id = o.aggregate_id where p.campaign_id = ${own}`;
    await projectTotals(events.map(({ id }) => id));
    const [totals] = await giving.supabase.sql`
      select raised_minor::int as raised, completed_count::int as completed from public.campaign_totals where campaign_id = ${own}`;
    expect(totals).toEqual({ raised: 5000, completed: 2 });
  });
});

describe("confirmation tokens", () => {
  const token = async (): Promise<string> =>
    (await giving.stripe.client.testHelpers.confirmationTokens.create({ payment_method: "pm_card_visa" })).id;
  const withToken = (confirmationToken: string) => gift(campaign, { paymentMethod: undefined, confirmationToken });

  it("one pays once; used again: 422, the intent cancelled, the payment failed; another card goes on", async () => {
    const id = await token();
    const paid = await giving.give(withToken(id));
    expect([paid.status, given(paid).payment.state]).toEqual([201, "authorized"]);
    const used = await giving.give(withToken(id));
    expect([used.status, used.body.code]).toEqual([422, "payment_method_unusable"]);
    const { pledge, statusToken } = refusedOf(used);
    const [payment] = await giving.supabase
      .sql`select state, intent_id from public.payments where pledge_id = ${pledge.id}`;
    expect(payment).toMatchObject({ state: "failed" });
    const intent = await giving.stripe.client.paymentIntents.retrieve(String(payment?.["intent_id"]));
    expect(intent.status).toBe("canceled");
    const next = await another(pledge.id, statusToken);
    expect([next.status, given(next).payment.state]).toEqual([201, "authorized"]);
    expect(await giving.chargesOf(pledge.id)).toBe(1);
  });

  it("an expired one: 422 with the pledge and its token", async () => {
    const id = await token();
    await giving.stripe.control("POST", "clock", { advanceMs: 12 * 3_600_000 + 1000 });
    const expired = await giving.give(withToken(id));
    expect([expired.status, expired.body.code]).toEqual([422, "payment_method_unusable"]);
    expect((await another(refusedOf(expired).pledge.id, refusedOf(expired).statusToken)).status).toBe(201);
  });
});

describe("another card", () => {
  const declined = async (): Promise<Refused> =>
    refusedOf(await giving.give(gift(campaign, { paymentMethod: DECLINED })));

  it("needs a key of its own; one that made a pledge is another key here", async () => {
    const { pledge, statusToken } = await declined();
    expect((await another(pledge.id, statusToken, "pm_card_visa", "")).body.code).toBe("idempotency_key_required");
    const key = randomUUID();
    const body = gift(campaign, { paymentMethod: DECLINED });
    const first = refusedOf(await giving.give(body, { key }));
    const second = await another(first.pledge.id, first.statusToken, DECLINED, key);
    expect([second.status, second.body.code]).toEqual([402, "card_declined"]);
    const replay = await another(first.pledge.id, first.statusToken, DECLINED, key);
    expect([replay.status, replay.headers.get("idempotency-replayed")]).toEqual([402, "true"]);
    expect((await another(first.pledge.id, first.statusToken, "pm_card_visa", key)).body.code).toBe(
      "idempotency_key_reused",
    );
  });

  it("50 at once with one key: one payment, one charge; with keys of their own: one charge all the same", async () => {
    for (const own of [false, true]) {
      const { pledge, statusToken } = await declined();
      const key = randomUUID();
      const replies = await Promise.all(
        Array.from({ length: own ? 8 : 50 }, () =>
          another(pledge.id, statusToken, "pm_card_visa", own ? randomUUID() : key),
        ),
      );
      expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
      for (const { status } of replies) expect([200, 201, 409]).toContain(status);
      expect(await giving.chargesOf(pledge.id)).toBe(1);
    }
  });

  it("is its donor's alone: another pledge's token opens nothing", async () => {
    const [one, two] = [await declined(), await declined()];
    expect((await another(one.pledge.id, two.statusToken)).status).toBe(404);
    const look = await call(getPledge, {
      params: { id: one.pledge.id },
      path: `/api/v1/pledges/${one.pledge.id}`,
      headers: { "x-status-token": two.statusToken },
    });
    expect(look.status).toBe(404);
  });

  it("of a campaign that has closed meanwhile: 422, and nothing is tried", async () => {
    const own = await giving.campaign();
    const { pledge, statusToken } = refusedOf(await giving.give(gift(own, { paymentMethod: DECLINED })));
    await moveCampaign(giving, own, "completed");
    const reply = await another(pledge.id, statusToken);
    expect([reply.status, paths(reply)]).toEqual([422, ["campaignId"]]);
    expect(await giving.supabase.sql`select 1 from public.payments where pledge_id = ${pledge.id}`).toHaveLength(1);
  });
});

describe("a challenge that fails ends as a decline", () => {
  it.each(["look", "sweeper"] as const)("seen by the %s", async (by) => {
    const reply = await giving.give(gift(campaign, { paymentMethod: "pm_card_threeDSecure2Required" }));
    const { pledge, payment, statusToken } = given(reply);
    const intentId = String(payment.nextAction?.clientSecret).split("_secret_")[0];
    await giving.stripe.control("POST", `payment_intents/${intentId}/authenticate`, { passed: false });
    if (by === "look")
      await call(refresh, {
        method: "POST",
        path: `/api/v1/pledges/${pledge.id}/refresh`,
        params: { id: pledge.id },
        headers: { "x-status-token": statusToken },
      });
    else {
      await giving.supabase.sql`
        update public.payments set check_at = now(), waiting_until = now() where id = ${payment.id}`;
      await sweepPayments();
    }
    const [row] = await giving.supabase.sql`
      select p.state, p.cancel_reason, (select count(*)::int from private.payment_attempts a where a.payment_id = p.id) as attempts
      from public.payments p where p.id = ${payment.id}`;
    expect(row).toEqual({ state: "failed", cancel_reason: "declined", attempts: 1 });
    expect((await giving.stripe.client.paymentIntents.retrieve(String(intentId))).status).toBe("canceled");
    expect((await another(pledge.id, statusToken)).status).toBe(201);
  });
});

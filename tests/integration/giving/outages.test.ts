import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { GET as getCampaign } from "@/app/api/v1/campaigns/[id]/route";
import { GET as getTotals } from "@/app/api/v1/campaigns/[id]/totals/route";
import { POST as makePledge } from "@/app/api/v1/pledges/route";
import { POST as webhook } from "@/app/api/webhooks/stripe/route";
import { PAYMENT_STEPS } from "@/lib/giving/payment/rules";
import { appCache } from "@/lib/platform/cache/app-cache";
import { useFallibleDatabase } from "../../support/fallible-database.ts";
import { expectHealthyMoney } from "../../support/healthy-money.ts";
import { eventually } from "../../support/eventually.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useRedis } from "../../support/redis.ts";
import { useStripe } from "../../support/stripe.ts";
import { call } from "../accounts/calls.ts";
import { gift, given } from "./giving-harness.ts";
import { signer } from "./webhook-events.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

let campaign: string;
const database = useFallibleDatabase({
  prepare: async ({ ask }) => {
    campaign = await ask(async (sql) => {
      const owner = randomUUID();
      await sql`insert into auth.users (id, email) values (${owner}, 'owner@devmentor.test')`;
      await sql`insert into public.user_roles (user_id, role) values (${owner}, 'campaign_admin') on conflict do nothing`;
      const draft = { title: "A well", summary: "A well.", story: "A story.", goalMinor: 100_000, currency: "EUR" };
      const [made] = await sql<{ id: string; version: string }[]>`
        select c.made -> 'campaign' ->> 'id' as id, c.made -> 'campaign' ->> 'version' as version
        from (select public.create_campaign(${owner}, ${sql.json(draft)}, '') as made) c`;
      const { id = "", version = "0" } = made ?? {};
      await sql`select public.update_campaign(${owner}, ${id}, ${version}, ${sql.json({ status: "active" })}, '')`;
      return id;
    });
  },
  check: ({ ask }) => ask(expectHealthyMoney),
});
const { ask } = database;
const redis = useRedis();
const stripe = useStripe();
useProductEnv({
  redis,
  further: () => ({
    ...database.env(),
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_PUBLISHABLE_KEY: stripe.publishableKey,
    STRIPE_WEBHOOK_SECRETS: stripe.webhookSecret,
    STRIPE_API_URL: stripe.url,
  }),
});

const give = (body: object, key: string) =>
  call(makePledge, { method: "POST", path: "/api/v1/pledges", json: body, headers: { "idempotency-key": key } });
const detail = () => call(getCampaign, { params: { id: campaign }, path: `/api/v1/campaigns/${campaign}` });
const totals = () => call(getTotals, { params: { id: campaign }, path: `/api/v1/campaigns/${campaign}/totals` });

it("the payment's machine in TypeScript is the table of the database", async () => {
  const rows = await ask(
    (sql) =>
      sql<{ a: string; b: string }[]>`select from_state::text as a, to_state::text as b from private.payment_steps`,
  );
  const ours = Object.entries(PAYMENT_STEPS).flatMap(([from, tos]) => tos.map((to) => `${from} → ${to}`));
  expect(rows.map(({ a, b }) => `${a} → ${b}`).sort()).toEqual(ours.sort());
});

describe("the database goes away between the authorisation and its record", () => {
  it("503; the same key, later, finds the one authorisation and records it", async () => {
    const key = randomUUID();
    const body = gift(campaign);
    await stripe.control("POST", "faults", {
      on: "api",
      kind: "latency",
      method: "POST",
      path: "/v1/payment_intents/*/confirm",
      ms: 2_500,
    });
    const answered = give(body, key);
    await eventually(async () => {
      const [intent] = (await stripe.client.paymentIntents.list({ limit: 1 })).data;
      const [recorded] = await ask(
        (sql) =>
          sql<{ n: number }[]>`select count(*)::int as n from public.payments where intent_id = ${intent?.id ?? ""}`,
      );
      expect(recorded?.n).toBe(1);
      expect(await ask((sql) => sql`select 1 from private.provider_calls where operation = 'confirm'`)).toHaveLength(1);
    });
    await database.stop();
    const first = await answered;
    expect([first.status, first.body.code]).toEqual([503, "database_unavailable"]);
    await database.start();
    await eventually(async () => {
      const renewed = await ask(
        (sql) =>
          sql`update private.idempotency_keys set lease_until = now() where key = ${key} and state = 'running' returning 1`,
      );
      const reply = await give(body, key);
      expect([renewed.length >= 0, reply.status, given(reply).payment?.state]).toEqual([true, 201, "authorized"]);
    });
    const held = await stripe.client.paymentIntents.list({ limit: 100 });
    expect(held.data.filter(({ status }) => status === "requires_capture")).toHaveLength(1);
    expect(await ask((sql) => sql`select * from private.check_invariants()`)).toEqual([]);
  });
});

describe("totals while the database is away", () => {
  it("are the last known ones, marked as stale, with Warning 110 and their asOf; a webhook is 503", async () => {
    const fresh = await eventually(async () => {
      const reply = await totals();
      expect([reply.status, reply.body["stale"], reply.headers.get("warning")]).toEqual([200, false, null]);
      return reply;
    });
    expect((await detail()).body).toMatchObject({ totals: { stale: false } });
    await database.stop();
    await appCache().invalidate({ patterns: [{ cache: "campaign-totals", pattern: "*" }] }, { publish: false });
    const { Redis } = await import("ioredis");
    const client = new Redis(redis.redisUrl);
    for (const name of await client.keys("giving:totals:*")) await client.hset(name, "writtenAt", 1);
    await client.quit();
    const stale = await totals();
    expect(stale.status).toBe(200);
    expect(stale.headers.get("warning")).toMatch(/^110/);
    expect(stale.body).toMatchObject({ stale: true, asOf: fresh.body["asOf"], version: fresh.body["version"] });

    // The detail never lacks totals.
    const known = await detail();
    expect([known.status, known.headers.get("warning")]).toEqual([200, expect.stringMatching(/^110/)]);
    expect(known.body).toMatchObject({
      campaign: { id: campaign, title: "A well" },
      totals: { stale: true, asOf: fresh.body["asOf"], version: fresh.body["version"] },
    });

    const payload = JSON.stringify({
      id: "evt_1",
      object: "event",
      type: "charge.captured",
      created: 1,
      livemode: false,
      data: { object: {} },
    });
    const answer = await webhook(
      new Request("http://127.0.0.1:3999/api/webhooks/stripe", {
        method: "POST",
        body: payload,
        headers: { "stripe-signature": signer.generateTestHeaderString({ payload, secret: stripe.webhookSecret }) },
      }),
    );
    expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining("database_unavailable")]);

    await database.start();
    await eventually(async () => {
      const back = await totals();
      expect([back.status, back.body["stale"]]).toEqual([200, false]);
    });
  });
});

// Last: it leaves Redis dead.
describe("totals while Redis is away", () => {
  it("come from the database", async () => {
    await redis.stopRedis();
    await appCache().invalidate({ keys: [{ cache: "campaign-totals", key: campaign }] }, { publish: false });
    await eventually(async () => {
      const reply = await totals();
      expect([reply.status, reply.body["source"], reply.body["stale"]]).toEqual([200, "database", false]);
    });
  });
});

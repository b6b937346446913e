import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";
import { useProductEnv } from "../../support/product-env.ts";
import { useRedis, type TestRedis } from "../../support/redis.ts";
import { useStripe, type TestStripe } from "../../support/stripe.ts";
import { useSupabase, type TestSupabase, type TestUser } from "../../support/supabase.ts";
import { call, type Reply } from "../accounts/calls.ts";

export interface Giving {
  readonly supabase: TestSupabase;
  readonly stripe: TestStripe;
  readonly redis: TestRedis;
  /** The organiser of the campaigns. */
  readonly owner: TestUser;
  /** Makes a campaign that takes gifts. @returns its id */
  campaign(options?: { currency?: string; goalMinor?: number }): Promise<string>;
  /** Sends `POST /api/v1/pledges`. */
  give(
    body: object,
    options?: { key?: string; token?: string; headers?: Readonly<Record<string, string>> },
  ): Promise<Reply>;
  /** What the emulator took: captured, refunded, lost by currency. */
  moneyAtStripe(): Promise<Record<string, { captured: number; refunded: number; lost: number }>>;
  /** Charges at the emulator that hold or took money. */
  chargesOf(pledgeId: string): Promise<number>;
}

/** What the webhook route answered, newest last. */
export interface Delivery {
  readonly status: number;
  readonly type: string;
  readonly outcome: string;
}

/**
 * A database, a Redis and a Stripe emulator of the test file's own, and the product's environment on them. The
 * emulator's webhooks reach the product's route over HTTP.
 */
export function useGiving(options: { further?: () => Readonly<Record<string, string>> } = {}): Giving & {
  readonly deliveries: readonly Delivery[];
} {
  const supabase = useSupabase();
  const redis = useRedis();
  const deliveries: Delivery[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      void (async () => {
        const { POST } = await import("@/app/api/webhooks/stripe/route");
        const body = Buffer.concat(chunks);
        const answer = await POST(
          new Request("http://127.0.0.1:3999/api/webhooks/stripe", {
            method: "POST",
            headers: { "stripe-signature": String(incoming.headers["stripe-signature"]) },
            body,
          }),
        );
        const text = await answer.text();
        deliveries.push({
          status: answer.status,
          type: (JSON.parse(body.toString()) as { type: string }).type,
          outcome: (JSON.parse(text) as { outcome?: string }).outcome ?? "",
        });
        outgoing.writeHead(answer.status).end(text);
      })().catch(() => outgoing.destroy());
    });
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  const stripe = useStripe({ webhookUrl: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
  useProductEnv({
    supabase,
    redis,
    further: () => ({
      STRIPE_SECRET_KEY: stripe.secretKey,
      STRIPE_PUBLISHABLE_KEY: stripe.publishableKey,
      STRIPE_WEBHOOK_SECRETS: stripe.webhookSecret,
      STRIPE_API_URL: stripe.url,
      ...options.further?.(),
    }),
  });
  const people: { owner?: TestUser } = {};
  beforeAll(async () => {
    people.owner = await supabase.asUser({ roles: ["campaign_admin"], displayName: "Olga Organiser" });
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const owner = (): TestUser => {
    if (!people.owner) throw new Error("useGiving() is ready inside tests and hooks only.");
    return people.owner;
  };
  return {
    supabase,
    stripe,
    redis,
    deliveries,
    get owner() {
      return owner();
    },
    campaign: (o) => makeCampaign(supabase, owner().id, o),
    give: async (body, { key = randomUUID(), token, headers = {} } = {}) => {
      const { POST } = await import("@/app/api/v1/pledges/route");
      return call(POST, {
        method: "POST",
        path: "/api/v1/pledges",
        json: body,
        ...(token ? { token } : {}),
        headers: { ...(key === "" ? {} : { "idempotency-key": key }), ...headers },
      });
    },
    moneyAtStripe: () => stripe.control("GET", "totals"),
    chargesOf: async (pledgeId) => {
      const intents = await stripe.client.paymentIntents.list({ limit: 100, expand: ["data.latest_charge"] });
      return intents.data.filter(
        (intent) => intent.metadata["pledge"] === pledgeId && ["requires_capture", "succeeded"].includes(intent.status),
      ).length;
    },
  };
}

async function makeCampaign(
  supabase: TestSupabase,
  ownerId: string,
  { currency = "EUR", goalMinor = 100_000 }: { currency?: string; goalMinor?: number } = {},
): Promise<string> {
  const campaign = {
    title: `Clean water ${randomUUID().slice(0, 8)}`,
    summary: "A well.",
    story: "A story.",
    goalMinor,
    currency,
  };
  const [made] = await supabase.sql<{ made: { campaign: { id: string; version: number } } }[]>`
    select public.create_campaign(${ownerId}, ${supabase.sql.json(campaign)}, '') as made`;
  const { id, version } = made?.made.campaign ?? { id: "", version: 0 };
  await setStatus(supabase, ownerId, id, version, "active");
  return id;
}

export async function setStatus(
  supabase: TestSupabase,
  ownerId: string,
  id: string,
  version: number,
  status: string,
): Promise<void> {
  await supabase.sql`select public.update_campaign(${ownerId}, ${id}, ${version}, ${supabase.sql.json({ status })}, '')`;
}

/** Moves a campaign on, whatever its version. */
export async function moveCampaign(giving: Giving, id: string, status: string): Promise<void> {
  const [row] = await giving.supabase.sql<{ version: string }[]>`select version from public.campaigns where id = ${id}`;
  await setStatus(giving.supabase, giving.owner.id, id, Number(row?.version), status);
}

/** An hour goes by for the limits that count declines. */
export async function forgetDeclines({ supabase: { sql } }: Giving): Promise<void> {
  await sql`alter table private.payment_attempts disable trigger user`;
  await sql`update private.payment_attempts set at = at - interval '61 minutes'`;
  await sql`alter table private.payment_attempts enable trigger user`;
}

/** A request as a donor's browser makes it. */
export const gift = (campaignId: string, change: Record<string, unknown> = {}): Record<string, unknown> => ({
  campaignId,
  amountMinor: 2500,
  currency: "EUR",
  donor: {
    name: "Ann Donor",
    email: `ann-${randomUUID().slice(0, 8)}@devmentor.test`,
    anonymous: false,
    message: "Good luck",
  },
  paymentMethod: "pm_card_visa",
  ...change,
});

export interface GivenBody {
  readonly pledge: { readonly id: string; readonly status: string; readonly shown: string };
  readonly payment: {
    readonly id: string;
    readonly state: string;
    readonly nextAction?: { readonly type: string; readonly clientSecret: string };
  };
  readonly statusToken: string;
}

/** The body of an answer about a pledge. */
export const given = (reply: Reply): GivenBody => reply.body as unknown as GivenBody;

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { capturePayment } from "@/lib/giving/payment/capture-payment";
import { projectTotals } from "@/lib/giving/totals/project-totals";
import { readTotals } from "@/lib/giving/totals/read-totals";
import { drainOutbox } from "@/lib/platform/outbox/outbox";
import { gift, given, useGiving } from "./giving-harness.ts";
import { KILLING, useKilling, type Killed } from "./killing.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

/** Stands for Inngest: remembers the ids of what was published. */
const published: string[] = [];
const inngest = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    published.push(...(JSON.parse(Buffer.concat(chunks).toString()) as { id: string }[]).map(({ id }) => id));
    response.writeHead(200, { "content-type": "application/json" }).end('{"ids":[],"status":200}');
  });
});
await new Promise<void>((resolve) => inngest.listen(0, "127.0.0.1", resolve));
const inngestUrl = `http://127.0.0.1:${(inngest.address() as AddressInfo).port}`;
afterAll(() => void inngest.close());

const giving = useGiving({ further: () => ({ INNGEST_BASE_URL: inngestUrl }) });
const killing = useKilling(giving);
beforeAll(() => giving.stripe.control("POST", "settings", { webhooks: "manual" }));

const drainAll = async (): Promise<void> => {
  await giving.supabase.sql`update private.outbox set next_attempt_at = now() where published_at is null`;
  while ((await drainOutbox()).published > 0);
};
const eventsOf = async (pledgeId: string): Promise<string[]> =>
  (
    await giving.supabase.sql<{ id: string }[]>`
      select id from private.outbox where aggregate_id = ${pledgeId} order by position`
  ).map(({ id }) => id);

describe("relay, killed after each of its calls", () => {
  it("every event is published, under its own id, in the order of its lane", KILLING, async () => {
    const campaign = await giving.campaign();
    const calls = await killing.afterEachCall(async (): Promise<Killed> => {
      await drainAll();
      const { pledge } = given(await giving.give(gift(campaign)));
      return {
        work: { do: "drain" },
        goesOn: async () => {
          await drainAll();
          const ids = await eventsOf(pledge.id);
          expect(ids.length).toBeGreaterThan(1);
          const rows = await giving.supabase.sql`
            select 1 from private.outbox where aggregate_id = ${pledge.id} and published_at is null`;
          expect(rows).toHaveLength(0);
          // At least once, by this relay or by the one that ran after the request: it is the first time of each that has an order.
          expect([...new Set(published.filter((id) => ids.includes(id)))]).toEqual(ids);
        },
      };
    });
    expect(calls).toBeGreaterThanOrEqual(2);
  });
});

describe("projector, killed after each of its calls", () => {
  it("the next try counts nothing twice and tells what stands", KILLING, async () => {
    const calls = await killing.afterEachCall(async (): Promise<Killed> => {
      const own = await giving.campaign();
      const { pledge, payment } = given(await giving.give(gift(own)));
      await capturePayment(payment.id, "workflow");
      await drainAll();
      const ids = await eventsOf(pledge.id);
      return {
        work: { do: "project", ids, paymentId: payment.id },
        goesOn: async () => {
          await projectTotals(ids);
          expect(await readTotals(own)).toMatchObject({
            raisedMinor: 2500,
            completedCount: 1,
            donorCount: 1,
            pendingMinor: 0,
          });
          const [row] = await giving.supabase.sql`
            select raised_minor::int as raised from public.campaign_totals where campaign_id = ${own}`;
          expect(row).toEqual({ raised: 2500 });
        },
      };
    });
    expect(calls).toBeGreaterThanOrEqual(5);
  });
});

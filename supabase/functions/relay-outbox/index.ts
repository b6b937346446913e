// Publishes the outbox where no worker runs: pg_cron calls this every few seconds with the secret key. It only
// wires; the drain is the product's own.
import { createHash, timingSafeEqual } from "node:crypto";
import { drain } from "../../../lib/platform/outbox/drain.ts";
import { readClaimed, readSettled } from "../../../lib/platform/outbox/event.ts";
import { inngestPublish } from "../../../lib/platform/outbox/inngest-publish.ts";

function needed(name: string): string {
  const value = Deno.env.get(name);
  if (!value) throw new Error(`${name} is missing; the function relay-outbox cannot run without it.`);
  return value;
}

const supabaseUrl = needed("SUPABASE_URL");
// Supabase gives its functions the keys by name, as JSON.
const { default: secretKey = "" } = JSON.parse(needed("SUPABASE_SECRET_KEYS")) as { default?: string };
if (!secretKey) throw new Error("SUPABASE_SECRET_KEYS has no key named default; relay-outbox cannot run without it.");
const publish = inngestPublish({ baseUrl: Deno.env.get("INNGEST_BASE_URL"), eventKey: needed("INNGEST_EVENT_KEY") });

async function rpc(name: string, args: unknown): Promise<unknown> {
  const response = await fetch(`${supabaseUrl}/rest/v1/rpc/${name}`, {
    method: "POST",
    headers: { apikey: secretKey, "Content-Type": "application/json" },
    body: JSON.stringify(args),
    signal: AbortSignal.timeout(8_000),
  });
  if (!response.ok) throw new Error(`${name} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

const store = {
  claim: async (limit: number, lease: number) =>
    readClaimed(await rpc("claim_outbox", { p_limit: limit, p_lease_seconds: lease })),
  settle: async (outcomes: unknown) => readSettled(await rpc("settle_outbox", { p_outcomes: outcomes })),
};

const digest = (key: string) => createHash("sha256").update(key).digest();

Deno.serve(async (request) => {
  const isOurs = timingSafeEqual(digest(request.headers.get("apikey") ?? ""), digest(secretKey));
  if (!isOurs) return Response.json({ error: "Only the secret key may drain the outbox." }, { status: 401 });
  return Response.json(await drain({ store, publish }));
});

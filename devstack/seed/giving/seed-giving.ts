import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { DEMO_PASSWORD } from "../../demo/accounts.ts";
import { DONORS, SEED_CAMPAIGNS, type SeedCampaign, type SeedGift } from "./campaigns.ts";

interface SeedOptions {
  /** Where the application answers. */
  readonly appUrl: string;
  /** The embedded PostgreSQL. */
  readonly databaseUrl: string;
  readonly signal: AbortSignal;
}

const ADMIN = "admin@devmentor.test";
const DAY_MS = 86_400_000;
/** Gentle: the machine also serves whoever has just started it. */
const PAUSE_MS = 150;

/**
 * Makes the demo's campaigns and gifts as people would: a campaign admin over the API, donors with test cards. Each
 * gift bears a key of its own, so that a seed that was interrupted goes on where it was. What is done is not asked for again.
 * @returns what was done, in words; null when there was nothing left to do
 * @throws Error on a database without the embedded stack's mark, or when the application refuses
 */
export async function seedGiving(options: SeedOptions): Promise<string | null> {
  const sql = postgres(options.databaseUrl, { max: 1, onnotice: () => {} });
  try {
    const [mark] = await sql`select 1 from devstack.identity`;
    if (!mark) throw new Error("This database is not the embedded stack's own, so nothing is put into it.");
    await sql`create table if not exists devstack.seeded_campaigns (slug text primary key, done_at timestamptz not null default now())`;
    const done = new Set(
      (await sql<{ slug: string }[]>`select slug from devstack.seeded_campaigns`).map(({ slug }) => slug),
    );
    const left = SEED_CAMPAIGNS.filter(({ slug }) => !done.has(slug));
    if (left.length === 0) return null;
    const token = await signIn(options, ADMIN);
    const tokens = new Map<string, string>();
    for (const { email, account } of DONORS) if (account) tokens.set(email, await signIn(options, email));
    let gifts = 0;
    // The last stands first in lists: the best known are written last.
    for (const campaign of left.toReversed()) {
      gifts += await seedCampaign(campaign, token, tokens, options);
      await sql`insert into devstack.seeded_campaigns (slug) values (${campaign.slug}) on conflict do nothing`;
    }
    return `${left.length} campaigns and ${gifts} gifts`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function signIn(options: SeedOptions, email: string): Promise<string> {
  const { body } = await call(
    options,
    "POST",
    "/api/v1/users/login",
    { json: { email, password: DEMO_PASSWORD } },
    [200],
  );
  return String(body["accessToken"]);
}

async function seedCampaign(
  seed: SeedCampaign,
  token: string,
  tokens: ReadonlyMap<string, string>,
  options: SeedOptions,
): Promise<number> {
  let { id, version, status } = await openCampaign(seed, token, options);
  const step = async (next: string): Promise<void> => {
    if (status === next) return;
    const { body } = await call(
      options,
      "PUT",
      `/api/v1/admin/campaigns/${id}`,
      { token, json: { status: next }, headers: { "if-match": `"${version}"` } },
      [200],
    );
    ({ version, status } = body["campaign"] as { version: number; status: string });
  };
  if (seed.status !== "draft" && status === "draft") await step("active");
  for (const [at, gift] of seed.gifts.entries()) {
    options.signal.throwIfAborted();
    await give(seed, id, gift, at, tokens, options);
    await sleep(PAUSE_MS, undefined, { signal: options.signal });
  }
  if (seed.status === "completed" || seed.status === "paused") {
    // A campaign that closes ends its holds: the money must be taken first.
    await settled(id, options);
    await step(seed.status);
  }
  return seed.gifts.length;
}

async function openCampaign(
  seed: SeedCampaign,
  token: string,
  options: SeedOptions,
): Promise<{ id: string; version: number; status: string }> {
  const known = await call(options, "GET", `/api/v1/campaigns/${seed.slug}`, { token }, [200, 404]);
  if (known.status === 200) return known.body["campaign"] as { id: string; version: number; status: string };
  const { slug, title, summary, story, goalMinor, currency } = seed;
  const endsAt =
    seed.endsInDays === undefined ? {} : { endsAt: new Date(Date.now() + seed.endsInDays * DAY_MS).toISOString() };
  const made = await call(
    options,
    "POST",
    "/api/v1/campaigns",
    {
      token,
      json: { slug, title, summary, story, goalMinor, currency, coverImage: `/covers/${seed.cover}.svg`, ...endsAt },
    },
    [201],
  );
  return made.body["campaign"] as { id: string; version: number; status: string };
}

async function give(
  seed: SeedCampaign,
  campaignId: string,
  gift: SeedGift,
  at: number,
  tokens: ReadonlyMap<string, string>,
  options: SeedOptions,
): Promise<void> {
  const donor = DONORS[gift.donor];
  if (!donor) throw new Error(`${seed.slug}: there is no donor ${gift.donor}.`);
  const token = tokens.get(donor.email);
  const json = {
    campaignId,
    amountMinor: gift.amountMinor,
    currency: seed.currency,
    donor: {
      name: donor.name,
      email: donor.email,
      anonymous: gift.anonymous ?? false,
      ...(gift.message ? { message: gift.message } : {}),
    },
    coverFees: gift.coverFees ?? false,
    paymentMethod: gift.paymentMethod ?? "pm_card_visa",
  };
  // 402: a card that was meant to be refused. 409: made days ago by this seed, and long settled.
  await call(
    options,
    "POST",
    "/api/v1/pledges",
    {
      json,
      headers: { "idempotency-key": `seed-${seed.slug}-${at}` },
      from: addressOf(gift.donor),
      ...(token ? { token } : {}),
    },
    [200, 201, 202, 402, 409],
  );
}

/** Waits until nothing of a campaign is pending any more; a minute at most. */
async function settled(campaignId: string, options: SeedOptions): Promise<void> {
  for (let look = 0; look < 60; look += 1) {
    const { body } = await call(options, "GET", `/api/v1/campaigns/${campaignId}/totals`, {}, [200]);
    if (body["pendingMinor"] === 0 && body["raisedMinor"] !== 0) return;
    await sleep(1_000, undefined, { signal: options.signal });
  }
}

/**
 * Donors come from addresses of their own, so that they do not use up the limit of whoever sits at this machine.
 * Linux lends every address of 127.0.0.0/8; elsewhere there is only the one.
 */
function addressOf(donor: number): string | undefined {
  const loopback = Object.values(networkInterfaces())
    .flat()
    .find((entry) => entry?.internal && isIPv4(entry.address));
  return process.platform === "linux" && loopback?.cidr?.endsWith("/8") ? `127.0.7.${donor + 10}` : undefined;
}

interface Call {
  readonly token?: string;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly from?: string | undefined;
}

interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Calls the API, patient with limits and with a server that has just started. */
async function call(
  options: SeedOptions,
  method: string,
  path: string,
  what: Call,
  wanted: readonly number[],
): Promise<Reply> {
  for (let tries = 0; ; tries += 1) {
    const reply = await send(options, method, path, what);
    if (wanted.includes(reply.status)) return reply;
    const again = reply.status === 429 || reply.status === 503 || reply.status === 500;
    if (!again || tries >= 8)
      throw new Error(`${method} ${path} answered ${reply.status}: ${JSON.stringify(reply.body).slice(0, 300)}`);
    await sleep(Math.min(1_000 * 2 ** tries, 15_000), undefined, { signal: options.signal });
  }
}

async function send(options: SeedOptions, method: string, path: string, what: Call): Promise<Reply> {
  const { token, json, headers, from } = what;
  const url = new URL(path, options.appUrl);
  const body = json === undefined ? undefined : JSON.stringify(json);
  const asked = request({
    // By number: the name may lead to ::1, which no address of 127.0.0.0/8 reaches.
    host: "127.0.0.1",
    port: url.port,
    path: url.pathname + url.search,
    method,
    signal: options.signal,
    ...(from ? { localAddress: from } : {}),
    headers: {
      host: url.host,
      origin: url.origin,
      accept: "application/json",
      ...(body ? { "content-type": "application/json", "content-length": Buffer.byteLength(body) } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
  });
  asked.end(body);
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  const words = await text(answer);
  return { status: answer.statusCode ?? 0, body: words ? (JSON.parse(words) as Record<string, unknown>) : {} };
}

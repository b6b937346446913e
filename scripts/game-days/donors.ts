import { randomUUID } from "node:crypto";
import type { Stack } from "./stack.ts";
import { until } from "./stack.ts";

export interface Gift {
  readonly key: string;
  readonly body: object;
  readonly address: string;
}

/** What a donor was told, newest last; 0: no answer came. */
export interface Told {
  readonly gift: Gift;
  readonly status: number;
  readonly pledgeId: string | undefined;
  readonly paymentState: string | undefined;
}

/** Makes a campaign that takes gifts. @returns its id */
export async function openCampaign({ sql }: Stack): Promise<string> {
  const [owner] = await sql<{ id: string }[]>`
    insert into auth.users (id, email) values (gen_random_uuid(), ${`${randomUUID()}@example.test`}) returning id`;
  const ownerId = owner?.id ?? "";
  await sql`insert into public.user_roles (user_id, role) values (${ownerId}, 'campaign_admin') on conflict do nothing`;
  const wish = { title: "A well", summary: "Water.", story: "Dig.", goalMinor: 10_000_000, currency: "EUR" };
  const [made] = await sql<{ id: string }[]>`
    select public.create_campaign(${ownerId}, ${sql.json(wish)}, '') -> 'campaign' ->> 'id' as id`;
  const id = made?.id ?? "";
  await sql`select public.update_campaign(${ownerId}, ${id}, 1, '{"status": "active"}', '')`;
  return id;
}

/** People who give through the application's own API, each from an address of their own. */
export class Donors {
  readonly #stack: Stack;
  readonly campaignId: string;
  /** All that was told, by key: what an answer promised must be there for good. */
  readonly told = new Map<string, Told>();
  #addresses = 0;

  constructor(stack: Stack, campaignId: string) {
    this.#stack = stack;
    this.campaignId = campaignId;
  }

  gift(amountMinor = 2_500): Gift {
    this.#addresses += 1;
    return {
      key: randomUUID(),
      address: `10.${(this.#addresses >> 16) & 255}.${(this.#addresses >> 8) & 255}.${this.#addresses & 255}`,
      body: {
        campaignId: this.campaignId,
        amountMinor,
        currency: "EUR",
        donor: { email: `donor-${randomUUID()}@devmentor.test`, anonymous: true },
        paymentMethod: "pm_card_visa",
      },
    };
  }

  /** One try; with the same gift it is the same key. */
  async give(gift: Gift = this.gift()): Promise<Told> {
    let told: Told = { gift, status: 0, pledgeId: undefined, paymentState: undefined };
    try {
      const answer = await fetch(`${this.#stack.url}/api/v1/pledges`, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": gift.key, "x-forwarded-for": gift.address },
        body: JSON.stringify(gift.body),
        signal: AbortSignal.timeout(60_000),
      });
      const body = (await answer.json()) as { pledge?: { id: string }; payment?: { state: string } };
      told = { gift, status: answer.status, pledgeId: body.pledge?.id, paymentState: body.payment?.state };
    } catch {
      // Nobody answered, or not to the end.
    }
    if (told.status !== 0) this.told.set(gift.key, told);
    return told;
  }

  /** Tries as a patient donor does: with the same key until it is settled. */
  async insist(gift: Gift = this.gift(), going: () => boolean = () => true): Promise<Told> {
    for (;;) {
      const told = await this.give(gift);
      if ([200, 201, 402].includes(told.status) || !going()) return told;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  /** Gives without pause, `atOnce` donors at a time, until `going` says no; then each brings theirs to an end. */
  async traffic(going: () => boolean, atOnce = 3): Promise<void> {
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (going()) {
          await this.insist();
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }),
    );
  }

  /** Pledges that a donor was told are taken, by their id. */
  acknowledged(): string[] {
    return [...this.told.values()].flatMap(({ status, pledgeId }) =>
      pledgeId && [200, 201].includes(status) ? [pledgeId] : [],
    );
  }
}

/** What was promised or taken, and is not there. Each list empty: nothing was lost. */
export interface Losses {
  /** Pledges that a donor was told of and that the database does not have. */
  readonly pledges: string[];
  /** Money by currency that the provider kept, the ledger does not have, and no comparison names. */
  readonly money: string[];
  /** Pledges that were charged more than once. */
  readonly charges: string[];
}

/** Waits until all that was begun has come to its end: captures, events, totals. */
export async function settled({ sql }: Stack, ms = 300_000): Promise<void> {
  await until(
    "everything that was begun has ended",
    async () => {
      const [left] = await sql<{ n: number }[]>`
        select (select count(*) from private.outbox where published_at is null and dead_at is null)
          + (select count(*) from public.payments where state in ('authorized', 'captured') or unknown_since is not null)
          + (select count(*) from private.check_invariants(true)) as n`;
      return Number(left?.n) === 0;
    },
    ms,
  );
}

/** Compares what donors were told and what the provider took with what we have. */
export async function lossesOf({ sql, stripe }: Stack, donors: Donors): Promise<Losses> {
  const known = await sql<
    { id: string }[]
  >`select id from public.pledges where id = any (${donors.acknowledged()}::uuid[])`;
  const ids = new Set(known.map(({ id }) => id));
  const ours = await sql<{ currency: string; kept: string }[]>`
    select currency, sum(captured_minor - refunded_minor - lost_minor) as kept from public.payments group by currency`;
  const named = await sql<{ currency: string; taken: string }[]>`
    select currency, sum((theirs ->> 'receivedMinor')::bigint) as taken from private.reconciliation_discrepancies
    where state = 'open' and kind = 'unknown_payment' group by currency`;
  const of = <T extends { currency: string }>(list: readonly T[], currency: string): T | undefined =>
    list.find((row) => row.currency === currency);
  const { currencies } = (await stripe.control("GET", "totals")) as {
    currencies: { currency: string; captured: number; refunded: number; lost: number }[];
  };
  const money = currencies.flatMap(({ currency: lower, captured, refunded, lost }) => {
    const currency = lower.toUpperCase();
    const missing =
      captured - refunded - lost - Number(of(ours, currency)?.kept ?? 0) - Number(of(named, currency)?.taken ?? 0);
    return missing === 0 ? [] : [`${currency} ${missing}`];
  });
  const charged = new Map<string, number>();
  for await (const intent of stripe.client.paymentIntents.list({ limit: 100 })) {
    const pledge = intent.metadata["pledge"] ?? "";
    if (intent.status === "succeeded") charged.set(pledge, (charged.get(pledge) ?? 0) + 1);
  }
  return {
    pledges: donors.acknowledged().filter((id) => !ids.has(id)),
    money,
    charges: [...charged].filter(([, times]) => times > 1).map(([pledge]) => pledge),
  };
}

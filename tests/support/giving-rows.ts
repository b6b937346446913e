import type postgres from "postgres";

/** Ids of the rows that {@link insertGift} makes, for tests that only need some to be there. */
export const GIFT = {
  campaign: "00000000-0000-4000-8000-00000000c001",
  pledge: "00000000-0000-4000-8000-00000000c002",
  payment: "00000000-0000-4000-8000-00000000c003",
} as const;

/** As `postgres`: a public campaign, with the totals that belong to it. */
export async function insertCampaign(sql: postgres.Sql | postgres.TransactionSql, ownerId: string | null) {
  await sql`
    insert into public.campaigns (id, owner_id, slug, title, summary, story, goal_minor, currency, status, published_at)
    values (${GIFT.campaign}, ${ownerId}, 'a-well', 'A well', 'Water for all.', 'Dig.', 100000, 'EUR', 'active', now())`;
  await sql`insert into public.campaign_totals (campaign_id, currency) values (${GIFT.campaign}, 'EUR')`;
  await sql`select private.open_ledger_accounts(${GIFT.campaign}, 'EUR')`;
}

/** As `postgres`: a campaign and a pending gift of `userId` to it. */
export async function insertGift(
  sql: postgres.Sql | postgres.TransactionSql,
  userId: string,
  { ownerId = null, anonymous = false }: { ownerId?: string | null; anonymous?: boolean } = {},
) {
  await insertCampaign(sql, ownerId);
  await sql`
    insert into public.pledges (id, campaign_id, user_id, gift_minor, cover_minor, currency, anonymous, idempotency_id, event_id)
    values (${GIFT.pledge}, ${GIFT.campaign}, ${userId}, 1000, 0, 'EUR', ${anonymous}, gen_random_uuid(), gen_random_uuid())`;
  await sql`
    insert into public.pledge_donors (pledge_id, user_id, name, email, email_hash)
    values (${GIFT.pledge}, ${userId}, 'Dora Donor', 'dora@example.test', private.email_hash('dora@example.test'))`;
  await sql`
    insert into public.payments (id, pledge_id, campaign_id, number, gift_minor, cover_minor, currency)
    values (${GIFT.payment}, ${GIFT.pledge}, ${GIFT.campaign}, 1, 1000, 0, 'EUR')`;
}

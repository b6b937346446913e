-- The ledger: double entry, append only. Debits are positive, credits negative; each transaction sums to zero.

create type private.ledger_account_kind as enum (
  -- What the provider holds for us.
  'provider_balance',
  -- Gifts: captured (credit), and what went out of them again (debit). Raised is the three together, turned round.
  'gift_captured', 'gift_refunded', 'gift_lost',
  -- What donors added to cover the fees, likewise.
  'cover_captured', 'cover_refunded', 'cover_lost',
  -- Taken from us while a dispute is open.
  'gift_disputed', 'cover_disputed',
  -- Costs: the provider's fees, and what went out beyond what had come in (a dispute of a refunded charge).
  'processing_fees', 'dispute_fees', 'losses'
);

create table private.ledger_accounts (
  id uuid primary key default gen_random_uuid(),
  kind private.ledger_account_kind not null,
  -- Null for the accounts that are everybody's: the provider's balance and the costs.
  campaign_id uuid references public.campaigns (id),
  currency text not null references private.currencies (code),
  created_at timestamptz not null default now(),
  unique nulls not distinct (campaign_id, kind, currency),
  check ((campaign_id is null) = (kind in ('provider_balance', 'processing_fees', 'dispute_fees', 'losses')))
);

create table private.ledger_transactions (
  id uuid primary key default gen_random_uuid(),
  payment_id uuid not null references public.payments (id),
  currency text not null,
  cause text not null,
  -- The outbox event of the step that moved the money, and so the totals' effect of it; one step posts once. Null
  -- where no total moves: a fee that became known later.
  event_id uuid unique,
  at timestamptz not null default now()
);

-- No foreign key to the account: the lock on the row of the provider's account would make all captures one queue. The
-- trigger below looks the account up, and accounts are never changed or deleted.
create table private.ledger_entries (
  transaction_id uuid not null references private.ledger_transactions (id),
  account_id uuid not null,
  currency text not null,
  amount_minor bigint not null check (amount_minor <> 0),
  primary key (transaction_id, account_id)
);

create index ledger_accounts_currency on private.ledger_accounts (currency);
create index ledger_transactions_payment on private.ledger_transactions (payment_id, at);
create index ledger_entries_account on private.ledger_entries (account_id);

revoke all on private.ledger_accounts, private.ledger_transactions, private.ledger_entries from public, anon, authenticated, service_role;

-- When the transaction commits, what was posted must balance, in the currency of its accounts.
create or replace function private.check_balance()
returns trigger
language plpgsql
-- It runs when the transaction commits, outside the function that wrote: then the caller has no right to look here.
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_id uuid := case tg_table_name when 'ledger_entries' then (to_jsonb(new) ->> 'transaction_id')::uuid else (to_jsonb(new) ->> 'id')::uuid end;
  v_sum numeric;
  v_entries bigint;
  v_strange bigint;
begin
  select sum(e.amount_minor), count(*),
    count(*) filter (where a.id is null or a.currency <> e.currency or t.currency <> e.currency)
  into v_sum, v_entries, v_strange
  from private.ledger_entries e
  join private.ledger_transactions t on t.id = e.transaction_id
  left join private.ledger_accounts a on a.id = e.account_id
  where e.transaction_id = v_id;
  if v_entries < 2 or v_sum <> 0 or v_strange > 0 then
    raise exception using errcode = '23514',
      message = format('Ledger transaction %s does not balance: %s entries, sum %s, %s of another currency or account.', v_id, v_entries, v_sum, v_strange);
  end if;
  return null;
end;
$$;

create constraint trigger ledger_transactions_balance after insert on private.ledger_transactions
  deferrable initially deferred for each row execute function private.check_balance();
create constraint trigger ledger_entries_balance after insert on private.ledger_entries
  deferrable initially deferred for each row execute function private.check_balance();
create trigger ledger_accounts_stay before update or delete on private.ledger_accounts
  for each row execute function private.refuse_change();
create trigger ledger_transactions_stay before update or delete on private.ledger_transactions
  for each row execute function private.refuse_change();
create trigger ledger_entries_stay before update or delete on private.ledger_entries
  for each row execute function private.refuse_change();
create trigger ledger_accounts_whole before truncate on private.ledger_accounts execute function private.refuse_change();
create trigger ledger_transactions_whole before truncate on private.ledger_transactions execute function private.refuse_change();
create trigger ledger_entries_whole before truncate on private.ledger_entries execute function private.refuse_change();

-- No policy: nobody reads or writes these but functions.
alter table private.ledger_accounts enable row level security;
alter table private.ledger_transactions enable row level security;
alter table private.ledger_entries enable row level security;

-- The accounts of a campaign, made with it, and those of its currency.
create or replace function private.open_ledger_accounts(campaign_id uuid, currency text)
returns void
language sql
set search_path = ''
as $$
  insert into private.ledger_accounts (kind, campaign_id, currency)
  select kind, case when kind not in ('provider_balance', 'processing_fees', 'dispute_fees', 'losses') then $1 end, $2
  from unnest(enum_range(null::private.ledger_account_kind)) kind
  order by kind
  on conflict do nothing;
$$;

-- What the accounts should say about a payment: a function of sums alone, so that neither the order of refunds and
-- disputes nor their repetition matters. What goes out takes from the gift first; refunds before lost disputes,
-- those before open ones. Without a search path of its own, so that it is planned as part of who asks: every name is qualified.
create or replace function private.ledger_target(
  gift bigint, captured bigint, refunded bigint, lost bigint, disputed bigint, fee bigint, dispute_fee bigint
)
returns table (kind private.ledger_account_kind, amount_minor bigint)
language sql
immutable
as $$
  select v.kind::private.ledger_account_kind, v.amount
  from (
    select $2 as c, least($1, $2) as g,
      least($3, $2) as r, least($3 + $4, $2) as rl, least($3 + $4 + $5, $2) as rld
  ) s
  cross join lateral (values
    ('provider_balance', s.c - $3 - $4 - $5 - $6 - $7),
    ('gift_captured', -s.g),
    ('gift_refunded', least(s.r, s.g)),
    ('gift_lost', least(s.rl, s.g) - least(s.r, s.g)),
    ('gift_disputed', least(s.rld, s.g) - least(s.rl, s.g)),
    ('cover_captured', s.g - s.c),
    ('cover_refunded', s.r - least(s.r, s.g)),
    ('cover_lost', (s.rl - least(s.rl, s.g)) - (s.r - least(s.r, s.g))),
    ('cover_disputed', (s.rld - least(s.rld, s.g)) - (s.rl - least(s.rl, s.g))),
    ('processing_fees', $6),
    ('dispute_fees', $7),
    ('losses', $3 + $4 + $5 - s.rld)
  ) v (kind, amount)
  where v.amount <> 0;
$$;

-- Posts the difference between what the accounts say about a payment and what they should. Posting again does nothing.
create or replace function private.settle_ledger(payment public.payments, cause text, event_id uuid)
returns boolean
language plpgsql
as $$
declare
  v_id uuid := gen_random_uuid();
  v_kinds private.ledger_account_kind[];
  v_amounts bigint[];
begin
  select array_agg(d.kind), array_agg(d.difference) into v_kinds, v_amounts
  from (
    select k.kind, sum(k.amount)::bigint as difference
    from (
      select t.kind, t.amount_minor as amount from private.ledger_target(payment.gift_minor, payment.captured_minor,
        payment.refunded_minor, payment.lost_minor, payment.disputed_minor, payment.fee_minor, payment.dispute_fee_minor) t
      union all
      select a.kind, -e.amount_minor
      from private.ledger_transactions t
      join private.ledger_entries e on e.transaction_id = t.id
      join private.ledger_accounts a on a.id = e.account_id
      where t.payment_id = payment.id
    ) k
    group by k.kind
    having sum(k.amount) <> 0
  ) d;
  if v_kinds is null then
    return false;
  end if;
  insert into private.ledger_transactions (id, payment_id, currency, cause, event_id)
  values (v_id, payment.id, payment.currency, settle_ledger.cause, settle_ledger.event_id);
  insert into private.ledger_entries (transaction_id, account_id, currency, amount_minor)
  select v_id, a.id, payment.currency, d.amount
  from unnest(v_kinds, v_amounts) d (kind, amount)
  join private.ledger_accounts a on a.kind = d.kind and a.currency = payment.currency
    and (a.campaign_id = payment.campaign_id or a.campaign_id is null);
  return true;
end;
$$;

revoke all on function private.check_balance() from public, anon, authenticated, service_role;
revoke all on function private.open_ledger_accounts(uuid, text) from public, anon, authenticated, service_role;
revoke all on function private.ledger_target(bigint, bigint, bigint, bigint, bigint, bigint, bigint) from public, anon, authenticated, service_role;
revoke all on function private.settle_ledger(public.payments, text, uuid) from public, anon, authenticated, service_role;

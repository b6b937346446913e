-- Pledges, who made them, their payments, and every step that these take.

create type public.pledge_status as enum ('pending', 'captured', 'completed', 'failed', 'canceled');
create type public.payment_state as enum ('pending', 'authorized', 'captured', 'completed', 'failed', 'canceled');
create type public.review_status as enum ('held', 'released', 'refused');

create table public.pledges (
  id uuid primary key default gen_random_uuid(),
  -- No foreign key: its row lock would make a popular campaign a queue. Campaigns stay (guard_campaign).
  campaign_id uuid not null,
  user_id uuid references auth.users (id) on delete set null,
  status public.pledge_status not null default 'pending',
  gift_minor bigint not null,
  -- What the donor adds to cover the provider's fee: charged with the gift, never counted as raised.
  cover_minor bigint not null,
  currency text not null,
  anonymous boolean not null,
  cancel_reason text,
  -- The key under which it was made (private.idempotency_keys, whose rows stay): one key, one pledge.
  idempotency_id uuid not null unique,
  -- The outbox event that told of it, and so the totals' effect of it.
  event_id uuid not null unique,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- One constraint, because each is made ready anew for each row that is written.
  check (gift_minor > 0 and cover_minor >= 0)
);

-- Who gave, apart from what was given.
create table public.pledge_donors (
  pledge_id uuid primary key references public.pledges (id),
  user_id uuid references auth.users (id) on delete set null,
  name varchar(120),
  email varchar(254) not null,
  email_hash varchar(64) not null,
  message varchar(1000)
);

create table public.payments (
  id uuid primary key default gen_random_uuid(),
  pledge_id uuid not null references public.pledges (id),
  campaign_id uuid not null,
  -- 1 for the first card, 2 for the next.
  number smallint not null,
  -- The key under which a further card was tried; the first payment's is its pledge's.
  idempotency_id uuid,
  state public.payment_state not null default 'pending',
  gift_minor bigint not null,
  cover_minor bigint not null,
  currency text not null,
  authorized_minor bigint not null default 0,
  captured_minor bigint not null default 0,
  -- Sums of what stands in refunds and disputes; the ledger is set by these.
  refunded_minor bigint not null default 0,
  disputed_minor bigint not null default 0,
  lost_minor bigint not null default 0,
  fee_minor bigint not null default 0,
  dispute_fee_minor bigint not null default 0,
  intent_id text,
  charge_id text,
  card_brand text,
  card_last4 text,
  decline_code text,
  decline_message text,
  -- When the hold ends by itself.
  capture_before timestamptz,
  -- Why we are cancelling it; what ends it then is `failed` after a decline and `canceled` otherwise.
  cancel_reason text,
  -- Since when nobody knows what a call to the provider did.
  unknown_since timestamptz,
  waiting_for text,
  waiting_until timestamptz,
  review public.review_status,
  review_reasons jsonb,
  -- When a sweeper should look at it next, and how often one has looked since it last moved.
  check_at timestamptz,
  checks integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (pledge_id, number),
  check (gift_minor > 0 and cover_minor >= 0 and captured_minor between 0 and authorized_minor
    and authorized_minor <= gift_minor + cover_minor and least(refunded_minor, disputed_minor, lost_minor) >= 0
    and (state in ('captured', 'completed')) = (captured_minor > 0))
);

-- What helps against fraud and is nobody's business but the server's.
create table private.payment_cards (
  payment_id uuid primary key references public.payments (id),
  fingerprint text,
  country text,
  risk_level text,
  risk_score integer,
  noted_at timestamptz not null default now()
);

-- The legal steps of a payment: the one place where they stand.
create table private.payment_steps (
  from_state public.payment_state not null,
  to_state public.payment_state not null,
  primary key (from_state, to_state)
);

insert into private.payment_steps (from_state, to_state) values
  ('pending', 'authorized'), ('authorized', 'captured'), ('captured', 'completed'),
  ('pending', 'failed'), ('pending', 'canceled'), ('authorized', 'canceled');

-- Each state is entered at most once, because nothing leads back.
create table private.payment_transitions (
  payment_id uuid not null references public.payments (id),
  seq smallint not null,
  from_state public.payment_state not null,
  to_state public.payment_state not null,
  cause text not null,
  -- The provider's event that told of it, where one did.
  provider_event_id text,
  event_id uuid not null unique,
  at timestamptz not null default now(),
  primary key (payment_id, seq),
  unique (payment_id, to_state)
);

create table private.pledge_steps (
  from_status public.pledge_status not null,
  to_status public.pledge_status not null,
  primary key (from_status, to_status)
);

-- failed and canceled lead back only by a further payment (add_payment).
insert into private.pledge_steps (from_status, to_status) values
  ('pending', 'captured'), ('captured', 'completed'), ('pending', 'failed'), ('pending', 'canceled'),
  ('failed', 'pending'), ('canceled', 'pending');

create table private.pledge_transitions (
  pledge_id uuid not null references public.pledges (id),
  seq integer not null,
  from_status public.pledge_status not null,
  to_status public.pledge_status not null,
  cause text not null,
  event_id uuid not null unique,
  at timestamptz not null default now(),
  primary key (pledge_id, seq)
);

-- What the provider said that cannot be.
create table private.payment_transition_rejections (
  id uuid primary key default gen_random_uuid(),
  payment_id uuid not null references public.payments (id),
  subject text not null check (subject in ('payment', 'refund', 'dispute')),
  from_state text not null,
  to_state text not null,
  reason text not null,
  cause text not null,
  provider_event_id text,
  detail jsonb not null default '{}'::jsonb,
  at timestamptz not null default now()
);

-- Each try of a card, whatever came of it: what declines are counted by.
create table private.payment_attempts (
  id uuid primary key default gen_random_uuid(),
  payment_id uuid not null references public.payments (id),
  campaign_id uuid not null,
  outcome text not null check (outcome in ('authorized', 'declined', 'error')),
  provider_event_id text,
  charge_id text,
  code text,
  decline_code text,
  card_fingerprint text,
  email_hash text not null,
  ip_hash text,
  at timestamptz not null default now()
);

-- At which n of its keys an operation at the provider is, and since when: `payment_<id>_capture_<n>`.
create table private.provider_calls (
  subject_id uuid not null,
  operation text not null check (operation in ('create', 'confirm', 'capture', 'cancel', 'refund')),
  n integer not null default 1,
  tries integer not null default 1,
  first_tried_at timestamptz not null default now(),
  last_tried_at timestamptz not null default now(),
  primary key (subject_id, operation)
);

create index pledges_campaign on public.pledges (campaign_id, created_at desc, id desc);
create index pledges_user on public.pledges (user_id, created_at desc) where user_id is not null;
create index pledge_donors_user on public.pledge_donors (user_id) where user_id is not null;
create index pledge_donors_email on public.pledge_donors (email_hash);
create unique index payments_intent on public.payments (intent_id) where intent_id is not null;
create unique index payments_charge on public.payments (charge_id) where charge_id is not null;
create unique index payments_idempotency on public.payments (idempotency_id) where idempotency_id is not null;
create index payments_checks on public.payments (check_at) where check_at is not null;
create index payments_held on public.payments (campaign_id, created_at) where review = 'held';
create index payment_rejections_payment on private.payment_transition_rejections (payment_id);
create unique index payment_rejections_event on private.payment_transition_rejections (provider_event_id, payment_id)
  where provider_event_id is not null;
create index payment_attempts_payment on private.payment_attempts (payment_id, at);
create unique index payment_attempts_event on private.payment_attempts (provider_event_id) where provider_event_id is not null;
create unique index payment_attempts_charge on private.payment_attempts (charge_id, outcome) where charge_id is not null;
create index payment_attempts_card on private.payment_attempts (card_fingerprint, at) where card_fingerprint is not null;
create index payment_attempts_campaign on private.payment_attempts (campaign_id, at);
create index payment_attempts_email on private.payment_attempts (email_hash, at);
create index payment_attempts_ip on private.payment_attempts (ip_hash, at) where ip_hash is not null;

revoke all on public.pledges, public.pledge_donors, public.payments from public, anon, authenticated, service_role;
revoke all on private.payment_cards, private.payment_steps, private.payment_transitions, private.pledge_steps,
  private.pledge_transitions, private.payment_transition_rejections, private.payment_attempts, private.provider_calls
  from public, anon, authenticated, service_role;
grant select on public.pledges, public.pledge_donors, public.payments to authenticated;
grant usage on type public.pledge_status, public.payment_state, public.review_status to authenticated, service_role;

-- A payment moves by a row of payment_transitions and in no other way: this one looks at the row …
create or replace function private.guard_payment_transition()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if not exists (select from private.payment_steps s where s.from_state = new.from_state and s.to_state = new.to_state) then
    raise exception using errcode = '23514', message = format('A payment never goes from %s to %s.', new.from_state, new.to_state);
  end if;
  if not exists (select from public.payments p where p.id = new.payment_id and p.state = new.from_state) then
    raise exception using errcode = '23514', message = format('This payment is not %s.', new.from_state);
  end if;
  return new;
end;
$$;

-- … and this one at the payment, which must have such a row already, and keeps what it is for.
create or replace function private.guard_payment()
returns trigger
language plpgsql
as $$
begin
  if tg_op = 'INSERT' then
    if new.state <> 'pending' then
      raise exception using errcode = '23514', message = 'A payment begins as pending.';
    end if;
    return new;
  end if;
  if new.intent_id !~ '^pi_[A-Za-z0-9_]+$' or new.charge_id !~ '^(ch|py)_[A-Za-z0-9_]+$'
    or new.waiting_for not in ('challenge', 'provider') or (new.waiting_for is null) <> (new.waiting_until is null) then
    raise exception using errcode = '23514', message = 'An intent, a charge or what a payment waits for has not the form that it must have.';
  end if;
  if new.state <> old.state and not exists (
    select from private.payment_transitions t
    where t.payment_id = new.id and t.from_state = old.state and t.to_state = new.state
  ) then
    raise exception using errcode = '23514', message = format('There is no transition from %s to %s of this payment.', old.state, new.state);
  end if;
  if (new.id, new.pledge_id, new.campaign_id, new.number, new.gift_minor, new.cover_minor, new.currency)
      is distinct from (old.id, old.pledge_id, old.campaign_id, old.number, old.gift_minor, old.cover_minor, old.currency)
    or (old.intent_id is not null and new.intent_id is distinct from old.intent_id)
    or (old.captured_minor <> 0 and new.captured_minor <> old.captured_minor)
  then
    raise exception using errcode = '23514', message = 'What a payment is for, its intent and what was captured do not change.';
  end if;
  new.updated_at := now();
  return new;
end;
$$;

create or replace function private.guard_pledge_transition()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if not exists (select from private.pledge_steps s where s.from_status = new.from_status and s.to_status = new.to_status) then
    raise exception using errcode = '23514', message = format('A pledge never goes from %s to %s.', new.from_status, new.to_status);
  end if;
  if not exists (select from public.pledges p where p.id = new.pledge_id and p.status = new.from_status) then
    raise exception using errcode = '23514', message = format('This pledge is not %s.', new.from_status);
  end if;
  return new;
end;
$$;

create or replace function private.guard_pledge()
returns trigger
language plpgsql
as $$
begin
  if tg_op = 'INSERT' then
    if new.status <> 'pending' then
      raise exception using errcode = '23514', message = 'A pledge begins as pending.';
    end if;
    return new;
  end if;
  if new.status <> old.status and not exists (
    select from private.pledge_transitions t
    where t.pledge_id = new.id and t.from_status = old.status and t.to_status = new.status
      and t.seq = (select max(l.seq) from private.pledge_transitions l where l.pledge_id = new.id)
  ) then
    raise exception using errcode = '23514', message = format('There is no transition from %s to %s of this pledge.', old.status, new.status);
  end if;
  if (new.id, new.campaign_id, new.gift_minor, new.cover_minor, new.currency, new.idempotency_id, new.event_id)
      is distinct from (old.id, old.campaign_id, old.gift_minor, old.cover_minor, old.currency, old.idempotency_id, old.event_id)
  then
    raise exception using errcode = '23514', message = 'What was pledged does not change.';
  end if;
  new.updated_at := now();
  return new;
end;
$$;

create trigger pledges_guard before insert or update on public.pledges for each row execute function private.guard_pledge();
create trigger pledges_stay before delete on public.pledges for each row execute function private.refuse_change();
create trigger payments_guard before insert or update on public.payments for each row execute function private.guard_payment();
create trigger payments_stay before delete on public.payments for each row execute function private.refuse_change();
create trigger payment_transitions_guard before insert on private.payment_transitions
  for each row execute function private.guard_payment_transition();
create trigger payment_transitions_stay before update or delete on private.payment_transitions
  for each row execute function private.refuse_change();
create trigger pledge_transitions_guard before insert on private.pledge_transitions
  for each row execute function private.guard_pledge_transition();
create trigger pledge_transitions_stay before update or delete on private.pledge_transitions
  for each row execute function private.refuse_change();
create trigger payment_rejections_stay before update or delete on private.payment_transition_rejections
  for each row execute function private.refuse_change();
create trigger payment_attempts_stay before update or delete on private.payment_attempts
  for each row execute function private.refuse_change();

alter table public.pledges enable row level security;
alter table public.pledge_donors enable row level security;
alter table public.payments enable row level security;
alter table private.payment_cards enable row level security;
alter table private.payment_steps enable row level security;
alter table private.payment_transitions enable row level security;
alter table private.pledge_steps enable row level security;
alter table private.pledge_transitions enable row level security;
alter table private.payment_transition_rejections enable row level security;
alter table private.payment_attempts enable row level security;
alter table private.provider_calls enable row level security;

-- An anonymous gift is out of the organiser's reach as a row, because it names the account that gave it; what the
-- organiser may know of it comes from functions.
create policy "Donors see their pledges" on public.pledges
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Organisers see the named pledges of their campaigns" on public.pledges
  for select to authenticated using (
    not anonymous and (select private.has_live_role('campaign_admin'))
    and exists (select from public.campaigns c where c.id = campaign_id and c.owner_id = (select auth.uid()))
  );
create policy "Operators see all pledges" on public.pledges
  for select to authenticated using ((select private.has_live_role('operator')));
create policy "Who sees a pledge sees who gave it" on public.pledge_donors
  for select to authenticated using (exists (select from public.pledges p where p.id = pledge_id));
create policy "Who sees a pledge sees its payments" on public.payments
  for select to authenticated using (exists (select from public.pledges p where p.id = pledge_id));

revoke all on function private.guard_payment_transition() from public, anon, authenticated, service_role;
revoke all on function private.guard_payment() from public, anon, authenticated, service_role;
revoke all on function private.guard_pledge_transition() from public, anon, authenticated, service_role;
revoke all on function private.guard_pledge() from public, anon, authenticated, service_role;

-- Refunds and disputes, each with a machine of its own, and the inbox of the provider's events.

create type public.refund_status as enum ('pending', 'requires_action', 'succeeded', 'failed', 'canceled');
-- The provider's own states; inquiries (warning_*) and prevented ones move no money.
create type public.dispute_status as enum ('warning_needs_response', 'warning_under_review', 'warning_closed',
  'needs_response', 'under_review', 'won', 'lost', 'prevented');
create type private.webhook_state as enum ('stored', 'parked', 'processed', 'rejected', 'abandoned');

create table public.refunds (
  id uuid primary key default gen_random_uuid(),
  payment_id uuid not null references public.payments (id),
  -- Null until the provider has it.
  refund_id text unique check (refund_id ~ '^(re|pyr)_[A-Za-z0-9_]+$'),
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  status public.refund_status not null default 'pending',
  reason text not null check (reason in ('requested_by_customer', 'duplicate', 'fraudulent', 'campaign_cancelled', 'late_capture', 'provider')),
  note text check (char_length(note) <= 1000),
  failure_reason text,
  -- Null: the system, or somebody in the provider's dashboard.
  requested_by uuid references auth.users (id) on delete set null,
  needs_approval boolean not null default false,
  approved_by uuid references auth.users (id) on delete set null,
  approved_at timestamptz,
  -- When the provider's object was read that this row says: an older reading changes nothing.
  read_at timestamptz,
  -- When a sweeper should send it (again).
  due_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table private.refund_steps (
  from_status public.refund_status not null,
  to_status public.refund_status not null,
  primary key (from_status, to_status)
);

-- Money that was on its way back may come back to us: succeeded is not the end.
insert into private.refund_steps (from_status, to_status) values
  ('pending', 'requires_action'), ('requires_action', 'pending'), ('pending', 'succeeded'), ('requires_action', 'succeeded'),
  ('pending', 'failed'), ('requires_action', 'failed'), ('pending', 'canceled'), ('requires_action', 'canceled'),
  ('succeeded', 'failed');

create table public.disputes (
  id uuid primary key default gen_random_uuid(),
  payment_id uuid not null references public.payments (id),
  dispute_id text not null unique check (dispute_id ~ '^(dp|du)_[A-Za-z0-9_]+$'),
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  status public.dispute_status not null,
  reason text,
  fee_minor bigint not null default 0,
  evidence_due_by timestamptz,
  -- What was sent to the provider, and when.
  evidence jsonb,
  evidence_submitted_at timestamptz,
  read_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table private.dispute_steps (
  from_status public.dispute_status not null,
  to_status public.dispute_status not null,
  primary key (from_status, to_status)
);

-- An inquiry may grow into a dispute; appeals reopen what was won or lost.
insert into private.dispute_steps (from_status, to_status)
select f::public.dispute_status, t::public.dispute_status
from (values
  ('warning_needs_response', array['warning_under_review', 'warning_closed', 'needs_response', 'under_review', 'won', 'lost', 'prevented']),
  ('warning_under_review', array['warning_needs_response', 'warning_closed', 'needs_response', 'under_review', 'won', 'lost', 'prevented']),
  ('warning_closed', array['needs_response', 'under_review', 'won', 'lost']),
  ('needs_response', array['under_review', 'won', 'lost', 'prevented']),
  ('under_review', array['needs_response', 'won', 'lost', 'prevented']),
  ('won', array['needs_response', 'under_review', 'lost']),
  ('lost', array['needs_response', 'under_review', 'won'])
) v (f, ts) cross join unnest(v.ts) t;

-- Each step of a refund or a dispute, the first included.
create table private.money_back_transitions (
  id bigint primary key generated always as identity,
  subject text not null check (subject in ('refund', 'dispute')),
  subject_id uuid not null,
  payment_id uuid not null references public.payments (id),
  from_status text,
  to_status text not null,
  cause text not null,
  provider_event_id text,
  event_id uuid not null unique,
  at timestamptz not null default now()
);

-- Everything the provider has told us, verified, before anything is made of it.
create table private.webhook_events (
  id text primary key check (id ~ '^evt_[A-Za-z0-9_]+$'),
  type text not null,
  object_id text not null,
  livemode boolean not null,
  api_version text,
  created timestamptz not null,
  payload jsonb not null,
  state private.webhook_state not null default 'stored',
  outcome text,
  error text,
  attempts integer not null default 0,
  next_attempt_at timestamptz default now() + interval '1 minute',
  received_at timestamptz not null default now(),
  settled_at timestamptz,
  check ((state in ('stored', 'parked')) = (next_attempt_at is not null))
);

create index refunds_payment on public.refunds (payment_id, created_at);
create index refunds_requested_by on public.refunds (requested_by) where requested_by is not null;
create index refunds_approved_by on public.refunds (approved_by) where approved_by is not null;
create index refunds_due on public.refunds (due_at) where due_at is not null;
create index refunds_open on public.refunds (created_at) where status in ('pending', 'requires_action');
create index disputes_payment on public.disputes (payment_id, created_at);
create index disputes_open on public.disputes (evidence_due_by) where status in ('needs_response', 'warning_needs_response');
create index money_back_subject on private.money_back_transitions (subject_id, id);
create index money_back_payment on private.money_back_transitions (payment_id, id);
create index webhook_events_due on private.webhook_events (next_attempt_at) where next_attempt_at is not null;
create index webhook_events_object on private.webhook_events (object_id, created);

revoke all on public.refunds, public.disputes from public, anon, authenticated, service_role;
revoke all on private.refund_steps, private.dispute_steps, private.money_back_transitions, private.webhook_events
  from public, anon, authenticated, service_role;
grant select on public.refunds, public.disputes to authenticated;
grant usage on type public.refund_status, public.dispute_status to authenticated, service_role;

create or replace function private.guard_refund()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (new.id, new.payment_id, new.amount_minor, new.currency) is distinct from (old.id, old.payment_id, old.amount_minor, old.currency)
    or (old.refund_id is not null and new.refund_id is distinct from old.refund_id) then
    raise exception using errcode = '23514', message = 'What is refunded, and the provider''s id of it, do not change.';
  end if;
  if new.status <> old.status and not exists (
    select from private.refund_steps s where s.from_status = old.status and s.to_status = new.status
  ) then
    raise exception using errcode = '23514', message = format('A refund never goes from %s to %s.', old.status, new.status);
  end if;
  new.updated_at := now();
  return new;
end;
$$;

create or replace function private.guard_dispute()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (new.id, new.payment_id, new.dispute_id, new.currency) is distinct from (old.id, old.payment_id, old.dispute_id, old.currency) then
    raise exception using errcode = '23514', message = 'What is disputed does not change.';
  end if;
  if new.status <> old.status and not exists (
    select from private.dispute_steps s where s.from_status = old.status and s.to_status = new.status
  ) then
    raise exception using errcode = '23514', message = format('A dispute never goes from %s to %s.', old.status, new.status);
  end if;
  new.updated_at := now();
  return new;
end;
$$;

create trigger refunds_guard before update on public.refunds for each row execute function private.guard_refund();
create trigger refunds_stay before delete on public.refunds for each row execute function private.refuse_change();
create trigger disputes_guard before update on public.disputes for each row execute function private.guard_dispute();
create trigger disputes_stay before delete on public.disputes for each row execute function private.refuse_change();
create trigger money_back_transitions_stay before update or delete on private.money_back_transitions
  for each row execute function private.refuse_change();

alter table public.refunds enable row level security;
alter table public.disputes enable row level security;
alter table private.refund_steps enable row level security;
alter table private.dispute_steps enable row level security;
alter table private.money_back_transitions enable row level security;
alter table private.webhook_events enable row level security;

create policy "Who sees a payment sees its refunds" on public.refunds
  for select to authenticated using (exists (select from public.payments p where p.id = payment_id));
create policy "Who sees a payment sees its disputes" on public.disputes
  for select to authenticated using (exists (select from public.payments p where p.id = payment_id));

revoke all on function private.guard_refund() from public, anon, authenticated, service_role;
revoke all on function private.guard_dispute() from public, anon, authenticated, service_role;

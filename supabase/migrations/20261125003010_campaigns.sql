-- Campaigns and the read model of their totals.

create type public.campaign_status as enum ('draft', 'active', 'paused', 'completed', 'cancelled');

create table public.campaigns (
  id uuid primary key default gen_random_uuid(),
  -- Null once the account is gone: operators look after the campaign then.
  owner_id uuid references auth.users (id) on delete set null,
  -- Never of an id's form: both stand in the same place of an address.
  slug text not null unique
    check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug) between 3 and 80
      and slug !~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'),
  title text not null check (char_length(btrim(title)) between 3 and 120),
  summary text not null check (char_length(btrim(summary)) between 1 and 300),
  story text not null check (char_length(story) between 1 and 20000),
  goal_minor bigint not null check (goal_minor between 1 and 1000000000000),
  currency text not null references private.currencies (code),
  status public.campaign_status not null default 'draft',
  ends_at timestamptz,
  -- A path of this site or an address of https.
  cover_image text check (char_length(cover_image) <= 2048 and cover_image ~ '^(/[^/\\]|https://)'),
  -- Grows with each change: what If-Match names.
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  published_at timestamptz,
  closed_at timestamptz,
  search tsvector not null generated always as (
    setweight(to_tsvector('pg_catalog.english', title), 'A') || setweight(to_tsvector('pg_catalog.english', summary), 'B')
    || setweight(to_tsvector('pg_catalog.english', story), 'C')
  ) stored,
  constraint published_when_public check ((status in ('active', 'paused', 'completed')) <= (published_at is not null)),
  constraint closed_when_over check ((status in ('completed', 'cancelled')) = (closed_at is not null))
);

-- The legal steps of a campaign's status.
create table private.campaign_steps (
  from_status public.campaign_status not null,
  to_status public.campaign_status not null,
  primary key (from_status, to_status)
);

insert into private.campaign_steps (from_status, to_status) values
  ('draft', 'active'), ('active', 'paused'), ('paused', 'active'),
  ('active', 'completed'), ('active', 'cancelled'), ('paused', 'completed'), ('paused', 'cancelled');

-- The fold of what the projector has seen. All gross, fee cover excluded.
create table public.campaign_totals (
  campaign_id uuid primary key references public.campaigns (id),
  currency text not null,
  raised_minor bigint not null default 0,
  pending_minor bigint not null default 0,
  refunded_minor bigint not null default 0,
  disputed_minor bigint not null default 0,
  donor_count bigint not null default 0,
  pledge_count bigint not null default 0,
  completed_count bigint not null default 0,
  failed_count bigint not null default 0,
  -- How many events with an effect are in it: the same events give the same version, in whatever order.
  version bigint not null default 0,
  as_of timestamptz not null default now()
);

create extension if not exists pg_trgm with schema extensions;
create index campaigns_owner on public.campaigns (owner_id, created_at desc);
create index campaigns_currency on public.campaigns (currency);
create index campaigns_newest on public.campaigns (created_at desc, id desc);
create index campaigns_by_status on public.campaigns (status, created_at desc, id desc);
create index campaigns_words on public.campaigns using gin (search);
create index campaigns_title on public.campaigns using gin (title extensions.gin_trgm_ops);

revoke all on public.campaigns, public.campaign_totals from public, anon, authenticated, service_role;
revoke all on private.campaign_steps from public, anon, authenticated, service_role;
grant select on public.campaigns, public.campaign_totals to anon, authenticated;

-- Pledges name their campaign without a foreign key, whose lock on the campaign's row would make a popular
-- campaign a queue. What a foreign key would hold is held here: a campaign stays, with its id and currency.
create or replace function private.guard_campaign()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    raise exception using errcode = '23001', message = 'A campaign is never deleted: gifts name it. Cancel it instead.';
  end if;
  if new.id <> old.id then
    raise exception using errcode = '23001', message = 'A campaign keeps its id.';
  end if;
  if new.currency <> old.currency and old.status <> 'draft' then
    raise exception using errcode = '23001', message = 'A campaign that was published keeps its currency.';
  end if;
  if new.status <> old.status and not exists (
    select from private.campaign_steps s where s.from_status = old.status and s.to_status = new.status
  ) then
    perform private.refuse(409, 'illegal_status_step', format('A campaign that is %s cannot become %s.', old.status, new.status));
  end if;
  new.updated_at := now();
  return new;
end;
$$;

create trigger campaigns_guard before update or delete on public.campaigns
  for each row execute function private.guard_campaign();

alter table public.campaigns enable row level security;
alter table public.campaign_totals enable row level security;
alter table private.campaign_steps enable row level security;

create policy "Everybody sees campaigns that are no drafts" on public.campaigns
  for select to anon using (status <> 'draft');
create policy "Drafts are seen by their owner and by those who run campaigns" on public.campaigns
  for select to authenticated using (
    status <> 'draft' or owner_id = (select auth.uid())
    or (select private.has_live_role('campaign_admin')) or (select private.has_live_role('operator'))
  );
create policy "Who sees a campaign sees its totals" on public.campaign_totals
  for select to anon, authenticated using (exists (select from public.campaigns c where c.id = campaign_id));

-- A campaign as the API writes it, with its totals. Runs as whoever asks and reads no table.
create or replace function public.campaign_view(p_campaign public.campaigns, p_totals public.campaign_totals)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'campaign', jsonb_build_object(
      'id', p_campaign.id, 'ownerId', p_campaign.owner_id, 'slug', p_campaign.slug, 'title', p_campaign.title,
      'summary', p_campaign.summary, 'story', p_campaign.story, 'goalMinor', p_campaign.goal_minor,
      'currency', p_campaign.currency, 'status', p_campaign.status, 'endsAt', p_campaign.ends_at,
      'coverImage', p_campaign.cover_image, 'version', p_campaign.version, 'createdAt', p_campaign.created_at,
      'updatedAt', p_campaign.updated_at, 'publishedAt', p_campaign.published_at, 'closedAt', p_campaign.closed_at),
    'totals', jsonb_build_object(
      'currency', p_totals.currency, 'raisedMinor', p_totals.raised_minor, 'pendingMinor', p_totals.pending_minor,
      'refundedMinor', p_totals.refunded_minor, 'disputedMinor', p_totals.disputed_minor, 'goalMinor', p_campaign.goal_minor,
      'donorCount', p_totals.donor_count, 'pledgeCount', p_totals.pledge_count, 'completedCount', p_totals.completed_count,
      'failedCount', p_totals.failed_count, 'version', p_totals.version, 'asOf', p_totals.as_of));
$$;

-- By id or by slug, as the caller may see it; null when there is none.
create or replace function public.read_campaign(p_id_or_slug text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select public.campaign_view(c, t)
  from public.campaigns c join public.campaign_totals t on t.campaign_id = c.id
  where case
    when p_id_or_slug ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then c.id = p_id_or_slug::uuid
    else c.slug = p_id_or_slug
  end;
$$;

-- A page of campaigns, newest first, after p_after ({createdAt, id}, what the last page gave as `next`).
create or replace function public.list_campaigns(
  p_status text default '', p_query text default '', p_after jsonb default null, p_limit integer default 20
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_limit integer := least(greatest(p_limit, 1), 100);
  v_words tsquery := case when btrim(p_query) <> '' then websearch_to_tsquery('pg_catalog.english', left(p_query, 200)) end;
  v_like text := '%' || replace(replace(replace(left(btrim(p_query), 200), '\', '\\'), '%', '\%'), '_', '\_') || '%';
  v_status public.campaign_status := nullif(p_status, '')::public.campaign_status;
  v_created timestamptz := (p_after ->> 'createdAt')::timestamptz;
  v_id uuid := (p_after ->> 'id')::uuid;
  v_rows jsonb;
begin
  select coalesce(jsonb_agg(public.campaign_view(f.c, t) order by (f.c).created_at desc, (f.c).id desc), '[]'::jsonb) into v_rows
  from (
    select c from public.campaigns c
    where (v_status is null or c.status = v_status)
      and (v_words is null or c.search @@ v_words or c.title ilike v_like)
      and (v_created is null or (c.created_at, c.id) < (v_created, v_id))
    order by c.created_at desc, c.id desc
    limit v_limit + 1
  ) f join public.campaign_totals t on t.campaign_id = (f.c).id;
  return jsonb_build_object(
    'items', case when jsonb_array_length(v_rows) > v_limit then v_rows - v_limit else v_rows end,
    'next', case when jsonb_array_length(v_rows) > v_limit then jsonb_build_object(
      'createdAt', v_rows -> (v_limit - 1) -> 'campaign' -> 'createdAt', 'id', v_rows -> (v_limit - 1) -> 'campaign' -> 'id') end);
end;
$$;

revoke all on function private.guard_campaign() from public, anon, authenticated, service_role;
revoke all on function public.campaign_view(public.campaigns, public.campaign_totals) from public;
revoke all on function public.read_campaign(text) from public, service_role;
revoke all on function public.list_campaigns(text, text, jsonb, integer) from public, service_role;
grant execute on function public.campaign_view(public.campaigns, public.campaign_totals) to anon, authenticated;
grant execute on function public.read_campaign(text) to anon, authenticated;
grant execute on function public.list_campaigns(text, text, jsonb, integer) to anon, authenticated;
grant usage on type public.campaign_status to anon, authenticated, service_role;

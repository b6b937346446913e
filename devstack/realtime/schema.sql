-- The part of hosted Supabase's `realtime` schema that the product leans on, for the embedded stack's
-- own Postgres. Hosted Supabase and `supabase start` bring their own: where `realtime.messages`
-- stands already, nothing here happens.
do $install$
declare
  role_name text;
begin
  if to_regclass('realtime.messages') is not null then
    return;
  end if;

  foreach role_name in array array['anon', 'authenticated', 'service_role'] loop
    if not exists (select 1 from pg_catalog.pg_roles where rolname = role_name) then
      execute format('create role %I nologin noinherit', role_name);
      if role_name = 'service_role' then
        alter role service_role bypassrls;
      end if;
    end if;
  end loop;

  create schema if not exists realtime;
  grant usage on schema realtime to anon, authenticated, service_role;

  create table realtime.messages (
    id uuid not null default gen_random_uuid() primary key,
    topic text not null,
    extension text not null,
    event text,
    payload jsonb,
    private boolean default false,
    inserted_at timestamp not null default (now() at time zone 'utc'),
    updated_at timestamp not null default (now() at time zone 'utc'),
    -- Ours: by these the gateway reads each row once, in order, however late its transaction commits.
    seq bigint generated always as identity,
    xact_id xid8 not null default pg_current_xact_id()
  );
  create index messages_xact_id_idx on realtime.messages (xact_id);
  create index messages_inserted_at_idx on realtime.messages (inserted_at);

  grant select, insert, update on realtime.messages to anon, authenticated, service_role;
  alter table realtime.messages enable row level security;

  create function realtime.topic() returns text
  language sql stable
  set search_path = ''
  as $fn$
    select nullif(current_setting('realtime.topic', true), '')::text;
  $fn$;

  -- As on hosted Supabase: a broadcast that cannot be stored warns and never fails its caller.
  create function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
  language plpgsql
  set search_path = ''
  as $fn$
  declare
    generated_id uuid := gen_random_uuid();
    final_payload jsonb := payload;
  begin
    if not (payload ? 'id') then
      final_payload := jsonb_set(payload, '{id}', to_jsonb(generated_id));
    end if;
    perform set_config('realtime.topic', topic, true);
    insert into realtime.messages (id, payload, event, topic, private, extension)
    values (generated_id, final_payload, event, topic, private, 'broadcast');
  exception when others then
    raise warning 'ErrorSendingBroadcastMessage: %', sqlerrm;
  end;
  $fn$;

  -- A wake-up without content: Postgres folds the equal ones of a transaction into one.
  create function realtime.wake_gateway() returns trigger
  language plpgsql
  set search_path = ''
  as $fn$
  begin
    perform pg_catalog.pg_notify('devstack_realtime', '');
    return null;
  end;
  $fn$;
  create trigger wake_gateway after insert on realtime.messages
    for each statement execute function realtime.wake_gateway();

  grant execute on function realtime.topic(), realtime.send(jsonb, text, text, boolean) to anon, authenticated, service_role;
end;
$install$;

-- Where logic lives. The Data API exposes `public` alone; functions in `private` are reached only
-- through thin faces in `public`, each granted to exactly the roles that may call it.
create schema if not exists private;
revoke all on schema private from public;

-- Default grants outlive policies: take them all back, so that every table and function that a later
-- migration makes is closed until that migration opens it by name.
alter default privileges in schema public revoke all on tables from public, anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from public, anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from public, anon, authenticated, service_role;
alter default privileges in schema private revoke all on functions from public;
alter default privileges revoke execute on functions from public;

grant usage on schema public to anon, authenticated, service_role;

-- Keeps `updated_at` honest whatever the writer sends.
create or replace function private.touch_updated_at()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end;
$$;

-- How our functions refuse: PostgREST answers status `status`, `code` is a code of lib/kernel/errors.
create or replace function private.refuse(status integer, code text, message text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  raise exception using errcode = 'PT' || status::text, message = message, hint = code;
end;
$$;

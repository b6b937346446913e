-- Currencies that a gift can be in. The same numbers stand in lib/kernel/money.ts; a test compares the two.

create table private.currencies (
  code text primary key check (code ~ '^[A-Z]{3}$'),
  exponent smallint not null check (exponent in (0, 2, 3)),
  -- Amounts are multiples of this: the card network has no third digit.
  step_minor integer not null check (step_minor > 0),
  -- The provider's minimum charge, and the most that is charged at once, fee cover included.
  minimum_minor bigint not null check (minimum_minor > 0),
  maximum_minor bigint not null check (maximum_minor > minimum_minor),
  -- What "cover the fees" assumes that the provider takes.
  fee_basis_points integer not null check (fee_basis_points between 0 and 1000),
  fee_fixed_minor integer not null check (fee_fixed_minor >= 0)
);

insert into private.currencies (code, exponent, step_minor, minimum_minor, maximum_minor, fee_basis_points, fee_fixed_minor) values
  ('AUD', 2, 1, 50, 99999999, 290, 30),
  ('BHD', 3, 10, 500, 99999990, 290, 120),
  ('CAD', 2, 1, 50, 99999999, 290, 30),
  ('CHF', 2, 1, 50, 99999999, 290, 30),
  ('CZK', 2, 1, 1500, 99999999, 150, 650),
  ('DKK', 2, 1, 250, 99999999, 150, 180),
  ('EUR', 2, 1, 50, 99999999, 150, 25),
  ('GBP', 2, 1, 30, 99999999, 150, 20),
  ('HUF', 2, 1, 17500, 99999999, 150, 8500),
  ('INR', 2, 1, 50, 99999999, 300, 300),
  ('JOD', 3, 10, 500, 99999990, 290, 210),
  ('JPY', 0, 1, 50, 99999999, 360, 0),
  ('KRW', 0, 1, 1000, 99999999, 360, 0),
  ('KWD', 3, 10, 500, 99999990, 290, 90),
  ('MXN', 2, 1, 1000, 99999999, 360, 300),
  ('NOK', 2, 1, 300, 99999999, 240, 200),
  ('NZD', 2, 1, 50, 99999999, 265, 30),
  ('PLN', 2, 1, 200, 99999999, 150, 100),
  ('RON', 2, 1, 200, 99999999, 150, 125),
  ('SEK', 2, 1, 300, 99999999, 150, 180),
  ('SGD', 2, 1, 50, 99999999, 340, 50),
  ('TND', 3, 10, 2000, 99999990, 290, 900),
  ('USD', 2, 1, 50, 99999999, 290, 30);

revoke all on private.currencies from public, anon, authenticated, service_role;

-- No policy: nobody reads or writes this but the functions below.
alter table private.currencies enable row level security;

-- Refuses because of one field of the request; lib/platform/supabase/failure.ts makes an issue of it.
create or replace function private.refuse_field(path text, message text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  raise exception using errcode = 'PT422', message = $2, hint = 'rule_broken', detail = 'path:' || $1;
end;
$$;

-- What a donor adds so that the gift is whole after the provider's fee, up to the next step.
create or replace function private.cover_for(gift_minor bigint, currency private.currencies)
returns bigint
language plpgsql
immutable
as $$
begin
  return ((($1 + currency.fee_fixed_minor) * 10000 + (10000 - currency.fee_basis_points) * currency.step_minor - 1)
    / ((10000 - currency.fee_basis_points) * currency.step_minor)) * currency.step_minor - $1;
end;
$$;

-- Is this an amount that can be charged? Refuses with the path `amountMinor`, and returns the cover.
create or replace function private.check_amount(amount_minor bigint, currency private.currencies, cover_fees boolean)
returns bigint
language plpgsql
immutable
as $$
declare
  v_cover bigint := 0;
begin
  if $1 is null or $1 < currency.minimum_minor then
    perform private.refuse_field('amountMinor', format('The smallest gift in %s is %s in minor units.', currency.code, currency.minimum_minor));
  end if;
  -- Before anything is computed with it: an amount beyond this could overflow.
  if $1 > currency.maximum_minor then
    perform private.refuse_field('amountMinor', format('The largest gift in %s is %s in minor units.', currency.code, currency.maximum_minor));
  end if;
  if $1 % currency.step_minor <> 0 then
    perform private.refuse_field('amountMinor', format('Amounts in %s end in 0: cards have no third digit.', currency.code));
  end if;
  if $3 then
    v_cover := private.cover_for($1, currency);
    if $1 + v_cover > currency.maximum_minor then
      perform private.refuse_field('amountMinor', format('The largest charge in %s is %s in minor units, fees included.', currency.code, currency.maximum_minor));
    end if;
  end if;
  return v_cover;
end;
$$;

-- SHA-256 of an address, however it is cased: what donors are counted and blocked by.
create or replace function private.email_hash(email text)
returns text
language plpgsql
immutable
as $$
begin
  return encode(sha256(convert_to(lower(btrim($1)), 'UTF8')), 'hex');
end;
$$;

-- What was written stays as it was written.
create or replace function private.refuse_change()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  raise exception using errcode = '23001',
    message = format('%s.%s is append only: what stands there is neither changed nor deleted.', tg_table_schema, tg_table_name);
end;
$$;

revoke all on function private.refuse_field(text, text) from public, anon, authenticated, service_role;
revoke all on function private.cover_for(bigint, private.currencies) from public, anon, authenticated, service_role;
revoke all on function private.check_amount(bigint, private.currencies, boolean) from public, anon, authenticated, service_role;
revoke all on function private.email_hash(text) from public, anon, authenticated, service_role;
revoke all on function private.refuse_change() from public, anon, authenticated, service_role;

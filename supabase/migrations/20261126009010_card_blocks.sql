-- Operators shut a card out from the page of a payment that was made with it, see who shut out whom and why, and end it again.

-- The payment by which an operator knew the card, so that people can be told which one it is: the block holds a hash alone.
alter table private.blocks add column payment_id uuid references public.payments (id);
create index blocks_payment on private.blocks (payment_id) where payment_id is not null;

-- Shuts out a card: what the operator's page knows of it is a payment that was made with it. Returns the block's id.
create or replace function public.block_card(p_actor uuid, p_payment uuid, p_reason text, p_expires_at timestamptz)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_fingerprint text;
  v_subject text;
  v_id uuid;
begin
  if not private.person_has_role(p_actor, 'operator') then
    perform private.refuse(403, 'forbidden', 'Only an operator may do this.');
  end if;
  if char_length(btrim(coalesce(p_reason, ''))) not between 1 and 500 then
    perform private.refuse_field('reason', 'Say why, in at most 500 characters.');
  end if;
  if p_expires_at is null or p_expires_at <= now() or p_expires_at > now() + interval '1 year' then
    perform private.refuse_field('expiresAt', 'A block ends within a year.');
  end if;
  select c.fingerprint into v_fingerprint from private.payment_cards c where c.payment_id = p_payment and c.fingerprint is not null;
  if not found then
    perform private.refuse(404, 'not_found', 'Of this payment no card is known.');
  end if;
  v_subject := encode(sha256(convert_to(v_fingerprint, 'UTF8')), 'hex');
  -- Two operators at once: the second is told, so that ending one block ends it.
  perform pg_advisory_xact_lock(hashtextextended('card-block:' || v_subject, 0));
  if exists (select from private.blocks b
    where b.kind = 'card' and b.subject = v_subject and b.lifted_at is null and b.expires_at > now()) then
    perform private.refuse(409, 'conflict', 'This card is shut out already. Look at the page again.');
  end if;
  insert into private.blocks (kind, subject, reason, expires_at, created_by, payment_id)
  values ('card', v_subject, btrim(p_reason), p_expires_at, p_actor, p_payment)
  returning id into v_id;
  return v_id;
end;
$$;

-- The blocks that stand, for the processes that refuse by them. Cards are judged with the payment (`read_risk`), not with the caller.
create or replace function public.read_blocks()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('kind', b.kind, 'subject', coalesce(b.network::text, b.subject),
    'expiresAt', b.expires_at)), '[]'::jsonb)
  from (
    select * from private.blocks o where o.lifted_at is null and o.expires_at > now() and o.kind <> 'card'
    order by o.created_at desc limit 20000
  ) b;
$$;

-- The cards with which a pledge was paid, each with the block that stands against it. For operators; to others there is none.
create or replace function public.admin_card_blocks(p_actor uuid, p_pledge uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('paymentId', f.payment_id, 'cardBrand', f.card_brand, 'cardLast4', f.card_last4,
    'block', (select jsonb_build_object('id', b.id, 'reason', b.reason, 'createdAt', b.created_at, 'expiresAt', b.expires_at,
        'by', (select p.display_name from public.profiles p where p.id = b.created_by))
      from private.blocks b
      where b.kind = 'card' and b.subject = encode(sha256(convert_to(f.fingerprint, 'UTF8')), 'hex')
        and b.lifted_at is null and b.expires_at > now()
      order by b.created_at limit 1)) order by f.number), '[]'::jsonb)
  from (
    -- One card of several tries is one.
    select distinct on (k.fingerprint) k.payment_id, k.fingerprint, y.number, y.card_brand, y.card_last4
    from public.payments y join private.payment_cards k on k.payment_id = y.id
    where y.pledge_id = p_pledge and k.fingerprint is not null
    order by k.fingerprint, y.number desc
  ) f
  where private.person_has_role(p_actor, 'operator');
$$;

-- Whom operators have shut out, newest first, with who did and why; one page after the other. For operators.
create or replace function public.admin_blocks(p_actor uuid, p_after jsonb, p_limit integer)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_limit integer := least(greatest(p_limit, 1), 200);
  v_created timestamptz := (p_after ->> 'createdAt')::timestamptz;
  v_id uuid := (p_after ->> 'id')::uuid;
  v_rows jsonb;
begin
  if p_actor is null or not private.person_has_role(p_actor, 'operator') then
    perform private.refuse(403, 'forbidden', 'Only an operator may see this.');
  end if;
  select coalesce(jsonb_agg(jsonb_build_object('id', b.id, 'kind', b.kind, 'reason', b.reason, 'createdAt', b.created_at, 'expiresAt', b.expires_at,
      'liftedAt', b.lifted_at, 'standing', b.lifted_at is null and b.expires_at > now(),
      'by', (select p.display_name from public.profiles p where p.id = b.created_by),
      'liftedBy', (select p.display_name from public.profiles p where p.id = b.lifted_by),
      -- Of an e-mail address only a hash is kept.
      'network', case when b.kind = 'ip' then b.network::text end,
      'account', case when b.kind = 'user' then (select p.display_name from public.profiles p where p.id::text = b.subject) end,
      'card', case when b.kind = 'card' then (select jsonb_build_object('pledgeId', y.pledge_id, 'brand', y.card_brand, 'last4', y.card_last4)
        from public.payments y where y.id = b.payment_id) end)
    order by b.created_at desc, b.id desc), '[]'::jsonb) into v_rows
  from (
    select * from private.blocks o where v_created is null or (o.created_at, o.id) < (v_created, v_id)
    order by o.created_at desc, o.id desc limit v_limit + 1
  ) b;
  return jsonb_build_object(
    'items', case when jsonb_array_length(v_rows) > v_limit then v_rows - v_limit else v_rows end,
    'next', case when jsonb_array_length(v_rows) > v_limit then jsonb_build_object(
      'createdAt', v_rows -> (v_limit - 1) -> 'createdAt', 'id', v_rows -> (v_limit - 1) -> 'id') end);
end;
$$;

revoke all on function public.block_card(uuid, uuid, text, timestamptz) from public, anon, authenticated;
revoke all on function public.read_blocks() from public, anon, authenticated;
revoke all on function public.admin_card_blocks(uuid, uuid) from public, anon, authenticated;
revoke all on function public.admin_blocks(uuid, jsonb, integer) from public, anon, authenticated;
grant execute on function public.block_card(uuid, uuid, text, timestamptz) to service_role;
grant execute on function public.read_blocks() to service_role;
grant execute on function public.admin_card_blocks(uuid, uuid) to service_role;
grant execute on function public.admin_blocks(uuid, jsonb, integer) to service_role;

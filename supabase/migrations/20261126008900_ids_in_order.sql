-- A pledge for less once more (docs/giving.md, "What it costs").

-- An id that sorts by when it was made (UUID version 7: 48 bits of milliseconds, 74 random ones). What is written together then lies together in
-- each index, where random ids dirty a page of their own for each entry, log it whole after each checkpoint, and are looked for
-- from the root. One expression, so that it becomes part of what calls it.
create function private.id_in_order()
returns uuid
language sql
volatile
as $$
  select (lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || right(gen_random_uuid()::text, 21))::uuid;
$$;

revoke all on function private.id_in_order() from public, anon, authenticated, service_role;

alter table private.idempotency_keys alter column id set default private.id_in_order();
alter table private.outbox alter column id set default private.id_in_order();
alter table private.payment_attempts alter column id set default private.id_in_order();

-- Asked of a payment that was written, or is locked, by the same function; payments stay (payments_stay, guard_payment).
alter table private.payment_cards drop constraint payment_cards_payment_id_fkey;

-- Makes a pledge with its first payment. Only the holder of the idempotency key may, and one key makes one: who comes again with it,
-- after a death, gets what stands. One statement reads and judges; then each table has a statement of its own, which costs less than one
-- of five parts that hand rows to each other.
create or replace function public.make_pledge(p_lease uuid, p_fence bigint, p_pledge jsonb, p_traceparent text)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v record;
  v_donor jsonb := p_pledge -> 'donor';
  v_id uuid := private.id_in_order();
  -- Random from its first digit on: receipts are numbered by it (lib/giving/mail/rules.ts).
  v_payment uuid := gen_random_uuid();
  v_event uuid := private.id_in_order();
  v_ip text := p_pledge ->> 'ipHash';
begin
  -- What private.hold_idempotency does, and with the lock in hand all that judges the request.
  select g.*, c.id as campaign_id, c.slug, c.title, c.status,
    c.status = 'active' and (c.ends_at > now()) is not false and c.currency = g.currency
      and g.gift >= u.minimum_minor and g.gift + g.cover <= u.maximum_minor and g.gift % u.step_minor = 0
      and char_length(g.email) between 3 and 254 and g.email ~ '^[^@\s]+@[^@\s]+$'
      and (char_length(g.name) > 120) is not true and (char_length(g.message) > 1000) is not true as fine
  into v
  from private.idempotency_keys k
  left join public.campaigns c on c.id = (p_pledge ->> 'campaignId')::uuid
  left join private.currencies u on u.code = p_pledge ->> 'currency'
  cross join lateral (
    select a.gift, p_pledge ->> 'currency' as currency, (p_pledge ->> 'userId')::uuid as user_id,
      -- Computed of no more than can be charged: an amount beyond that could overflow.
      case when a.gift between 1 and u.maximum_minor and (p_pledge ->> 'coverFees')::boolean then private.cover_for(a.gift, u) else 0 end as cover,
      coalesce((v_donor ->> 'anonymous')::boolean, false) as anonymous, btrim(v_donor ->> 'email') as email,
      nullif(btrim(v_donor ->> 'name'), '') as name, nullif(btrim(v_donor ->> 'message'), '') as message
    from (select (p_pledge ->> 'amountMinor')::bigint as gift) a
    offset 0
  ) g
  where k.id = p_lease and k.fence = p_fence and k.state = 'running'
  for update of k;
  if not found then
    perform private.hold_idempotency(p_lease, p_fence);
  end if;
  if v.fine then
    insert into public.pledges (id, campaign_id, user_id, gift_minor, cover_minor, currency, anonymous, idempotency_id, event_id)
    select v_id, v.campaign_id, v.user_id, v.gift, v.cover, v.currency, v.anonymous, p_lease, v_event
    where not exists (select from public.pledges p where p.idempotency_id = p_lease);
    if found then
      insert into public.pledge_donors (pledge_id, user_id, name, email, email_hash, message)
      values (v_id, v.user_id, v.name, v.email, private.email_hash(v.email), v.message);
      -- The first look of a sweeper is for a process that died: whoever works holds the key for half a minute at a time.
      insert into public.payments (id, pledge_id, campaign_id, number, gift_minor, cover_minor, currency, check_at)
      values (v_payment, v_id, v.campaign_id, 1, v.gift, v.cover, v.currency, now() + interval '10 minutes');
      if v_ip is not null then
        insert into private.payment_cards (payment_id, ip_hash) values (v_payment, v_ip);
      end if;
      -- Without private.append_outbox: its lock is for those who append to one lane together, and of this one nobody else knows yet.
      insert into private.outbox (id, aggregate_type, aggregate_id, name, data, traceparent)
      values (v_event, 'pledge', v_id, 'giving/pledge.created',
        '{"status": "pending"}'::jsonb || jsonb_build_object('pledgeId', v_id, 'paymentId', v_payment, 'campaignId', v.campaign_id,
          'userId', v.user_id, 'giftMinor', v.gift, 'coverMinor', v.cover, 'totalMinor', v.gift + v.cover, 'currency', v.currency,
          'anonymous', v.anonymous),
        nullif(p_traceparent, ''));
      -- As private.render_pledge says it of such a pledge (a test compares the two). What is the same of each stands in a constant: an argument
      -- is made ready anew in each transaction.
      return jsonb_build_object(
        'created', true,
        'pledge', '{"status": "pending", "shown": "pending", "cancelReason": null}'::jsonb || jsonb_build_object(
          'id', v_id, 'campaignId', v.campaign_id, 'campaignSlug', v.slug, 'campaignTitle', v.title, 'campaignStatus', v.status,
          'userId', v.user_id, 'giftMinor', v.gift, 'coverMinor', v.cover, 'totalMinor', v.gift + v.cover, 'currency', v.currency,
          'anonymous', v.anonymous, 'donor', jsonb_build_object('name', v.name, 'email', v.email, 'message', v.message),
          'createdAt', now(), 'updatedAt', now()),
        'payment', '{"number": 1, "state": "pending", "authorizedMinor": 0, "capturedMinor": 0, "refundedMinor": 0, "disputedMinor": 0,
          "lostMinor": 0, "intentId": null, "chargeId": null, "captureBefore": null, "declineCode": null, "declineMessage": null,
          "cancelReason": null, "unknownSince": null, "waitingFor": null, "waitingUntil": null, "review": null, "reviewReasons": null,
          "card": null, "risk": null, "voidDue": false, "refundDue": false}'::jsonb || jsonb_build_object(
          'id', v_payment, 'totalMinor', v.gift + v.cover, 'currency', v.currency, 'createdAt', now(), 'updatedAt', now()));
    end if;
  end if;
  select p.id into v_id from public.pledges p where p.idempotency_id = p_lease;
  if not found then
    perform private.refuse_pledge(p_pledge);
  end if;
  return private.pledge_view(v_id) || '{"created": false}'::jsonb;
end;
$$;

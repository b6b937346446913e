-- A pledge for less (docs/giving.md, "Where a pledge's time goes"). By a profile of make_pledge, the statement that read and judged the request took a
-- quarter of it, and its answer a fifth. PostgreSQL makes each statement and expression ready anew in each transaction, so what counts
-- is how many nodes and function calls stand in them, less than what they do.

-- The newest last, so that what is given to one campaign is written at the end of its own stretch of the index: there a full page is split where
-- the new entry stands, and the page that is left stays full. Read backwards where the newest are wanted first.
create index pledges_campaign_in_order on public.pledges (campaign_id, created_at, id);
drop index public.pledges_campaign;
alter index public.pledges_campaign_in_order rename to pledges_campaign;

-- Makes a pledge with its first payment. Only the holder of the idempotency key may, and one key makes one: who comes again with it,
-- after a death, gets what stands.
--
-- The key is read and not locked: the unique idempotency_id alone decides that there is one pledge, and who loses the key in this very moment has made
-- it just before that; begin_pledge moves the key on afterwards, which fails when it was lost, and takes the pledge with it.
--
-- The answer is put together as text. It was a tree in the binary form, built, sorted, merged, and written out as text in the end.
drop function public.make_pledge(uuid, bigint, jsonb, text);
create function public.make_pledge(p_lease uuid, p_fence bigint, p_pledge jsonb, p_traceparent text)
returns json
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_campaign uuid := (p_pledge ->> 'campaignId')::uuid;
  v_currency text := p_pledge ->> 'currency';
  v_gift bigint := (p_pledge ->> 'amountMinor')::bigint;
  v_cover bigint;
  v_most bigint;
  v_slug text;
  v_title text;
  v_user uuid;
  v_ip text;
  v_anonymous boolean;
  v_name text;
  v_email text;
  v_message text;
  v_id uuid;
  v_payment uuid;
  v_event uuid;
  v_about text;
  v_at text;
begin
  -- Whatever is wrong with a request, it finds no row, or its words are not fine; what it was is asked below.
  select c.slug, c.title, u.maximum_minor,
    -- Computed of no more than can be charged: an amount beyond that could overflow.
    case when (p_pledge ->> 'coverFees')::boolean and v_gift <= u.maximum_minor then private.cover_for(v_gift, u) else 0 end,
    (p_pledge ->> 'userId')::uuid, p_pledge ->> 'ipHash', (d.donor ->> 'anonymous')::boolean, btrim(d.donor ->> 'email'),
    nullif(btrim(d.donor ->> 'name'), ''), nullif(btrim(d.donor ->> 'message'), ''), private.id_in_order(), gen_random_uuid()
  into v_slug, v_title, v_most, v_cover, v_user, v_ip, v_anonymous, v_email, v_name, v_message, v_id, v_payment
  from private.idempotency_keys k
  join public.campaigns c on c.id = v_campaign
  join private.currencies u on u.code = v_currency
  cross join (select p_pledge -> 'donor' as donor) d
  where k.id = p_lease and k.fence = p_fence and k.state = 'running'
    and c.status = 'active' and (c.ends_at > now()) is not false and c.currency = v_currency
    and v_gift >= u.minimum_minor and v_gift % u.step_minor = 0;
  if found and v_gift + v_cover <= v_most and char_length(v_email) between 3 and 254 and v_email ~ '^[^@\s]+@[^@\s]+$'
    and (char_length(v_name) > 120 or char_length(v_message) > 1000) is not true
  then
    v_anonymous := v_anonymous is true;
    -- The payment's id is random from its first digit on: receipts are numbered by it (lib/giving/mail/rules.ts). The event's is in order, with
    -- the payment's random digits.
    v_event := (left(v_id::text, 15) || right(v_payment::text, 21))::uuid;
    insert into public.pledges (id, campaign_id, user_id, gift_minor, cover_minor, currency, anonymous, idempotency_id, event_id)
    values (v_id, v_campaign, v_user, v_gift, v_cover, v_currency, v_anonymous, p_lease, v_event)
    on conflict (idempotency_id) do nothing;
    if found then
      -- What private.email_hash says of the address, which has no blanks around it here.
      insert into public.pledge_donors (pledge_id, user_id, name, email, email_hash, message)
      values (v_id, v_user, v_name, v_email, encode(sha256(convert_to(lower(v_email), 'UTF8')), 'hex'), v_message);
      -- The first look of a sweeper is for a process that died: whoever works holds the key for half a minute at a time.
      insert into public.payments (id, pledge_id, campaign_id, number, gift_minor, cover_minor, currency, check_at)
      values (v_payment, v_id, v_campaign, 1, v_gift, v_cover, v_currency, now() + interval '10 minutes');
      if v_ip is not null then
        insert into private.payment_cards (payment_id, ip_hash) values (v_payment, v_ip);
      end if;
      v_about := concat('"campaignId": "', v_campaign, '", "userId": ', coalesce('"' || v_user || '"', 'null'),
        ', "giftMinor": ', v_gift, ', "coverMinor": ', v_cover, ', "totalMinor": ', v_gift + v_cover,
        ', "currency": "', v_currency, case when v_anonymous then '", "anonymous": true' else '", "anonymous": false' end);
      -- Without private.append_outbox: its lock is for those who append to one lane together, and of this one nobody else knows yet.
      insert into private.outbox (id, aggregate_type, aggregate_id, name, data, traceparent)
      values (v_event, 'pledge', v_id, 'giving/pledge.created',
        concat('{"status": "pending", "pledgeId": "', v_id, '", "paymentId": "', v_payment, '", ', v_about, '}')::jsonb,
        nullif(p_traceparent, ''));
      v_at := concat(', "createdAt": ', to_json(now()), ', "updatedAt": ', to_json(now()));
      -- As private.render_pledge says it of such a pledge (a test compares the two).
      return concat('{"created": true, "pledge": {"status": "pending", "shown": "pending", "cancelReason": null, "campaignStatus": "active", "id": "', v_id,
        '", "campaignSlug": "', v_slug, '", "campaignTitle": ', to_json(v_title), ', ', v_about,
        ', "donor": {"name": ', coalesce(to_json(v_name)::text, 'null'), ', "email": ', to_json(v_email),
        ', "message": ', coalesce(to_json(v_message)::text, 'null'), '}', v_at,
        '}, "payment": {"number": 1, "state": "pending", "authorizedMinor": 0, "capturedMinor": 0, "refundedMinor": 0, "disputedMinor": 0, '
        '"lostMinor": 0, "intentId": null, "chargeId": null, "captureBefore": null, "declineCode": null, "declineMessage": null, '
        '"cancelReason": null, "unknownSince": null, "waitingFor": null, "waitingUntil": null, "review": null, "reviewReasons": null, '
        '"card": null, "risk": null, "voidDue": false, "refundDue": false, "id": "', v_payment, '", "totalMinor": ', v_gift + v_cover,
        ', "currency": "', v_currency, '"', v_at, '}}');
    end if;
  end if;
  perform private.hold_idempotency(p_lease, p_fence);
  select p.id into v_id from public.pledges p where p.idempotency_id = p_lease;
  if not found then
    perform private.refuse_pledge(p_pledge);
  end if;
  return private.pledge_view(v_id) || '{"created": false}'::jsonb;
end;
$$;

revoke all on function public.make_pledge(uuid, bigint, jsonb, text) from public, anon, authenticated;
grant execute on function public.make_pledge(uuid, bigint, jsonb, text) to service_role;

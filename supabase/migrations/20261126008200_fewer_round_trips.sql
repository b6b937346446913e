-- A pledge in fewer round trips: what was asked one after the other and hangs together is asked at once, in one transaction. Each
-- of these calls the functions that it is made of, so that the rules stand where they stood.

-- Looks a key up, looks at the pledge's rules when it is new, and claims it: a refusal by the rules leaves nothing behind. What is half done
-- is claimed whatever the rules say by now.
create or replace function public.claim_pledge(
  p_route text, p_caller text, p_key text, p_fingerprint text, p_lease_seconds integer,
  p_campaign uuid, p_amount_minor bigint, p_currency text, p_cover_fees boolean
)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_standing jsonb := public.look_up_idempotency(p_route, p_caller, p_key, p_fingerprint);
begin
  if v_standing ->> 'outcome' not in ('new', 'open') then
    return v_standing;
  end if;
  if v_standing ->> 'outcome' = 'new' or v_standing ->> 'recoveryPoint' = 'started' then
    perform public.check_pledge(p_campaign, p_amount_minor, p_currency, p_cover_fees);
  end if;
  return public.claim_idempotency(p_route, p_caller, p_key, p_fingerprint, p_lease_seconds);
end;
$$;

-- Whether every place has fewer tries and fewer declines than p_below names for it.
create or replace function private.is_quiet(p_tries jsonb, p_below jsonb)
returns boolean
language plpgsql
immutable
as $$
begin
  return (select coalesce(bool_and(
    coalesce((p_tries -> b.key ->> 'attempts')::bigint, 0) < (b.value ->> 'attempts')::bigint
    and coalesce((p_tries -> b.key ->> 'declines')::bigint, 0) < (b.value ->> 'declines')::bigint), false)
  from jsonb_each(p_below) b);
end;
$$;

-- Makes the pledge (make_pledge), moves its key to `pledged`, and notes that its intent is about to be created. With p_about (read_risk)
-- only where it is quiet, by p_below: otherwise nothing is written, and the answer is what was tried, for the server to judge.
create or replace function public.begin_pledge(
  p_lease uuid, p_fence bigint, p_lease_seconds integer, p_progress jsonb, p_pledge jsonb, p_traceparent text,
  p_about jsonb default null, p_below jsonb default null
)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_risk jsonb;
  v_made jsonb;
begin
  if p_about is not null then
    v_risk := public.read_risk(p_about);
    if not private.is_quiet(v_risk, p_below) then
      return jsonb_build_object('risk', v_risk);
    end if;
  end if;
  v_made := public.make_pledge(p_lease, p_fence, p_pledge, p_traceparent);
  perform public.advance_idempotency(p_lease, p_fence, 'pledged', p_progress, p_lease_seconds);
  -- Whoever goes on with an earlier try's pledge looks first how its intent stands.
  if (v_made ->> 'created')::boolean then
    v_made := v_made || jsonb_build_object('call', public.begin_provider_call((v_made -> 'payment' ->> 'id')::uuid, 'create'));
  end if;
  return v_made;
end;
$$;

-- Commits the intent's id (record_intent), and that it is about to be confirmed.
create or replace function public.begin_confirm(p_payment uuid, p_intent text)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
begin
  return public.record_intent(p_payment, p_intent)
    || jsonb_build_object('call', public.begin_provider_call(p_payment, 'confirm'));
end;
$$;

-- Applies what the provider answered (apply_payment_event), and settles the key with p_answer when that is the end: the fact counts in any
-- case, the key is settled by its holder alone, and not while the payment is to be let go. `settledAt` says whether it was.
create or replace function public.apply_and_settle(p_fact jsonb, p_lease uuid, p_fence bigint, p_answer jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_holds boolean;
  v_applied jsonb;
begin
  -- The key before the pledge, as make_pledge and add_payment lock them.
  perform 1 from private.idempotency_keys k where k.id = p_lease and k.fence = p_fence and k.state = 'running' for update;
  v_holds := found;
  v_applied := public.apply_payment_event(p_fact);
  if v_holds and v_applied -> 'payment' ->> 'voidDue' = 'false' then
    v_applied := v_applied || jsonb_build_object('settledAt', public.settle_idempotency(p_lease, p_fence, p_answer));
  end if;
  return v_applied;
end;
$$;

revoke all on function private.is_quiet(jsonb, jsonb) from public, anon, authenticated, service_role;
revoke all on function public.claim_pledge(text, text, text, text, integer, uuid, bigint, text, boolean) from public, anon, authenticated;
revoke all on function public.begin_pledge(uuid, bigint, integer, jsonb, jsonb, text, jsonb, jsonb) from public, anon, authenticated;
revoke all on function public.begin_confirm(uuid, text) from public, anon, authenticated;
revoke all on function public.apply_and_settle(jsonb, uuid, bigint, jsonb) from public, anon, authenticated;
grant execute on function public.claim_pledge(text, text, text, text, integer, uuid, bigint, text, boolean) to service_role;
grant execute on function public.begin_pledge(uuid, bigint, integer, jsonb, jsonb, text, jsonb, jsonb) to service_role;
grant execute on function public.begin_confirm(uuid, text) to service_role;
grant execute on function public.apply_and_settle(jsonb, uuid, bigint, jsonb) to service_role;

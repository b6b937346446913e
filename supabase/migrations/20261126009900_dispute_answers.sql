-- Answers to disputes: evidence is kept as a draft, and sent to the provider once for each time that the bank asks. A dispute may also be
-- let go. Drafts and answers name donors and notes, so they are not in the table that donors may read.

alter table private.provider_calls drop constraint provider_calls_operation_check;
alter table private.provider_calls add constraint provider_calls_operation_check
  check (operation in ('create', 'confirm', 'capture', 'cancel', 'refund', 'dispute'));

create table private.dispute_drafts (
  dispute_id uuid primary key references public.disputes (id),
  evidence jsonb not null check (jsonb_typeof(evidence) = 'object'),
  version bigint not null default 1,
  saved_by uuid references auth.users (id) on delete set null,
  saved_at timestamptz not null default now()
);

create table private.dispute_answers (
  id uuid primary key default gen_random_uuid(),
  dispute_id uuid not null references public.disputes (id),
  -- The how manieth time it is that the bank asks: an inquiry that grows and an appeal ask anew.
  round integer not null check (round >= 0),
  decision text not null check (decision in ('submit', 'accept')),
  evidence jsonb not null check (jsonb_typeof(evidence) = 'object'),
  decided_by uuid references auth.users (id) on delete set null,
  decided_at timestamptz not null default now(),
  -- When a sweeper should send it (again).
  due_at timestamptz default now(),
  sent_at timestamptz,
  failure text check (char_length(failure) <= 500),
  check (sent_at is null or failure is null),
  check ((due_at is null) = (sent_at is not null or failure is not null))
);

-- One answer a round, for good; one that the provider did not take makes room for another.
create unique index dispute_answers_once on private.dispute_answers (dispute_id, round) where failure is null;
create index dispute_answers_dispute on private.dispute_answers (dispute_id, decided_at);
create index dispute_answers_due on private.dispute_answers (due_at) where due_at is not null;
create index dispute_answers_decided_by on private.dispute_answers (decided_by) where decided_by is not null;
create index dispute_drafts_saved_by on private.dispute_drafts (saved_by) where saved_by is not null;
create index disputes_listed on public.disputes (created_at, id);

revoke all on private.dispute_drafts, private.dispute_answers from public, anon, authenticated, service_role;
-- No policy: nobody reads or writes these but functions.
alter table private.dispute_drafts enable row level security;
alter table private.dispute_answers enable row level security;

-- What was decided, by whom and with what evidence, stays; only what became of it is written once.
create or replace function private.guard_dispute_answer()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (new.id, new.dispute_id, new.round, new.decision, new.evidence, new.decided_at) is distinct from
      (old.id, old.dispute_id, old.round, old.decision, old.evidence, old.decided_at)
    or (new.decided_by is distinct from old.decided_by and new.decided_by is not null)
    or (old.due_at is null and (new.due_at, new.sent_at, new.failure) is distinct from (old.due_at, old.sent_at, old.failure)) then
    raise exception using errcode = '23514', message = 'What was answered to a bank does not change.';
  end if;
  return new;
end;
$$;

create trigger dispute_answers_guard before update on private.dispute_answers for each row execute function private.guard_dispute_answer();
create trigger dispute_answers_stay before delete on private.dispute_answers for each row execute function private.refuse_change();

-- How often the bank has asked so far.
create or replace function private.dispute_round(dispute uuid)
returns integer
language sql
stable
set search_path = ''
as $$
  select count(*)::integer from private.money_back_transitions t
  where t.subject = 'dispute' and t.subject_id = dispute and t.to_status in ('needs_response', 'warning_needs_response');
$$;

-- Why nobody can answer now, in words; null: somebody can.
create or replace function private.dispute_closed_words(dispute public.disputes)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when exists (select from private.dispute_answers a
      where a.dispute_id = (dispute).id and a.round = private.dispute_round((dispute).id) and a.failure is null)
      then 'This dispute was answered already. An answer can be sent once; the bank decides now.'
    when (dispute).status in ('under_review', 'warning_under_review') then 'The bank has an answer to this dispute and decides now.'
    when (dispute).status not in ('needs_response', 'warning_needs_response') then 'This dispute is over. Nothing can be sent to the bank any more.'
    when (dispute).evidence_due_by <= now()
      then 'The time for an answer ended ' || to_char((dispute).evidence_due_by at time zone 'UTC', 'FMDD FMMonth YYYY, HH24:MI')
        || ' UTC. The bank takes nothing any more, and decides without us.'
  end;
$$;

-- A dispute in a list: whose gift it is about, and until when an answer is wanted.
create or replace function private.dispute_row(d public.disputes, y public.payments, c public.campaigns)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('id', (d).id, 'disputeId', (d).dispute_id, 'pledgeId', (y).pledge_id, 'paymentId', (y).id, 'campaignId', (c).id,
    'campaignTitle', (c).title, 'status', (d).status, 'reason', (d).reason, 'amountMinor', (d).amount_minor, 'feeMinor', (d).fee_minor,
    'currency', (d).currency, 'evidenceDueBy', (d).evidence_due_by, 'createdAt', (d).created_at,
    'donorName', (select e.name from public.pledge_donors e where e.pledge_id = (y).pledge_id),
    'closedWords', private.dispute_closed_words(d));
$$;

-- Disputes of what the actor runs (operators: all), oldest first: what is due first. p_state: answer (wanted), open, or all.
create or replace function public.admin_disputes(p_actor uuid, p_state text, p_after jsonb, p_limit integer)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_limit integer := least(greatest(p_limit, 1), 100);
  v_operator boolean := private.person_has_role(p_actor, 'operator');
  v_rows jsonb;
begin
  perform private.require_administration(p_actor);
  select coalesce(jsonb_agg(private.dispute_row(f.d, f.y, f.c) order by (f.d).created_at, (f.d).id), '[]'::jsonb) into v_rows
  from (
    select d, y, c from public.disputes d
    join public.payments y on y.id = d.payment_id
    join public.campaigns c on c.id = y.campaign_id
    where (v_operator or c.owner_id = p_actor)
      and (p_state = 'all' or d.status in ('needs_response', 'warning_needs_response')
        or (p_state = 'open' and d.status in ('under_review', 'warning_under_review')))
      and (p_state <> 'answer' or not exists (select from private.dispute_answers a
        where a.dispute_id = d.id and a.round = private.dispute_round(d.id) and a.failure is null))
      and (p_after is null or (d.created_at, d.id) > ((p_after ->> 'createdAt')::timestamptz, (p_after ->> 'id')::uuid))
    order by d.created_at, d.id limit v_limit + 1
  ) f;
  return private.keyset_page(v_rows, v_limit, 'createdAt');
end;
$$;

-- The dispute, for whoever runs its campaign; locked with its payment where it is to be changed. Refuses as if it were not there.
create or replace function private.dispute_of(p_actor uuid, p_dispute uuid, p_lock boolean)
returns public.disputes
language plpgsql
set search_path = ''
as $$
declare
  v_dispute public.disputes;
  v_campaign public.campaigns;
begin
  select c.* into v_campaign from public.disputes d
  join public.payments y on y.id = d.payment_id join public.campaigns c on c.id = y.campaign_id where d.id = p_dispute;
  if v_campaign.id is null or not private.runs_campaign(p_actor, v_campaign) then
    perform private.refuse(404, 'not_found', 'There is no such dispute.');
  end if;
  if p_lock then
    perform private.lock_payment((select d.payment_id from public.disputes d where d.id = p_dispute));
  end if;
  select d.* into strict v_dispute from public.disputes d where d.id = p_dispute;
  return v_dispute;
end;
$$;

-- Everything that an answer can be made of: the dispute, the draft, earlier answers, and what is known of the gift.
create or replace function public.admin_dispute(p_actor uuid, p_dispute uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_dispute public.disputes := private.dispute_of(p_actor, p_dispute, false);
begin
  return (
    select jsonb_build_object(
      'dispute', private.dispute_row(v_dispute, y, c),
      'draft', (select jsonb_build_object('evidence', f.evidence, 'version', f.version, 'savedAt', f.saved_at,
          'savedBy', (select p.display_name from public.profiles p where p.id = f.saved_by))
        from private.dispute_drafts f where f.dispute_id = v_dispute.id),
      'answers', (select coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'decision', a.decision, 'evidence', a.evidence, 'decidedAt', a.decided_at,
          'decidedBy', (select p.display_name from public.profiles p where p.id = a.decided_by), 'sentAt', a.sent_at, 'failure', a.failure)
          order by a.decided_at), '[]'::jsonb)
        from private.dispute_answers a where a.dispute_id = v_dispute.id),
      'facts', jsonb_build_object(
        'pledgeId', g.id, 'paymentId', y.id, 'campaignTitle', c.title, 'campaignSummary', c.summary, 'campaignSlug', c.slug, 'campaignStatus', c.status,
        'giftMinor', y.gift_minor, 'coverMinor', y.cover_minor, 'refundedMinor', y.refunded_minor, 'currency', y.currency,
        'donorName', e.name, 'donorEmail', e.email, 'donorMessage', e.message, 'signedIn', g.user_id is not null,
        'emailVerified', exists (select from public.profiles p where p.id = g.user_id and p.email_verified_at is not null),
        'cardBrand', y.card_brand, 'cardLast4', y.card_last4,
        'cardCountry', (select k.country from private.payment_cards k where k.payment_id = y.id),
        'riskLevel', (select k.risk_level from private.payment_cards k where k.payment_id = y.id),
        'pledgedAt', g.created_at,
        'authorizedAt', (select t.at from private.payment_transitions t where t.payment_id = y.id and t.to_state = 'authorized'),
        'capturedAt', (select t.at from private.payment_transitions t where t.payment_id = y.id and t.to_state = 'captured'),
        'mails', (select coalesce(jsonb_agg(jsonb_build_object('kind', m.kind, 'recipient', m.recipient, 'sentAt', m.sent_at) order by m.sent_at), '[]'::jsonb)
          from private.giving_mails m where m.pledge_id = g.id and m.sent_at is not null and m.kind in ('thanks', 'receipt', 'refund')),
        'refunds', (select coalesce(jsonb_agg(jsonb_build_object('amountMinor', r.amount_minor, 'status', r.status, 'at', r.created_at) order by r.created_at), '[]'::jsonb)
          from public.refunds r where r.payment_id = y.id),
        -- Gifts with the same address that nobody has disputed: what a bank asks for first.
        'otherGifts', (select coalesce(jsonb_agg(o.row), '[]'::jsonb) from (
          select jsonb_build_object('paymentId', z.id, 'amountMinor', z.gift_minor + z.cover_minor, 'currency', z.currency, 'at', h.created_at,
            'sameCampaign', h.campaign_id = g.campaign_id, 'sameCard', w.fingerprint = k.fingerprint, 'sameNetwork', w.ip_hash = k.ip_hash,
            'intentId', z.intent_id) as row
          from public.pledge_donors x
          join public.pledges h on h.id = x.pledge_id and h.id <> g.id
          join public.payments z on z.pledge_id = h.id and z.captured_minor > 0
          left join private.payment_cards w on w.payment_id = z.id
          left join private.payment_cards k on k.payment_id = y.id
          where x.email_hash = e.email_hash and not exists (select from public.disputes u where u.payment_id = z.id)
          order by h.created_at desc limit 5) o)))
    from public.payments y
    join public.pledges g on g.id = y.pledge_id
    join public.pledge_donors e on e.pledge_id = g.id
    join public.campaigns c on c.id = y.campaign_id
    where y.id = v_dispute.payment_id);
end;
$$;

-- What evidence may be: named texts. The bounds are the provider's.
create or replace function private.check_evidence(p_evidence jsonb)
returns void
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_name text;
begin
  if coalesce(jsonb_typeof(p_evidence), '') <> 'object' then
    perform private.refuse_field('evidence', 'Evidence is a set of texts.');
  end if;
  select e.key into v_name from jsonb_each(p_evidence) e
  where e.key not in ('product_description', 'customer_name', 'customer_email_address', 'customer_purchase_ip', 'billing_address', 'service_date',
      'access_activity_log', 'refund_policy_disclosure', 'refund_refusal_explanation', 'cancellation_policy_disclosure', 'cancellation_rebuttal',
      'duplicate_charge_id', 'duplicate_charge_explanation', 'uncategorized_text')
    or jsonb_typeof(e.value) <> 'string' or char_length(e.value #>> '{}') > 20000
  limit 1;
  if v_name is not null then
    perform private.refuse_field('evidence.' || v_name, 'The provider takes no such text: it is unknown, or longer than 20,000 characters.');
  end if;
  if (select coalesce(sum(char_length(e.value)), 0) from jsonb_each_text(p_evidence) e) > 150000 then
    perform private.refuse_field('evidence', 'All texts together have at most 150,000 characters.');
  end if;
end;
$$;

-- Keeps a draft. p_version: that of the draft which was read; 0 when there was none.
create or replace function public.save_dispute_draft(p_actor uuid, p_dispute uuid, p_version bigint, p_evidence jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_dispute public.disputes := private.dispute_of(p_actor, p_dispute, true);
  v_closed text := private.dispute_closed_words(v_dispute);
  v_draft private.dispute_drafts;
begin
  perform private.check_evidence(p_evidence);
  if v_closed is not null then
    perform private.refuse(409, 'conflict', v_closed);
  end if;
  select f.* into v_draft from private.dispute_drafts f where f.dispute_id = p_dispute;
  if coalesce(v_draft.version, 0) <> p_version then
    perform private.refuse(409, 'conflict', 'Somebody else has saved this draft since you opened it. Nothing was saved. Copy what you wrote, load the page again, and put it in.');
  end if;
  insert into private.dispute_drafts as f (dispute_id, evidence, saved_by) values (p_dispute, p_evidence, p_actor)
  on conflict (dispute_id) do update set evidence = excluded.evidence, version = f.version + 1, saved_by = excluded.saved_by, saved_at = now()
  returning f.* into v_draft;
  return jsonb_build_object('version', v_draft.version, 'savedAt', v_draft.saved_at);
end;
$$;

-- Decides what the bank is told: once for each time that it asks. The same again by the same person is the same answer.
create or replace function public.answer_dispute(p_actor uuid, p_dispute uuid, p_decision text, p_evidence jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_dispute public.disputes := private.dispute_of(p_actor, p_dispute, true);
  v_round integer := private.dispute_round(p_dispute);
  v_evidence jsonb := case when p_decision = 'submit' then coalesce(p_evidence, 'null') else '{}' end;
  v_answer private.dispute_answers;
  v_closed text;
begin
  if p_decision is null or p_decision not in ('submit', 'accept') then
    perform private.refuse_field('decision', 'A dispute is answered with evidence, or accepted.');
  end if;
  perform private.check_evidence(v_evidence);
  if p_decision = 'submit' and not exists (select from jsonb_each_text(v_evidence) e where btrim(e.value) <> '') then
    perform private.refuse_field('evidence', 'There is nothing to send. Write at least one of the texts.');
  end if;
  select a.* into v_answer from private.dispute_answers a
  where a.dispute_id = p_dispute and a.round = v_round and a.failure is null;
  if v_answer.id is not null and v_answer.decided_by = p_actor and v_answer.decision = p_decision and v_answer.evidence = v_evidence then
    return jsonb_build_object('id', v_answer.id, 'decision', v_answer.decision, 'decidedAt', v_answer.decided_at, 'sentAt', v_answer.sent_at);
  end if;
  v_closed := private.dispute_closed_words(v_dispute);
  if v_closed is not null then
    perform private.refuse(409, 'conflict', v_closed);
  end if;
  insert into private.dispute_answers (dispute_id, round, decision, evidence, decided_by)
  values (p_dispute, v_round, p_decision, v_evidence, p_actor) returning * into v_answer;
  if p_decision = 'submit' then
    insert into private.dispute_drafts as f (dispute_id, evidence, saved_by) values (p_dispute, v_evidence, p_actor)
    on conflict (dispute_id) do update set evidence = excluded.evidence, version = f.version + 1, saved_by = excluded.saved_by, saved_at = now();
  end if;
  return jsonb_build_object('id', v_answer.id, 'decision', v_answer.decision, 'decidedAt', v_answer.decided_at, 'sentAt', null);
end;
$$;

-- Answers that the provider does not have yet: leased, so that two workers do not send one together.
create or replace function public.claim_dispute_answers(p_limit integer, p_lease_seconds integer)
returns jsonb
language sql
security definer
set search_path = ''
as $$
  with due as (
    select a.id from private.dispute_answers a where a.due_at <= now()
    order by a.due_at limit least(greatest(p_limit, 1), 100)
    for update skip locked
  ), leased as (
    update private.dispute_answers a set due_at = now() + make_interval(secs => least(greatest(p_lease_seconds, 1), 3600))
    from due where a.id = due.id returning a.*
  )
  select coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'disputeId', d.dispute_id, 'decision', l.decision, 'evidence', l.evidence)), '[]'::jsonb)
  from leased l join public.disputes d on d.id = l.dispute_id;
$$;

-- What became of sending an answer: p_failure null, the provider has it; else why it never will.
create or replace function public.settle_dispute_answer(p_answer uuid, p_failure text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  update private.dispute_answers a
  set due_at = null, sent_at = case when p_failure is null then now() end, failure = left(p_failure, 500)
  where a.id = p_answer and a.due_at is not null;
  if found and p_failure is null then
    update public.disputes d set evidence_submitted_at = now()
    from private.dispute_answers a where a.id = p_answer and d.id = a.dispute_id and a.decision = 'submit';
  end if;
end;
$$;

revoke all on function private.guard_dispute_answer() from public, anon, authenticated, service_role;
revoke all on function private.dispute_round(uuid) from public, anon, authenticated, service_role;
revoke all on function private.dispute_closed_words(public.disputes) from public, anon, authenticated, service_role;
revoke all on function private.dispute_row(public.disputes, public.payments, public.campaigns) from public, anon, authenticated, service_role;
revoke all on function private.dispute_of(uuid, uuid, boolean) from public, anon, authenticated, service_role;
revoke all on function private.check_evidence(jsonb) from public, anon, authenticated, service_role;
revoke all on function public.admin_disputes(uuid, text, jsonb, integer) from public, anon, authenticated;
revoke all on function public.admin_dispute(uuid, uuid) from public, anon, authenticated;
revoke all on function public.save_dispute_draft(uuid, uuid, bigint, jsonb) from public, anon, authenticated;
revoke all on function public.answer_dispute(uuid, uuid, text, jsonb) from public, anon, authenticated;
revoke all on function public.claim_dispute_answers(integer, integer) from public, anon, authenticated;
revoke all on function public.settle_dispute_answer(uuid, text) from public, anon, authenticated;
grant execute on function public.admin_disputes(uuid, text, jsonb, integer) to service_role;
grant execute on function public.admin_dispute(uuid, uuid) to service_role;
grant execute on function public.save_dispute_draft(uuid, uuid, bigint, jsonb) to service_role;
grant execute on function public.answer_dispute(uuid, uuid, text, jsonb) to service_role;
grant execute on function public.claim_dispute_answers(integer, integer) to service_role;
grant execute on function public.settle_dispute_answer(uuid, text) to service_role;

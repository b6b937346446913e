-- Folds what a payment's pledge has told of and no relay has published yet: for the request that wrote it, so that whoever looks on need
-- not wait for the workflow. The workflow folds the same events once more, which changes nothing, and is what makes it certain.
create or replace function public.project_payment(p_payment uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_events uuid[];
begin
  select array_agg(o.id) into v_events
  from public.payments p
  join private.outbox o on o.aggregate_type = 'pledge' and o.aggregate_id = p.pledge_id and o.published_at is null and o.dead_at is null
  where p.id = p_payment;
  if v_events is null then
    return '[]'::jsonb;
  end if;
  return public.project_totals(v_events);
end;
$$;

revoke all on function public.project_payment(uuid) from public, anon, authenticated;
grant execute on function public.project_payment(uuid) to service_role;

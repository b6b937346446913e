-- Disputes that the bank has decided can be asked for too, the newest first; and what "wants an answer" is the same here and in the overview's
-- number: one whose time is over is open, and nobody can answer it.

-- Disputes of what the actor runs (operators: all). p_state: answer (wanted), open, all: oldest first, so what is due first; decided: newest first.
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
  v_at timestamptz := (p_after ->> 'createdAt')::timestamptz;
  v_id uuid := (p_after ->> 'id')::uuid;
  v_rows jsonb;
begin
  perform private.require_administration(p_actor);
  if p_state = 'decided' then
    select coalesce(jsonb_agg(private.dispute_row(f.d, f.y, f.c) order by (f.d).created_at desc, (f.d).id desc), '[]'::jsonb) into v_rows
    from (
      select d, y, c from public.disputes d
      join public.payments y on y.id = d.payment_id
      join public.campaigns c on c.id = y.campaign_id
      where (v_operator or c.owner_id = p_actor)
        and d.status in ('won', 'lost', 'warning_closed', 'prevented')
        and (v_id is null or (d.created_at, d.id) < (v_at, v_id))
      order by d.created_at desc, d.id desc limit v_limit + 1
    ) f;
  else
    select coalesce(jsonb_agg(private.dispute_row(f.d, f.y, f.c) order by (f.d).created_at, (f.d).id), '[]'::jsonb) into v_rows
    from (
      select d, y, c from public.disputes d
      join public.payments y on y.id = d.payment_id
      join public.campaigns c on c.id = y.campaign_id
      where (v_operator or c.owner_id = p_actor)
        and (p_state = 'all' or d.status in ('needs_response', 'warning_needs_response')
          or (p_state = 'open' and d.status in ('under_review', 'warning_under_review')))
        and (p_state <> 'answer' or private.dispute_closed_words(d) is null)
        and (v_id is null or (d.created_at, d.id) > (v_at, v_id))
      order by d.created_at, d.id limit v_limit + 1
    ) f;
  end if;
  return private.keyset_page(v_rows, v_limit, 'createdAt');
end;
$$;

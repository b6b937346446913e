-- The export had every table of `public` that names a person, models' calls and wordings among them; what models answered and
-- what that cost in a day lie in `private`, and belong to the person all the same.

create or replace function public.export_my_data()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user uuid := private.require_live_caller();
  v_table name;
  v_rows jsonb;
  v_data jsonb := '{}'::jsonb;
begin
  for v_table in
    select c.relname from pg_catalog.pg_class c
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped
      and a.atttypid = 'uuid'::regtype
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname
  loop
    execute format('select coalesce(jsonb_agg(to_jsonb(t)), ''[]''::jsonb) from public.%I t where t.user_id = $1', v_table)
      into v_rows using v_user;
    v_data := v_data || jsonb_build_object(v_table, v_rows);
  end loop;
  return jsonb_build_object(
    'exportedAt', now(),
    'account', (select jsonb_build_object('id', u.id, 'email', u.email, 'createdAt', u.created_at, 'lastSignInAt', u.last_sign_in_at)
                from auth.users u where u.id = v_user),
    'signInMethods', (select coalesce(jsonb_agg(jsonb_build_object('provider', i.provider, 'since', i.created_at, 'lastSignInAt', i.last_sign_in_at)), '[]'::jsonb)
                      from auth.identities i where i.user_id = v_user),
    'sessions', (select coalesce(jsonb_agg(jsonb_build_object('since', s.created_at, 'userAgent', s.user_agent, 'ip', s.ip)), '[]'::jsonb)
                 from auth.sessions s where s.user_id = v_user),
    'profile', (select to_jsonb(p) from public.profiles p where p.id = v_user),
    'accountHistory', (select coalesce(jsonb_agg(jsonb_build_object('action', a.action, 'detail', a.detail, 'at', a.at) order by a.at), '[]'::jsonb)
                       from private.account_audit a where a.user_id = v_user),
    'modelAnswers', (select coalesce(jsonb_agg(jsonb_build_object('provider', m.provider, 'model', m.model, 'answer', m.answer, 'at', m.created_at) order by m.created_at), '[]'::jsonb)
                     from private.ai_answers m where m.user_id = v_user),
    'modelSpending', (select coalesce(jsonb_agg(jsonb_build_object('day', s.day, 'spentMicroUsd', s.spent_micro, 'reservedMicroUsd', s.reserved_micro) order by s.day), '[]'::jsonb)
                      from private.ai_spending s where s.user_id = v_user),
    'data', v_data
  );
end;
$$;

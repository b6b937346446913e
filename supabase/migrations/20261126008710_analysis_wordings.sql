-- The insights of an analysis in other words: for the one person who asked for them. What an insight rests on stays where it
-- is, in the result; here stand only its number there and its new sentence.

create table public.analysis_wordings (
  analysis_id uuid not null references public.analyses (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  provider text not null check (length(provider) <= 40),
  model text not null check (length(model) <= 120),
  -- [{insight, sentence, quotes}], in the order of reading.
  items jsonb not null check (jsonb_typeof(items) = 'array' and octet_length(items::text) <= 131072),
  created_at timestamptz not null default now(),
  primary key (analysis_id, user_id)
);
create index analysis_wordings_of_user on public.analysis_wordings (user_id);

revoke all on public.analysis_wordings from public, anon, authenticated, service_role;
grant select on public.analysis_wordings to authenticated;
alter table public.analysis_wordings enable row level security;

create policy "People read the wordings that they asked for" on public.analysis_wordings
  for select to authenticated
  using (user_id = (select auth.uid()));

-- Keeps a wording; a second one replaces the first.
create or replace function public.keep_analysis_wording(p_user uuid, p_analysis uuid, p_provider text, p_model text, p_items jsonb)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if not private.may_see_analysis(p_analysis, p_user) then
    perform private.refuse(404, 'not_found', 'There is no such analysis.');
  end if;
  insert into public.analysis_wordings (analysis_id, user_id, provider, model, items)
  values (p_analysis, p_user, p_provider, p_model, p_items)
  on conflict (analysis_id, user_id) do update
    set provider = excluded.provider, model = excluded.model, items = excluded.items, created_at = now();
end;
$$;

-- Goes back to the rules' own words.
create or replace function public.forget_analysis_wording(p_user uuid, p_analysis uuid)
returns void
language sql
security definer
set search_path = ''
as $$
  delete from public.analysis_wordings w where w.analysis_id = p_analysis and w.user_id = p_user;
$$;

grant execute on function public.keep_analysis_wording(uuid, uuid, text, text, jsonb) to service_role;
grant execute on function public.forget_analysis_wording(uuid, uuid) to service_role;

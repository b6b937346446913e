-- What became of each file of an analysis: its language and how that was found, or why it does not count.

-- A thousand files a row: nobody asks for one alone, and fifty thousand rows an analysis would be no help.
create table public.analysis_files (
  analysis_id uuid not null references public.analyses (id) on delete cascade,
  -- Number of its first file, in the order of their paths.
  first_file integer not null check (first_file >= 0),
  -- [{path, language, why, skipped, bytes, lines}]
  files jsonb not null check (jsonb_typeof(files) = 'array'),
  primary key (analysis_id, first_file)
);

revoke all on public.analysis_files from public, anon, authenticated, service_role;
grant select on public.analysis_files to authenticated;

alter table public.analysis_files enable row level security;

create policy "Those who asked for an analysis read what became of each file" on public.analysis_files
  for select to authenticated
  using (exists (
    select 1 from public.analysis_askers a
    where a.analysis_id = analysis_files.analysis_id and a.user_id = (select auth.uid())
  ));

-- Keeps a part of the files, from the p_from-th on; a new scan begins at 0 and replaces what an earlier attempt left.
-- Returns false when the analysis is over.
create or replace function public.record_analysis_files(p_analysis uuid, p_from integer, p_files jsonb)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform 1 from public.analyses a where a.id = p_analysis and a.status in ('queued', 'running') for share;
  if not found then
    return false;
  end if;
  if p_from = 0 then
    delete from public.analysis_files f where f.analysis_id = p_analysis;
  end if;
  insert into public.analysis_files (analysis_id, first_file, files) values (p_analysis, p_from, p_files)
  on conflict (analysis_id, first_file) do update set files = excluded.files;
  return true;
end;
$$;

grant execute on function public.record_analysis_files(uuid, integer, jsonb) to service_role;

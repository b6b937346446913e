-- Pages of what became of each file of an analysis. Both run as the caller, so that row level security decides.

-- Files after the p_after-th in the order of their paths, of a language and counted or not when told:
-- [{number, path, language, why, skipped, bytes, lines}].
create or replace function public.list_analysis_files(
  p_analysis uuid, p_language text, p_counted boolean, p_after integer, p_limit integer
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(page.file || jsonb_build_object('number', page.number) order by page.number), '[]'::jsonb)
  from (
    select f.first_file + each.position::integer - 1 as number, each.file
    from public.analysis_files f
    cross join lateral jsonb_array_elements(f.files) with ordinality as each (file, position)
    where f.analysis_id = p_analysis
      and f.first_file + jsonb_array_length(f.files) - 1 > p_after
      and f.first_file + each.position - 1 > p_after
      and (p_language is null or each.file ->> 'language' = p_language)
      and (p_counted is null or (jsonb_typeof(each.file -> 'skipped') = 'null') = p_counted)
    order by number
    limit least(greatest(p_limit, 1), 501)
  ) page;
$$;

-- How many files of each language there are, and how many of them count: [{language, files, counted}]; null is no language.
create or replace function public.list_analysis_file_languages(p_analysis uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(
    jsonb_build_object('language', by_language.language, 'files', by_language.files, 'counted', by_language.counted)
    order by by_language.files desc, by_language.language
  ), '[]'::jsonb)
  from (
    select each.file ->> 'language' as language, count(*) as files,
      count(*) filter (where jsonb_typeof(each.file -> 'skipped') = 'null') as counted
    from public.analysis_files f cross join lateral jsonb_array_elements(f.files) as each (file)
    where f.analysis_id = p_analysis
    group by 1
  ) by_language;
$$;

revoke all on function public.list_analysis_files(uuid, text, boolean, integer, integer) from public, anon, service_role;
revoke all on function public.list_analysis_file_languages(uuid) from public, anon, service_role;
grant execute on function public.list_analysis_files(uuid, text, boolean, integer, integer) to authenticated;
grant execute on function public.list_analysis_file_languages(uuid) to authenticated;

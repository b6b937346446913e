-- Broadcasts what is not the consequence of a row in this database. What a SQL function changes, that function
-- announces itself with realtime.send, in its own transaction.
create or replace function public.publish_message(
  p_topic text,
  p_private boolean,
  p_type text,
  p_data jsonb,
  p_version bigint
)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if p_topic !~ '^[a-z]+:[a-z0-9-]+$' then
    perform private.refuse(422, 'rule_broken', 'There is no channel with this name.');
  end if;
  perform realtime.send(
    jsonb_build_object(
      'type', p_type,
      'data', p_data,
      'version', p_version,
      'at', to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
    ),
    p_type, p_topic, p_private
  );
end;
$$;

revoke all on function public.publish_message(text, boolean, text, jsonb, bigint) from public, anon, authenticated;
grant execute on function public.publish_message(text, boolean, text, jsonb, bigint) to service_role;

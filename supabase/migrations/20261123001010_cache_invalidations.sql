-- Publishes what is no longer true, so that caches that could not be told are told again: the event
-- outlives a process, a Redis and a CDN that were away. A function that changes data may also append it
-- itself, in its own transaction.
create or replace function public.publish_cache_invalidation(p_invalidation jsonb)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
begin
  if jsonb_typeof(p_invalidation) is distinct from 'object' then
    perform private.refuse(422, 'rule_broken', 'An invalidation names keys, tags or patterns.');
  end if;
  return private.append_outbox('cache', gen_random_uuid(), 'cache/invalidated', p_invalidation);
end;
$$;

revoke all on function public.publish_cache_invalidation(jsonb) from public, anon, authenticated;
grant execute on function public.publish_cache_invalidation(jsonb) to service_role;

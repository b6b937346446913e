/**
 * What must hold for whatever a migration adds, as questions to the catalogue: each answers with the names of what
 * breaks the law. `planted` breaks it in a transaction that is taken back, `finds` is the name it must then answer.
 */
export interface CatalogueLaw {
  readonly name: string;
  readonly query: string;
  readonly planted: string;
  readonly finds: string;
}

const OURS = "n.nspname in ('public', 'private')";
const FUNCTIONS = "pg_proc p join pg_namespace n on n.oid = p.pronamespace";
const RELATIONS = "pg_class c join pg_namespace n on n.oid = c.relnamespace";

export const CATALOGUE_LAWS: readonly CatalogueLaw[] = [
  {
    name: "row level security is on for every table",
    query: `select n.nspname || '.' || c.relname from ${RELATIONS}
      where ${OURS} and c.relkind in ('r', 'p') and not c.relrowsecurity`,
    planted: "create table private.planted (id uuid primary key)",
    finds: "private.planted",
  },
  {
    name: "a view runs as whoever asks (security_invoker)",
    query: `select n.nspname || '.' || c.relname from ${RELATIONS} where ${OURS} and c.relkind = 'v'
      and not coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)`,
    planted: "create view public.planted as select id from public.profiles",
    finds: "public.planted",
  },
  {
    name: "a SECURITY DEFINER function has an empty search_path",
    query: `select n.nspname || '.' || p.proname from ${FUNCTIONS}
      where ${OURS} and p.prosecdef and not coalesce(p.proconfig @> array['search_path=""'], false)`,
    planted:
      "create function private.planted() returns int language sql security definer set search_path = public as 'select 1'",
    finds: "private.planted",
  },
  {
    name: "a public function that runs with our rights is granted to a role by name, never to everyone",
    query: `select n.nspname || '.' || p.proname from ${FUNCTIONS}, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
      where ${OURS} and a.grantee = 0`,
    planted: `create function public.planted() returns int language sql as 'select 1';
      grant execute on function public.planted() to public`,
    finds: "public.planted",
  },
  {
    name: "sequences are closed to the API's roles",
    query: `select n.nspname || '.' || c.relname from ${RELATIONS}, pg_roles r
      where ${OURS} and c.relkind = 'S' and r.rolname in ('anon', 'authenticated')
        and has_sequence_privilege(r.rolname, c.oid, 'usage, update')`,
    planted: "create sequence public.planted; grant usage on sequence public.planted to authenticated",
    finds: "public.planted",
  },
  {
    name: "the API's roles make nothing in our schemas",
    query: `select n.nspname || ' by ' || r.rolname from pg_namespace n, pg_roles r
      where ${OURS} and r.rolname in ('anon', 'authenticated', 'service_role')
        and has_schema_privilege(r.rolname, n.oid, 'create')`,
    planted: "grant create on schema private to authenticated",
    finds: "private by authenticated",
  },
  {
    name: "anon does not even see the schema private",
    query: `select n.nspname || ' by ' || r.rolname from pg_namespace n, pg_roles r
      where n.nspname = 'private' and r.rolname = 'anon' and has_schema_privilege(r.rolname, n.oid, 'usage')`,
    planted: "grant usage on schema private to anon",
    finds: "private by anon",
  },
  {
    name: "every foreign key is indexed",
    query: `select k.conrelid::regclass || '.' || k.conname from pg_constraint k
      join pg_namespace n on n.oid = k.connamespace
      where k.contype = 'f' and ${OURS} and not exists (
        select from pg_index i where i.indrelid = k.conrelid and i.indisvalid
          and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~ 'IS NOT NULL')
          and (i.indkey::smallint[])[0:cardinality(k.conkey) - 1] @> k.conkey)`,
    planted: `create table private.planted (id uuid primary key, other int, user_id uuid references auth.users (id));
      create index on private.planted (other, user_id)`,
    finds: "private.planted.planted_user_id_fkey",
  },
  {
    name: "every id that a policy compares leads an index",
    query: `select distinct a.attrelid::regclass || '.' || a.attname from pg_policy p
      join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid
        and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.refobjid = p.polrelid
      join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      where ${OURS} and a.atttypid = 'uuid'::regtype
        and not exists (select from pg_index i where i.indrelid = a.attrelid and i.indkey[0] = a.attnum)`,
    planted: `create table public.planted (id uuid primary key, user_id uuid);
      alter table public.planted enable row level security;
      create policy "planted" on public.planted using (user_id = (select auth.uid()))`,
    finds: "planted.user_id",
  },
  {
    name: "a policy asks who the caller is once a statement, not once a row",
    query: `select name from (
        select polrelid::regclass || ': ' || polname as name,
          coalesce(pg_get_expr(polqual, polrelid), '') || ' ' || coalesce(pg_get_expr(polwithcheck, polrelid), '') as rule
        from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('public', 'private', 'realtime')) policies
      where regexp_count(rule, 'auth\\.(uid|jwt|role)\\(\\)') <> regexp_count(rule, 'SELECT \\(*auth\\.(uid|jwt|role)\\(\\)')`,
    planted: `create policy "planted" on public.profiles using (id = auth.uid())`,
    finds: "profiles: planted",
  },
  {
    name: "a policy names the roles it is for",
    query: `select polrelid::regclass || ': ' || polname from pg_policy p
      join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
      where ${OURS} and p.polroles = '{0}'::oid[]`,
    planted: `create policy "planted" on public.profiles using (id = (select auth.uid()))`,
    finds: "profiles: planted",
  },
];

import type { Connection } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";
import postgres from "postgres";
import { within } from "../process/within.ts";
import { sendFewerStatements } from "./fewer-statements.ts";
import type { Log } from "../service.ts";

/**
 * lite writes objects among a function's arguments as JSON text itself and hands that to the driver, which would
 * write it as JSON once more: the function would get a string where its caller sent an object.
 */
const asWritten = (oid: number) => ({
  to: oid,
  from: [oid],
  serialize: (value: unknown) => (typeof value === "string" && /^\s*[[{]/.test(value) ? value : JSON.stringify(value)),
  parse: (text: string) => JSON.parse(text) as unknown,
});

/**
 * lite's connection to a database that has hosted Supabase's roles and grants already.
 *
 * On first use lite would run `GRANT ALL` on every table with RLS to anon, authenticated and
 * service_role. Hosted Supabase does no such thing, and it would undo each `revoke` of our
 * migrations; telling lite that this was done already is the only switch it has. A test holds that
 * no grant changes (tests/integration/devstack/supabase.test.ts).
 * @throws Error when another version of lite no longer has that switch.
 */
export function connectLite(databaseUrl: string, poolSize: number): Connection {
  const connection = createPostgresConnection({
    url: databaseUrl,
    postgresOptions: {
      max: poolSize,
      idle_timeout: 60,
      connect_timeout: 5,
      onnotice: () => {},
      types: { json: asWritten(114), jsonb: asWritten(3802) },
    },
  });
  const internals = connection as unknown as { rlsState?: string; driver?: postgres.Sql };
  if (internals.rlsState !== "unknown") {
    throw new Error(
      "This version of @supabase/lite no longer keeps `rlsState`; see why devstack/supabase/schema-cache.ts needs it before upgrading.",
    );
  }
  internals.rlsState = "active";
  if (typeof internals.driver?.reserve !== "function") {
    throw new Error(
      "This version of @supabase/lite no longer keeps its pool as `driver`; see devstack/supabase/fewer-statements.ts before upgrading.",
    );
  }
  const { forget } = sendFewerStatements(internals.driver);
  const clear = connection.clearSchemaCache.bind(connection);
  connection.clearSchemaCache = async () => {
    forget();
    await clear();
  };
  refuseEmptySchema(connection as unknown as Connection);
  return connection as unknown as Connection;
}

/**
 * When the database is away lite's introspection prints the error and returns an empty schema, so that
 * every table "does not exist" (404). A database with `auth` in it is never empty: that is a failure.
 */
function refuseEmptySchema(connection: Connection): void {
  const introspect = connection.introspect.bind(connection);
  connection.introspect = async (options) => {
    const found = await introspect(options);
    if (found.tables.length > 0) return found;
    await connection.clearSchemaCache();
    throw new Error("CONNECTION_LOST: the schema could not be read");
  };
}

/** Drops lite's picture of the schema on `notify pgrst, 'reload schema'`, as PostgREST does. */
export async function followSchemaReloads(
  databaseUrl: string,
  connection: Connection,
  log: Log,
): Promise<() => Promise<void>> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  const reload = (why: string) => {
    connection.clearSchemaCache().then(
      () => log(`schema cache dropped: ${why}`),
      (error: unknown) => log(`schema cache could not be dropped: ${String(error)}`),
    );
  };
  // The second callback runs whenever the connection is (re)made: notices may have been missed meanwhile.
  await sql.listen(
    "pgrst",
    (payload) => reload(`notify pgrst ${payload}`),
    () => reload("listening"),
  );
  return async () => {
    await within(sql.end({ timeout: 1 }), 2_000);
  };
}

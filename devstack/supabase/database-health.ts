import postgres from "postgres";
import { within } from "../process/within.ts";

export interface DatabaseHealth {
  /** Whether the database answers a query within two seconds. */
  answers(): Promise<boolean>;
  close(): Promise<void>;
}

/** Asks the database over one connection of its own, one question at a time however many ask. */
export function watchDatabase(databaseUrl: string): DatabaseHealth {
  const sql = postgres(databaseUrl, { max: 1, connect_timeout: 2, idle_timeout: 20, onnotice: () => {} });
  let asking: Promise<boolean> | undefined;
  const ask = () => within(sql`select 1`, 2_000).catch(() => false); // A refused connection is the answer "no".
  return {
    answers() {
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    close: async () => {
      await within(sql.end({ timeout: 1 }), 2_000);
    },
  };
}

/** What the driver and PostgreSQL print when a connection is lost, refused or not yet possible. */
const LOST =
  /ECONNREFUSED|ECONNRESET|CONNECTION_(?:CLOSED|ENDED|DESTROYED|LOST)|CONNECT_TIMEOUT|57P0[123]|terminating connection/;

/** Whether a line in lite's output tells of a lost database rather than of a mistake. */
export function tellsOfLostDatabase(line: string): boolean {
  return LOST.test(line);
}

/** The answer of hosted Supabase while its database is out of reach (PostgREST's PGRST001). */
export function databaseDown(): Response {
  return Response.json(
    {
      code: "PGRST001",
      message: "Database client error. Retrying the connection.",
      details: "The database of the embedded stack does not answer; it is being restarted.",
      hint: null,
    },
    { status: 503, headers: { "retry-after": "1" } },
  );
}

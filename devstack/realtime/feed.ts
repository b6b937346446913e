import type { Sql } from "postgres";
import type { Log } from "../service.ts";

/** A broadcast that `realtime.send` stored. `topic` has no `realtime:` prefix. */
export interface StoredBroadcast {
  readonly topic: string;
  readonly event: string;
  readonly payload: unknown;
  readonly private: boolean;
}

export interface Feed {
  /** Stops reading; the pool is the caller's to end, which ends the listening connection too. */
  close(): void;
}

/** Reads without a wake-up, in case one was lost while the connection was down. */
const BACKSTOP_MS = 1_000;
const CLEAN_EVERY_MS = 60_000;
/** Rows are only a conveyor belt; hosted Supabase keeps them for days, here an hour helps debugging. */
const KEEP_ROWS = "1 hour";

/**
 * Hands over every broadcast that commits from now on, once, in the order of writing, also when a
 * transaction commits long after later ones: each read takes the rows that its snapshot sees and the
 * snapshot before did not. NOTIFY only wakes it; Postgres may restart underneath.
 *
 * @param sql the gateway's pool
 * @throws when the database cannot be read at the start
 */
export async function followBroadcasts(o: {
  sql: Sql;
  onBroadcast: (broadcast: StoredBroadcast) => void;
  log: Log;
}): Promise<Feed> {
  // Names the table, so that a database without the schema is found out now and not at the first message.
  const [first] = await o.sql<{ snapshot: string }[]>`
    select pg_current_snapshot()::text as snapshot, exists (select 1 from realtime.messages) as used`;
  let snapshot = first?.snapshot ?? "";
  let reading: Promise<void> | undefined;
  let again = false;
  let closed = false;
  let failing = false;

  async function readOnce(): Promise<void> {
    const rows = await o.sql<(StoredBroadcast & { snapshot: string; id: string | null })[]>`
      select pg_current_snapshot()::text as snapshot, m.id, m.topic, m.event, m.payload, m.private
      from (select 1) as always
      left join lateral (
        select id, seq, topic, event, payload, private from realtime.messages
        where xact_id >= pg_snapshot_xmin(${snapshot}::pg_snapshot)
          and not pg_visible_in_snapshot(xact_id, ${snapshot}::pg_snapshot)
          and extension = 'broadcast'
      ) as m on true
      order by m.seq`;
    snapshot = rows[0]?.snapshot ?? snapshot;
    if (closed) return;
    for (const row of rows) if (row.id !== null) o.onBroadcast(row);
  }

  function wake(): void {
    if (closed) return;
    if (reading) {
      again = true;
      return;
    }
    reading = readOnce()
      .then(() => {
        if (failing) o.log("realtime: the database is back; broadcasts go on");
        failing = false;
      })
      .catch((error: unknown) => {
        if (!failing && !closed)
          o.log(`realtime: cannot read broadcasts: ${error instanceof Error ? error.message : String(error)}`);
        failing = true;
      })
      .finally(() => {
        reading = undefined;
        if (again) {
          again = false;
          wake();
        }
      });
  }

  // The driver listens again by itself after a break; then it wakes us, for what was missed meanwhile.
  await o.sql.listen("devstack_realtime", wake, wake);
  const backstop = setInterval(wake, BACKSTOP_MS);
  const tidy = (): void => {
    removeOldBroadcasts(o.sql).catch((error: unknown) => {
      if (!closed) o.log(`realtime: old rows stay for now: ${error instanceof Error ? error.message : String(error)}`);
    });
  };
  tidy();
  const cleaner = setInterval(tidy, CLEAN_EVERY_MS);

  return {
    close: () => {
      closed = true;
      clearInterval(backstop);
      clearInterval(cleaner);
    },
  };
}

/** Deletes what has long been delivered. @returns how many rows went */
export async function removeOldBroadcasts(sql: Sql): Promise<number> {
  const gone =
    await sql`delete from realtime.messages where inserted_at < (now() - ${KEEP_ROWS}::interval) at time zone 'utc'`;
  return gone.count;
}

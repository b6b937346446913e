import { randomUUID } from "node:crypto";
import type { Sql, TransactionSql } from "postgres";
import type { Identity } from "./token.ts";

/** What row level security on `realtime.messages` lets one identity do on one topic. */
export interface Permissions {
  readonly broadcast: { readonly read: boolean; readonly write: boolean };
  readonly presence: { readonly read: boolean; readonly write: boolean };
}

export const EVERYTHING: Permissions = {
  broadcast: { read: true, write: true },
  presence: { read: true, write: true },
};

/** Carries the answer out of a transaction that must not commit. */
class RolledBack extends Error {
  readonly permissions: Permissions;
  constructor(permissions: Permissions) {
    super("rolled back on purpose");
    this.permissions = permissions;
  }
}

/**
 * Asks the policies, the way hosted Realtime does: two rows of the topic are written as the owner,
 * then read and written again as the caller, and all of it is rolled back. What the caller sees is
 * what it may receive; what it can write is what it may send.
 *
 * @param topic without its `realtime:` prefix
 * @throws when the database is out of reach or a policy itself fails
 */
export async function permissionsOn(sql: Sql, topic: string, identity: Identity): Promise<Permissions> {
  try {
    await sql.begin(async (tx) => {
      throw new RolledBack(await probe(tx, topic, identity));
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.permissions;
    throw error;
  }
  throw new Error("the probe transaction ended without an answer");
}

async function probe(tx: TransactionSql, topic: string, identity: Identity): Promise<Permissions> {
  const ids = { broadcast: randomUUID(), presence: randomUUID() };
  await tx`
    insert into realtime.messages (id, topic, extension, event, payload, private)
    values (${ids.broadcast}, ${topic}, 'broadcast', 'probe', '{}', true), (${ids.presence}, ${topic}, 'presence', 'probe', '{}', true)`;
  const subject = identity.claims["sub"];
  await tx`
    select set_config('statement_timeout', '5s', true),
           set_config('realtime.topic', ${topic}, true),
           set_config('request.jwt.claims', ${JSON.stringify(identity.claims)}, true),
           set_config('request.jwt.claim.sub', ${typeof subject === "string" ? subject : ""}, true),
           set_config('request.jwt.claim.role', ${identity.role}, true),
           set_config('role', ${identity.role}, true)`;
  const seen = await tx<{ extension: string }[]>`
    select extension from realtime.messages where id in (${ids.broadcast}, ${ids.presence})`;
  const reads = new Set(seen.map((row) => row.extension));
  return {
    broadcast: { read: reads.has("broadcast"), write: await canWrite(tx, topic, "broadcast") },
    presence: { read: reads.has("presence"), write: await canWrite(tx, topic, "presence") },
  };
}

const INSUFFICIENT_PRIVILEGE = "42501";

async function canWrite(tx: TransactionSql, topic: string, extension: "broadcast" | "presence"): Promise<boolean> {
  try {
    await tx.savepoint(
      (point) =>
        point`insert into realtime.messages (topic, extension, event, payload, private) values (${topic}, ${extension}, 'probe', '{}', true)`,
    );
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === INSUFFICIENT_PRIVILEGE) return false;
    throw error;
  }
}

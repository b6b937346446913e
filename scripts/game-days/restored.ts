import { chmod, mkdir } from "node:fs/promises";
import path from "node:path";
import { startPostgres } from "../../devstack/postgres/server.ts";
import { baseBackup, markAs, megabytes, ownerOf, writable } from "./copies.ts";
import { type GameDay, pause, secondsSince } from "./day.ts";
import { Donors, lossesOf, openCampaign, settled } from "./donors.ts";
import { until } from "./stack.ts";

const archiveIn = (folder: string): string => path.join(folder, "archive");

/**
 * Somebody empties the ledger by mistake. The database is restored from a base backup and the archived log to the moment before;
 * what was taken between the mistake and its discovery is named by a comparison with the payment provider.
 */
export const restored: GameDay = {
  name: "database-restored",
  stack: {
    postgres: (folder) => ({
      archive_mode: "on",
      archive_command: `mkdir -p ${archiveIn(folder)} && cp %p ${archiveIn(folder)}/%f`,
    }),
  },
  async run(stack, say) {
    await mkdir(archiveIn(stack.folder), { recursive: true });
    await chmod(archiveIn(stack.folder), 0o777); // PostgreSQL may run under an account of its own.
    const donors = new Donors(stack, await openCampaign(stack));
    let going = true;
    let traffic = donors.traffic(() => going);
    await pause(3_000);
    const target = path.join(stack.folder, "restored");
    await baseBackup(stack.database.current, stack.database.dataDir, target);
    say(`base backup of ${await megabytes(target)} MB taken with donors at work`);
    await pause(5_000);
    going = false;
    await traffic;
    await settled(stack);
    const wanted = donors.acknowledged().length;
    const [moment] = await stack.sql<{ at: string }[]>`select now()::text as at`;
    await pause(1_100);
    // Whose gifts come after that moment and before anybody notices.
    const late = new Donors(stack, await openCampaign(stack));
    await stack.sql.unsafe(
      "alter table private.ledger_entries disable trigger user; delete from private.ledger_entries; alter table private.ledger_entries enable trigger user",
    );
    say("the ledger is emptied by mistake");
    await late.insist().catch(() => undefined);

    const noticed = performance.now();
    say("noticed: the application is stopped, the database is restored");
    await stack.host.kill("SIGTERM");
    const old = ownerOf(stack.database.current);
    await old`select pg_switch_wal()`;
    await old.end({ timeout: 1 });
    await stack.database.current.close();
    await markAs(target, "recovery");
    const server = await startPostgres({
      port: 0,
      dataDir: target,
      settings: {
        restore_command: `cp ${archiveIn(stack.folder)}/%f %p`,
        recovery_target_time: moment?.at ?? "",
        recovery_target_action: "promote",
      },
      log: () => undefined,
      onSpawn: stack.guard,
    });
    stack.care(server, target);
    await writable(server);
    const restoredIn = secondsSince(noticed);
    stack.address.leadTo(server.port);
    await stack.host.start();
    const next = new Donors(stack, await openCampaign(stack));
    await next.insist();
    const recoverySeconds = secondsSince(noticed);
    say(`restored in ${restoredIn.toFixed(1)} s; the next gift was taken after ${recoverySeconds.toFixed(1)} s`);
    await settled(stack);
    const found = await compared(stack.sql);
    const losses = await lossesOf(stack, donors);
    const lost = late.acknowledged().length;
    if (found.length < lost) throw new Error(`${lost} gifts fell between, and a comparison names ${found.length}.`);
    return {
      recoverySeconds,
      losses,
      notes: [
        `${wanted} gifts before the moment, all there; ${lost} after it, each named by the comparison (${found.join(", ") || "none"})`,
        `database back after ${restoredIn.toFixed(1)} s`,
      ],
    };
  },
};

/** Compares with the provider, as an operator does after a restore. @returns what it names */
async function compared(sql: import("postgres").Sql): Promise<string[]> {
  const [begun] = await sql<{ id: string }[]>`
    select public.start_reconciliation('schedule', null, now() - interval '1 day') ->> 'id' as id`;
  await until("the comparison has ended", async () => {
    const [row] = await sql<{ state: string }[]>`
      select public.read_reconciliation(${begun?.id ?? ""}) ->> 'state' as state`;
    return row?.state === "completed";
  });
  const rows = await sql<{ kind: string }[]>`
    select kind from private.reconciliation_discrepancies where state = 'open' order by kind`;
  return rows.map(({ kind }) => kind);
}

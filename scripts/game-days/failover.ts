import path from "node:path";
import { startPostgres } from "../../devstack/postgres/server.ts";
import { baseBackup, followedBy, killPostgres, markAs, ownerOf, writable } from "./copies.ts";
import { type GameDay, pause, secondsSince } from "./day.ts";
import { Donors, lossesOf, openCampaign, settled } from "./donors.ts";
import { until } from "./stack.ts";

const STANDBY = "standby";

/** The database dies with donors at work, and its standby, which had every commit before it was acknowledged, takes its place. */
export const failover: GameDay = {
  name: "failover",
  async run(stack, say) {
    const donors = new Donors(stack, await openCampaign(stack));
    const primary = stack.database.current;
    const target = path.join(stack.folder, "standby");
    await baseBackup(primary, stack.database.dataDir, target);
    await markAs(target, "standby");
    const standby = await startPostgres({
      port: 0,
      dataDir: target,
      settings: { primary_conninfo: followedBy(primary, STANDBY), hot_standby: "on" },
      log: () => undefined,
      onSpawn: stack.guard,
    });
    stack.care(standby, target);
    const owner = ownerOf(primary);
    // From here on nothing is acknowledged that the standby has not written down.
    await owner.unsafe(`alter system set synchronous_standby_names = '${STANDBY}'`);
    await owner.unsafe("select pg_reload_conf()");
    await until("the standby follows, synchronously", async () => {
      const [row] = await owner<{ sync: string }[]>`select sync_state as sync from pg_stat_replication`;
      return row?.sync === "sync";
    });
    await owner.end({ timeout: 1 });
    say("a standby follows; donors are at work");
    let going = true;
    const traffic = donors.traffic(() => going);
    await pause(8_000);
    const before = donors.acknowledged().length;
    say(`killing the primary after ${before} gifts`);
    const killed = performance.now();
    await killPostgres(primary);
    const promoting = ownerOf(standby);
    await promoting`select pg_promote(true, 60)`;
    await promoting.end({ timeout: 1 });
    await writable(standby);
    stack.address.leadTo(standby.port);
    const promoted = secondsSince(killed);
    await donors.insist();
    const recoverySeconds = secondsSince(killed);
    say(`promoted after ${promoted.toFixed(1)} s, the next gift was taken after ${recoverySeconds.toFixed(1)} s`);
    await pause(5_000);
    going = false;
    await traffic;
    await settled(stack);
    return {
      recoverySeconds,
      losses: await lossesOf(stack, donors),
      notes: [
        `standby promoted ${promoted.toFixed(1)} s after the primary's death`,
        `${donors.told.size} gifts, ${before} of them taken before it died`,
      ],
    };
  },
};

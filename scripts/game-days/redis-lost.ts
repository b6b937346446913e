import { type GameDay, pause, secondsSince } from "./day.ts";
import { Donors, lossesOf, openCampaign, settled } from "./donors.ts";
import { until } from "./stack.ts";

/** Redis is killed with donors at work, stays away for fifteen seconds, and comes back empty. */
export const redisLost: GameDay = {
  name: "redis-lost",
  async run(stack, say) {
    const donors = new Donors(stack, await openCampaign(stack));
    const before = await donors.insist();
    let going = true;
    const traffic = donors.traffic(() => going);
    await pause(3_000);
    say("killing Redis, with all that it holds");
    const killed = performance.now();
    const { pid } = stack.redis.current;
    if (pid === null) throw new Error("This game day needs redis-server or valkey-server on the PATH.");
    process.kill(pid, "SIGKILL");
    const during = await donors.insist();
    const recoverySeconds = secondsSince(killed);
    say(`the next gift was taken after ${recoverySeconds.toFixed(1)} s, without Redis`);
    // The Redis answer to a key is gone: the database's is the truth.
    const replayed = await donors.give(before.gift);
    await pause(15_000);
    await stack.redis.start();
    const back = performance.now();
    await until("the health check calls us ready", async () => {
      const answer = await fetch(`${stack.url}/api/health/ready`);
      return ((await answer.json()) as { status: string }).status === "ready";
    });
    const seen = secondsSince(back);
    going = false;
    await traffic;
    await settled(stack);
    if (replayed.status !== 200 || replayed.pledgeId !== before.pledgeId)
      throw new Error(`A key that was answered before was answered ${replayed.status} without Redis.`);
    if (during.status !== 201 && during.status !== 200) throw new Error("No gift was taken without Redis.");
    return {
      recoverySeconds,
      losses: await lossesOf(stack, donors),
      notes: [
        `${donors.told.size} gifts, ${donors.acknowledged().length} taken`,
        `the application uses Redis again ${seen.toFixed(1)} s after its return`,
      ],
    };
  },
};

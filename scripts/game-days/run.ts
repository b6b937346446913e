/**
 * Rehearses an outage against a stack of its own on free ports, and says how long the recovery took and what was lost.
 *
 *   npm run game-day -- <name|all>
 *
 * Ends with 1 when something was lost, an invariant is broken, or the recovery took longer than five minutes.
 */
import { cpus, loadavg } from "node:os";
import type { GameDay } from "./day.ts";
import { DAYS } from "./days.ts";
import { startStack, until, type Stack } from "./stack.ts";

const LONGEST_SECONDS = 300;

/** What an outage leaves (word of its end, say) may be under way when the day is over: what is still wrong a minute later is wrong. */
async function brokenAtRest({ sql }: Stack): Promise<readonly object[]> {
  let broken: readonly object[] = [];
  const look = async (): Promise<boolean> => {
    broken = await sql`select * from private.check_invariants(true)`;
    return broken.length === 0;
  };
  await until("no invariant is broken", look, 60_000, 500).catch(() => undefined);
  return broken;
}

/** @returns whether it held */
async function hold(day: GameDay): Promise<boolean> {
  console.log(`\n${day.name}`);
  const stack = await startStack(day.stack);
  try {
    const { recoverySeconds, losses, notes } = await day.run(stack, (line) => console.log(`  … ${line}`));
    const broken = await brokenAtRest(stack);
    const lost = Object.entries(losses).flatMap(([what, list]) =>
      (list as readonly string[]).map((each) => `${what} ${each}`),
    );
    for (const note of notes) console.log(`  ${note}`);
    console.log(
      `  recovery ${recoverySeconds.toFixed(1)} s, lost: ${lost.join(", ") || "nothing"}, invariants broken: ${broken.length}, load ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores`,
    );
    for (const each of broken.slice(0, 5)) console.log(`  ${JSON.stringify(each)}`);
    return lost.length === 0 && broken.length === 0 && recoverySeconds <= LONGEST_SECONDS;
  } catch (error) {
    console.error(`  ${error instanceof Error ? error.stack : String(error)}`);
    if (error instanceof Error && error.cause) console.error(`  because ${String(error.cause)}`);
    console.error(`  the application's last words:\n${stack.host.said}`);
    return false;
  } finally {
    await stack.close();
  }
}

const wanted = process.argv[2];
const days = wanted === "all" ? DAYS : DAYS.filter(({ name }) => name === wanted);
if (days.length === 0) {
  console.error(`Name a game day: ${DAYS.map(({ name }) => name).join(", ")}, or all.`);
  process.exit(2);
}
const failed: string[] = [];
for (const day of days) if (!(await hold(day))) failed.push(day.name);
console.log(
  `\n${days.length - failed.length} held, ${failed.length} did not${failed.length > 0 ? `: ${failed.join(", ")}` : ""}`,
);
process.exit(failed.length === 0 ? 0 : 1);

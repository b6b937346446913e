import "../../devstack/postgres/repair-driver.ts";
import { startCluster } from "./cluster.ts";
import { runSchedule } from "./run-schedule.ts";
import { scheduleSchema } from "./steps.ts";

/**
 * A worker of the simulation: one process with one PostgreSQL, which runs the schedules that it is sent, one after another. Its first
 * argument is the bundled application.
 */
const script = process.argv[2] ?? "";
const cluster = await startCluster();
let turn: Promise<void> = Promise.resolve();

process.on("message", (message) => {
  const schedule = scheduleSchema.parse(message);
  turn = turn.then(async () => {
    const result = await runSchedule(cluster, script, schedule);
    process.send?.(result);
  });
});
// Whoever started it has gone, or has no more seeds.
process.on("disconnect", () => {
  void turn.finally(() => cluster.close()).finally(() => process.exit(0));
});
process.send?.({ ready: true });

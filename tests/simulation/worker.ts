/**
 * A worker of the simulation: one process with one PostgreSQL, which runs the schedules that it is sent, one after another. Its
 * arguments are the bundled application and, where there is one, the name of a planted bug.
 */
await import("../../devstack/postgres/repair-driver.ts"); // Before anything loads the driver.
const [{ startCluster }, { mutantNamed }, { runSchedule }, { scheduleSchema }] = await Promise.all([
  import("./cluster.ts"),
  import("./mutants.ts"),
  import("./run-schedule.ts"),
  import("./steps.ts"),
]);

const [, , script = "", planted] = process.argv;
const cluster = await startCluster(planted === undefined ? null : mutantNamed(planted));
let turn: Promise<void> = Promise.resolve();

process.on("message", (message) => {
  const schedule = scheduleSchema.parse(message);
  turn = turn.then(async () => {
    process.send?.(await runSchedule(cluster, script, schedule));
  });
});
// Whoever started it has gone, or has no more seeds.
process.on("disconnect", () => {
  void turn.finally(() => cluster.close()).finally(() => process.exit(0));
});
process.send?.("ready");

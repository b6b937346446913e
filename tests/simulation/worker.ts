/**
 * A worker of the simulation: one process with one PostgreSQL, which runs the schedules that it is sent, one after another. Its first
 * argument is the bundled application.
 */
await import("../../devstack/postgres/repair-driver.ts"); // Before anything loads the driver.
const [{ startCluster }, { runSchedule }, { scheduleSchema }] = await Promise.all([
  import("./cluster.ts"),
  import("./run-schedule.ts"),
  import("./steps.ts"),
]);

const script = process.argv[2] ?? "";
const cluster = await startCluster();
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

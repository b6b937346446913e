/**
 * A worker of the simulation: one process with one PostgreSQL, which runs the schedules that it is sent, one after another, each with
 * the bundled application and the bug that is planted.
 */
await import("../../devstack/postgres/repair-driver.ts"); // Before anything loads the driver.
const [{ startCluster }, { mutantNamed }, { runSchedule }, { orderSchema }] = await Promise.all([
  import("./cluster.ts"),
  import("./mutants.ts"),
  import("./run-schedule.ts"),
  import("./steps.ts"),
]);

const cluster = await startCluster();
let standing: string | null = null;
let turn: Promise<void> = Promise.resolve();

process.on("message", (message) => {
  const { schedule, script, planted } = orderSchema.parse(message);
  turn = turn.then(async () => {
    if (planted !== standing) await cluster.plant(planted === null ? null : mutantNamed(planted));
    standing = planted;
    process.send?.(await runSchedule(cluster, script, schedule));
  });
});
// Whoever started it has gone, or has no more seeds.
process.on("disconnect", () => {
  void turn.finally(() => cluster.close()).finally(() => process.exit(0));
});
process.send?.("ready");

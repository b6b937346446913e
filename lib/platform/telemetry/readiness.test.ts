import { expect, it } from "vitest";
import { Readiness } from "./readiness";

const up = async () => {};
const down = () => Promise.reject(new Error("away"));
const hung = () => new Promise<void>(() => {});

it.each([
  ["ready", up, up],
  ["degraded", up, down],
  ["degraded", up, hung],
  ["unready", down, up],
  ["unready", hung, hung],
] as const)("is %s", async (status, database, redis) => {
  const readiness = new Readiness(
    { database: { needed: true, ask: database }, redis: { needed: false, ask: redis } },
    50,
  );
  const report = await readiness.check();
  expect(report.status).toBe(status);
  expect(report.checks["database"]?.status).toBe(database === up ? "up" : "down");
  expect(report.checks["redis"]?.status).toBe(redis === up ? "up" : "down");
});

it("asks once for all who ask at once", async () => {
  let asked = 0;
  const readiness = new Readiness({ database: { needed: true, ask: async () => void (asked += 1) } });
  await Promise.all(Array.from({ length: 100 }, () => readiness.check()));
  await readiness.check();
  expect(asked).toBe(1);
});

it("tells a dependency to stop at the deadline", async () => {
  let told = false;
  const ask = (signal: AbortSignal) => new Promise<void>(() => signal.addEventListener("abort", () => (told = true)));
  await new Readiness({ database: { needed: true, ask } }, 20).check();
  expect(told).toBe(true);
});

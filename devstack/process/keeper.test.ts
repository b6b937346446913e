import { expect, test, vi } from "vitest";
import { keep, type NativeService } from "./keeper.ts";

/** Services that end when the test says so, and the names of those that were asked to close. */
function services(fail: (start: number) => boolean = () => false) {
  const running: { end(): void }[] = [];
  const closed: number[] = [];
  let starts = 0;
  const start = async (): Promise<NativeService> => {
    starts += 1;
    if (fail(starts)) throw new Error("it cannot start");
    const pid = starts;
    const exit = Promise.withResolvers<void>();
    running.push({ end: () => exit.resolve() });
    return {
      url: "http://127.0.0.1:1",
      port: 1,
      pid,
      exited: exit.promise,
      close: async () => {
        closed.push(pid);
        exit.resolve();
      },
    };
  };
  return { start, running, closed, starts: () => starts };
}
const guardian = () => {
  const groups = new Set<number>();
  return { groups, add: (pid: number) => void groups.add(pid), drop: (pid: number) => void groups.delete(pid) };
};
const until = (look: () => void) => vi.waitFor(look, { timeout: 20_000, interval: 5 });

test("what ends by itself is started again, counted, and guarded by its new number", async () => {
  const { start, running, closed } = services();
  const guard = guardian();
  const kept = await keep(start, guard, () => {});
  expect([...guard.groups]).toEqual([1]);
  running[0]?.end();
  await until(() => expect(kept.restarts).toBe(1));
  expect([kept.up, kept.current.pid, [...guard.groups]]).toEqual([true, 2, [2]]);
  await kept.close();
  expect(closed).toEqual([2]);
  expect(guard.groups.size).toBe(0);
});

test("what dies soon after each start is given up, and says how often it was tried", async () => {
  const { start, running, starts } = services();
  const lines: string[] = [];
  const kept = await keep(start, guardian(), (line) => lines.push(line), { deaths: 3, withinMs: 60_000 });
  for (let death = 0; death < 3; death += 1) {
    await until(() => expect(running).toHaveLength(death + 1));
    running[death]?.end();
  }
  await kept.gaveUp;
  expect([starts(), kept.up, kept.restarts]).toEqual([3, false, 2]);
  expect(lines.at(-1)).toContain("3 times in a row");
  await kept.close();
});

test("a start that fails counts like a death", async () => {
  const { start, running, starts } = services((n) => n > 1);
  const kept = await keep(start, guardian(), () => {}, { deaths: 3, withinMs: 60_000 });
  running[0]?.end();
  await kept.gaveUp;
  expect(starts()).toBe(3);
  await kept.close();
});

test("what lived long enough begins to count anew", async () => {
  const { start, running } = services();
  const kept = await keep(start, guardian(), () => {}, { deaths: 2, withinMs: 1 });
  for (let death = 0; death < 4; death += 1) {
    await until(() => expect(running).toHaveLength(death + 1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    running[death]?.end();
  }
  await until(() => expect(kept.restarts).toBe(4));
  await kept.close();
});

test("closing while it is being started again ends the new one too", async () => {
  const { start, running, closed } = services();
  const door = Promise.withResolvers<void>();
  const guard = guardian();
  let starts = 0;
  const kept = await keep(
    async () => {
      starts += 1;
      if (starts > 1) await door.promise;
      return start();
    },
    guard,
    () => {},
  );
  running[0]?.end();
  await until(() => expect(starts).toBe(2));
  const closing = kept.close();
  door.resolve();
  await closing;
  expect(closed).toEqual([1, 2]);
  expect(guard.groups.size).toBe(0);
});

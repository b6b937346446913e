import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AppError } from "@/lib/kernel/errors";
import { Batcher, type BatchCount } from "./batcher";

const item = (id: number) => ({ id: String(id) });
const items = (count: number, from = 0) => Array.from({ length: count }, (_, index) => item(from + index));
const down = () => new AppError("database_unavailable", "away");
const no = () => new AppError("rule_broken", "never");

function batcher(write: (batch: readonly { id: string }[]) => Promise<void>, capacity = 1_000) {
  const counts: Partial<Record<BatchCount, number>> = {};
  const made = new Batcher<{ id: string }>({
    write,
    maxItems: 100,
    maxAgeMs: 1_000,
    capacity,
    onCount: (count, of) => (counts[count] = (counts[count] ?? 0) + of),
    log: { warn: () => undefined, error: () => undefined },
  });
  return { made, counts };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("Batcher", () => {
  it("writes at 100 items without waiting", async () => {
    const write = vi.fn<() => Promise<void>>(() => Promise.resolve());
    const { made } = batcher(write);
    for (const one of items(99)) made.add(one);
    await vi.advanceTimersByTimeAsync(0);
    expect(write).not.toHaveBeenCalled();
    made.add(item(99));
    await vi.advanceTimersByTimeAsync(0);
    expect(write).toHaveBeenCalledExactlyOnceWith(items(100));
    expect(made.waiting).toBe(0);
  });

  it("writes what there is after a second", async () => {
    const write = vi.fn<() => Promise<void>>(() => Promise.resolve());
    const { made } = batcher(write);
    made.add(item(1));
    await vi.advanceTimersByTimeAsync(999);
    expect(write).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(write).toHaveBeenCalledExactlyOnceWith([item(1)]);
  });

  it("keeps order and loses nothing over failures, later each time", async () => {
    const written: string[] = [];
    const at: number[] = [];
    let failures = 4;
    const { made, counts } = batcher(async (batch) => {
      at.push(Date.now());
      if (failures-- > 0) throw down();
      written.push(...batch.map(({ id }) => id));
    });
    for (const one of items(150)) made.add(one);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(written).toEqual(items(150).map(({ id }) => id));
    expect(counts).toMatchObject({ accepted: 150, written: 150 });
    const waits = at.slice(1, 5).map((time, index) => time - (at[index] ?? 0));
    waits.forEach((wait, index) => {
      expect(wait).toBeGreaterThanOrEqual(500 * 2 ** index);
      expect(wait).toBeLessThanOrEqual(1_000 * 2 ** index);
    });
  });

  it("refuses new items when it is full, counts them, and keeps every accepted one", async () => {
    let away = true;
    const written: string[] = [];
    const { made, counts } = batcher(async (batch) => {
      if (away) throw down();
      written.push(...batch.map(({ id }) => id));
    }, 250);
    const taken = items(300).filter((one) => made.add(one));
    expect(taken).toEqual(items(250));
    expect(counts).toMatchObject({ accepted: 250, refused: 50 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(made.waiting).toBe(250);
    away = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(written).toEqual(taken.map(({ id }) => id));
    expect(made.add(item(999))).toBe(true);
  });

  it("finds the one item that is refused each time, and writes all others once", async () => {
    const written: string[] = [];
    const { made, counts } = batcher(async (batch) => {
      if (batch.some(({ id }) => id === "37")) throw no();
      written.push(...batch.map(({ id }) => id));
    });
    for (const one of items(100)) made.add(one);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(written).toEqual(items(100).flatMap(({ id }) => (id === "37" ? [] : [id])));
    expect(counts).toMatchObject({ written: 99, rejected: 1 });
    expect(made.waiting).toBe(0);
  });

  it("never gives up on an item because the target is away", async () => {
    const { made, counts } = batcher(() => Promise.reject(down()));
    made.add(item(1));
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(made.waiting).toBe(1);
    expect(counts.rejected).toBeUndefined();
  });

  it("writes all at the end of a process, and says what it could not", async () => {
    const write = vi.fn<() => Promise<void>>(() => Promise.resolve());
    const { made } = batcher(write);
    for (const one of items(30)) made.add(one);
    expect(await made.close(2_000)).toBe(0);
    expect(write).toHaveBeenCalledTimes(1);

    const hopeless = batcher(() => new Promise(() => undefined));
    hopeless.made.add(item(1));
    const closing = hopeless.made.close(2_000);
    await vi.advanceTimersByTimeAsync(2_100);
    expect(await closing).toBe(1);
  });
});

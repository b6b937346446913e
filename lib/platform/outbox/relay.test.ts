import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { DrainReport } from "./drain";
import { Relay, type RelayOptions } from "./relay";

const REPORT: DrainReport = { published: 0, retried: 0, dead: 0, outage: false };
const stopping = { now: new AbortController() };

beforeEach(() => {
  vi.useFakeTimers();
  stopping.now = new AbortController();
});
afterEach(() => {
  stopping.now.abort();
  vi.useRealTimers();
});

function running(drain: () => Promise<DrainReport>) {
  const onError = vi.fn<RelayOptions["onError"]>();
  const relay = new Relay({ drain: vi.fn<RelayOptions["drain"]>(drain), onError });
  const ended = relay.run(stopping.now.signal);
  return { relay, ended, onError };
}

describe("run", () => {
  test("drains every 100 ms, at once when woken, and ends when asked to", async () => {
    const drain = vi.fn<() => Promise<DrainReport>>(async () => REPORT);
    const { relay, ended } = running(drain);
    await vi.advanceTimersByTimeAsync(350);
    expect(drain).toHaveBeenCalledTimes(4);
    relay.wake();
    await vi.advanceTimersByTimeAsync(1);
    expect(drain).toHaveBeenCalledTimes(5);
    stopping.now.abort();
    await ended;
  });

  test("a commit during a drain is not slept over", async () => {
    const first = Promise.withResolvers<DrainReport>();
    const drain = vi.fn<() => Promise<DrainReport>>(async () => REPORT).mockImplementationOnce(() => first.promise);
    const { relay } = running(drain);
    relay.wake();
    first.resolve(REPORT);
    await vi.advanceTimersByTimeAsync(1);
    expect(drain).toHaveBeenCalledTimes(2);
  });

  test("asks more and more seldom while nobody can be reached, a commit or not, and recovers", async () => {
    let outage = true;
    const drain = vi.fn<() => Promise<DrainReport>>(async () => ({ ...REPORT, outage }));
    const { relay } = running(drain);
    await vi.advanceTimersByTimeAsync(1_500); // after 0, 200, 600 and 1,400 ms
    relay.wake();
    await vi.advanceTimersByTimeAsync(1);
    expect(drain).toHaveBeenCalledTimes(4);
    outage = false;
    await vi.advanceTimersByTimeAsync(10_000);
    const after = drain.mock.calls.length;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(drain.mock.calls.length - after).toBe(10);
  });

  test("goes on after an error, at most every 10 s", async () => {
    const { onError } = running(() => Promise.reject(new Error("down")));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(onError.mock.calls.at(-1)).toEqual([new Error("down"), expect.any(Number), 10_000]);
    expect(onError.mock.calls.length).toBeLessThan(20);
  });
});

describe("drain", () => {
  test("calls that come during a drain share the one after it", async () => {
    const turns = [Promise.withResolvers<DrainReport>(), Promise.withResolvers<DrainReport>()];
    const drain = vi.fn<() => Promise<DrainReport>>();
    for (const turn of turns) drain.mockReturnValueOnce(turn.promise);
    const relay = new Relay({ drain, onError: vi.fn<RelayOptions["onError"]>() });
    const first = relay.drain();
    const [second, third] = [relay.drain(), relay.drain()];
    expect(drain).toHaveBeenCalledTimes(1);
    turns[0]?.resolve({ ...REPORT, published: 1 });
    turns[1]?.resolve({ ...REPORT, published: 2 });
    expect(await Promise.all([first, second, third])).toMatchObject([
      { published: 1 },
      { published: 2 },
      { published: 2 },
    ]);
    expect(drain).toHaveBeenCalledTimes(2);
  });

  test("a failed drain does not fail the one after it", async () => {
    const drain = vi.fn<() => Promise<DrainReport>>(async () => REPORT).mockRejectedValueOnce(new Error("down"));
    const relay = new Relay({ drain, onError: vi.fn<RelayOptions["onError"]>() });
    const [first, second] = [relay.drain(), relay.drain()];
    await expect(first).rejects.toThrow("down");
    await expect(second).resolves.toEqual(REPORT);
    await expect(relay.drain()).resolves.toEqual(REPORT);
  });
});

describe("share", () => {
  test("after a quiet while a request drains at once; who ends within 50 ms of that shares the next drain", async () => {
    const drain = vi.fn<() => Promise<DrainReport>>(async () => REPORT);
    const relay = new Relay({ drain, onError: vi.fn<RelayOptions["onError"]>() });
    await relay.share();
    expect(drain).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(20);
    const sharing = [relay.share(), relay.share()];
    await vi.advanceTimersByTimeAsync(29);
    sharing.push(relay.share());
    expect(drain).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(drain).toHaveBeenCalledTimes(2);
    expect(await Promise.all(sharing)).toEqual([REPORT, REPORT, REPORT]);
    await vi.advanceTimersByTimeAsync(50);
    await relay.share();
    expect(drain).toHaveBeenCalledTimes(3);
  });

  test("what was written while a drain ran is looked for by one that begins later", async () => {
    const slow = Promise.withResolvers<DrainReport>();
    const drain = vi.fn<() => Promise<DrainReport>>(async () => REPORT).mockReturnValueOnce(slow.promise);
    const relay = new Relay({ drain, onError: vi.fn<RelayOptions["onError"]>() });
    const first = relay.share();
    await vi.advanceTimersByTimeAsync(60);
    const second = relay.share();
    expect(drain).toHaveBeenCalledTimes(1);
    slow.resolve({ ...REPORT, published: 1 });
    expect(await Promise.all([first, second])).toEqual([{ ...REPORT, published: 1 }, REPORT]);
    expect(drain).toHaveBeenCalledTimes(2);
  });

  test("a shared drain that fails fails its own sharers alone", async () => {
    const drain = vi.fn<() => Promise<DrainReport>>(async () => REPORT);
    const relay = new Relay({ drain, onError: vi.fn<RelayOptions["onError"]>() });
    await relay.share();
    drain.mockRejectedValueOnce(new Error("down"));
    const failing = Promise.allSettled([relay.share(), relay.share()]);
    await vi.advanceTimersByTimeAsync(50);
    expect((await failing).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await vi.advanceTimersByTimeAsync(50);
    await expect(relay.share()).resolves.toEqual(REPORT);
  });
});

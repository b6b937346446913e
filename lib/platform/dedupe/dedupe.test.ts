import { describe, expect, it, vi } from "vitest";
import { Dedupe } from "./dedupe";

function work() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const signals: AbortSignal[] = [];
  const start = vi.fn<(signal: AbortSignal) => Promise<string>>((signal) => {
    signals.push(signal);
    return promise;
  });
  return { start, resolve, reject, signals };
}

describe("Dedupe", () => {
  it("does the work once for a thousand callers at once", async () => {
    const dedupe = new Dedupe<string>();
    const { start, resolve } = work();
    const all = Array.from({ length: 1_000 }, () => dedupe.share("k", start));
    await Promise.resolve();
    resolve("value");
    expect(new Set(await Promise.all(all))).toEqual(new Set(["value"]));
    expect(start).toHaveBeenCalledTimes(1);
    expect(dedupe.size).toBe(0);
  });

  it("keeps keys apart", async () => {
    const dedupe = new Dedupe<string>();
    const load = vi.fn<(key: string) => Promise<string>>((key) => Promise.resolve(key));
    expect(await Promise.all(["a", "b", "a"].map((key) => dedupe.share(key, () => load(key))))).toEqual([
      "a",
      "b",
      "a",
    ]);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it("works again for who comes after", async () => {
    const dedupe = new Dedupe<string>();
    const load = vi.fn<() => Promise<string>>(() => Promise.resolve("v"));
    await dedupe.share("k", load);
    await dedupe.share("k", load);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it("shares an error with those who wait, then forgets it", async () => {
    const dedupe = new Dedupe<string>();
    const { start, reject } = work();
    const both = Promise.allSettled([dedupe.share("k", start), dedupe.share("k", start)]);
    await Promise.resolve();
    const failure = new Error("no");
    reject(failure);
    expect((await both).map((result) => result.status === "rejected" && result.reason)).toEqual([failure, failure]);
    await expect(dedupe.share("k", () => Promise.resolve("fine"))).resolves.toBe("fine");
  });

  it("fails like any other when the work throws at once", async () => {
    const dedupe = new Dedupe<string>();
    const thrower = () => {
      throw new Error("at once");
    };
    await expect(dedupe.share("k", thrower)).rejects.toThrow("at once");
    expect(dedupe.size).toBe(0);
  });

  it("lets one caller leave, and the others go on", async () => {
    const dedupe = new Dedupe<string>();
    const { start, resolve, signals } = work();
    const caller = new AbortController();
    const leaving = dedupe.share("k", start, { signal: caller.signal });
    const staying = dedupe.share("k", start);
    await Promise.resolve();
    caller.abort(new Error("left"));
    await expect(leaving).rejects.toThrow("left");
    expect(signals[0]?.aborted).toBe(false);
    resolve("value");
    await expect(staying).resolves.toBe("value");
  });

  it("stops the work once everybody has left, and starts anew for the next", async () => {
    const dedupe = new Dedupe<string>();
    const abandoned = work();
    const callers = [new AbortController(), new AbortController()];
    const all = Promise.allSettled(callers.map(({ signal }) => dedupe.share("k", abandoned.start, { signal })));
    await Promise.resolve();
    for (const caller of callers) caller.abort(new Error("left"));
    await all;
    expect(abandoned.signals[0]?.aborted).toBe(true);
    await expect(dedupe.share("k", () => Promise.resolve("new"))).resolves.toBe("new");
    expect(abandoned.start).toHaveBeenCalledTimes(1);
  });

  it("does not begin for a caller who has already left", async () => {
    const dedupe = new Dedupe<string>();
    const { start } = work();
    await expect(dedupe.share("k", start, { signal: AbortSignal.abort(new Error("gone")) })).rejects.toThrow("gone");
    expect(start).not.toHaveBeenCalled();
  });
});

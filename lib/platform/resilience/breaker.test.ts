import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Breaker } from "./breaker";

const away = new Error("away");

/** An open breaker that is pinged as given. */
async function opened(ping: () => Promise<void>): Promise<Breaker> {
  const breaker = new Breaker({ failures: 5, openMs: 60_000, successes: 3, pingMs: 1_000 }, (error) => error === away);
  breaker.pingWith(ping);
  for (let n = 0; n < 5; n++) await breaker.execute(() => Promise.reject(away)).catch(() => undefined);
  expect(breaker.state).toBe("open");
  return breaker;
}

const knock = (breaker: Breaker) => breaker.execute(() => Promise.resolve("ok"));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("an open breaker with a ping", () => {
  it("begins the trial at the first one that is answered, and closes after three successes", async () => {
    const ping = vi.fn<() => Promise<void>>(() => Promise.resolve());
    const breaker = await opened(ping);
    await expect(knock(breaker)).rejects.toMatchObject({ name: "BreakerOpen", retryAfterMs: 1_000 });
    for (const expected of ["half_open", "half_open", "closed"]) {
      await expect(knock(breaker)).resolves.toBe("ok");
      expect(breaker.state).toBe(expected);
    }
    expect(ping).toHaveBeenCalledTimes(1);
  });

  it("stays open for 60 s while none is, pinging once a second at most and only for somebody", async () => {
    const ping = vi.fn<() => Promise<void>>(() => Promise.reject(away));
    const breaker = await opened(ping);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ping).toHaveBeenCalledTimes(0);
    for (let n = 0; n < 40; n++) {
      await expect(knock(breaker)).rejects.toMatchObject({ name: "BreakerOpen" });
      await vi.advanceTimersByTimeAsync(250);
    }
    expect(ping).toHaveBeenCalledTimes(10);
    await vi.advanceTimersByTimeAsync(40_000);
    await expect(knock(breaker)).resolves.toBe("ok");
  });

  it("is open again when the trial fails, whatever an earlier ping said", async () => {
    const ping = vi.fn<() => Promise<void>>(() => Promise.reject(away)).mockImplementationOnce(() => Promise.resolve());
    const breaker = await opened(ping);
    await knock(breaker).catch(() => undefined);
    await breaker.execute(() => Promise.reject(away)).catch(() => undefined);
    expect(breaker.state).toBe("open");
    await vi.advanceTimersByTimeAsync(5_000);
    await expect(knock(breaker)).rejects.toMatchObject({ name: "BreakerOpen" });
  });
});

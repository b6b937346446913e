import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OutsideCallError } from "./errors";
import type { GuardObserver } from "./guard";
import { POLICIES, type Policy, type PolicyName } from "./policies";
import { Resilience } from "./resilience";

const answered = (status: number, headers?: Record<string, string>) =>
  Object.assign(new Error(`HTTP ${status}`), { status, headers });

/** Guards whose `github` policy is changed as asked; the others stay. */
function guards(change: Partial<Policy> = {}, timeZone = "UTC"): Resilience {
  const policies: Record<PolicyName, Policy> = { ...POLICIES, github: { ...POLICIES.github, ...change } };
  return new Resilience(policies, () => timeZone);
}

/** Runs to the end while the fake clock is wound on, and says what came out and when. */
async function outcome<T>(work: Promise<T>): Promise<{ value?: T; error?: unknown; tookMs: number }> {
  const start = Date.now();
  let result: { value?: T; error?: unknown; tookMs: number } | undefined;
  work.then(
    (value) => (result = { value, tookMs: Date.now() - start }),
    (error: unknown) => (result = { error, tookMs: Date.now() - start }),
  );
  for (let step = 0; step < 4_000 && !result; step++) await vi.advanceTimersByTimeAsync(100);
  if (!result) throw new Error("It did not end.");
  return result;
}

const state = (resilience: Resilience) => resilience.states().find(({ policy }) => policy === "github")?.state;

async function open(resilience: Resilience): Promise<void> {
  for (let n = 0; n < 5; n++) {
    await resilience.run("github", () => Promise.reject(answered(503)), { repeatable: false }).catch(() => undefined);
  }
  expect(state(resilience)).toBe("open");
}

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-23T03:00:00Z") });
  vi.spyOn(Math, "random").mockReturnValue(0.999999);
});
afterEach(() => vi.useRealTimers());

describe("retry", () => {
  it("makes three attempts, a second and then two apart, and names attempts and cause", async () => {
    const call = vi.fn<() => Promise<never>>(() => Promise.reject(answered(503)));
    const { error, tookMs } = await outcome(guards().run("github", call));
    expect(call).toHaveBeenCalledTimes(3);
    expect(tookMs).toBeGreaterThanOrEqual(2_900);
    expect(tookMs).toBeLessThanOrEqual(3_200);
    expect(error).toBeInstanceOf(OutsideCallError);
    expect(error).toMatchObject({ policy: "github", because: "failed", attempts: 3, cause: { status: 503 } });
    expect(String(error)).toContain("github failed (3 attempts): HTTP 503");
  });

  it("stops at the first success", async () => {
    const call = vi.fn<() => Promise<string>>().mockRejectedValueOnce(answered(502)).mockResolvedValueOnce("fine");
    expect((await outcome(guards().run("github", call))).value).toBe("fine");
    expect(call).toHaveBeenCalledTimes(2);
  });

  it.each([400, 401, 402, 403, 404, 408, 410, 422, 451])(
    "never repeats a %i, and hands it on as it came",
    async (status) => {
      const refusal = answered(status);
      const call = vi.fn<() => Promise<never>>(() => Promise.reject(refusal));
      const { error } = await outcome(guards().run("github", call));
      expect(call).toHaveBeenCalledTimes(1);
      expect(error).toBe(refusal);
    },
  );

  it.each([409, 429])("repeats a %i", async (status) => {
    const call = vi.fn<() => Promise<never>>(() => Promise.reject(answered(status)));
    expect((await outcome(guards().run("github", call))).error).toMatchObject({ because: "busy", attempts: 3 });
    expect(call).toHaveBeenCalledTimes(3);
  });

  it("waits as long as Retry-After asks", async () => {
    const call = vi
      .fn<() => Promise<string>>()
      .mockRejectedValueOnce(answered(429, { "retry-after": "12" }))
      .mockResolvedValueOnce("ok");
    const { value, tookMs } = await outcome(guards().run("github", call));
    expect(value).toBe("ok");
    expect(tookMs).toBeGreaterThanOrEqual(12_000);
    expect(tookMs).toBeLessThanOrEqual(12_200);
  });

  it("gives up rather than come back before a Retry-After beyond the cap", async () => {
    const call = vi.fn<() => Promise<never>>(() => Promise.reject(answered(503, { "retry-after": "120" })));
    const { error } = await outcome(guards().run("github", call));
    expect(call).toHaveBeenCalledTimes(1);
    expect(error).toMatchObject({ attempts: 1, retryAfterSeconds: 120 });
  });

  it("makes five attempts in office hours", async () => {
    vi.setSystemTime(new Date("2026-11-23T10:00:00Z"));
    const call = vi.fn<() => Promise<never>>(() => Promise.reject(answered(500)));
    const ai = guards();
    expect((await outcome(ai.run("ai", call))).error).toMatchObject({ attempts: 5 });
    expect(call).toHaveBeenCalledTimes(5);
  });

  it("repeats nothing that may have acted, when told so, but what never arrived", async () => {
    const acted = vi.fn<() => Promise<never>>(() => Promise.reject(answered(500)));
    await outcome(guards().run("github", acted, { repeatable: false }));
    expect(acted).toHaveBeenCalledTimes(1);
    const refused = vi.fn<() => Promise<never>>(() =>
      Promise.reject(Object.assign(new Error("no"), { code: "ECONNREFUSED" })),
    );
    await outcome(guards().run("github", refused, { repeatable: false }));
    expect(refused).toHaveBeenCalledTimes(3);
  });

  it("does not repeat a defect of ours", async () => {
    const call = vi.fn<() => Promise<never>>(() => Promise.reject(new TypeError("x is undefined")));
    expect((await outcome(guards().run("github", call))).error).toBeInstanceOf(TypeError);
    expect(call).toHaveBeenCalledTimes(1);
  });

  it("ends waiting at once when the caller leaves, and calls no more", async () => {
    const caller = new AbortController();
    const call = vi.fn<() => Promise<never>>(() => Promise.reject(answered(500)));
    const work = outcome(guards().run("github", call, { signal: caller.signal }));
    await vi.advanceTimersByTimeAsync(200);
    caller.abort(new Error("closed the tab"));
    const { error, tookMs } = await work;
    expect(error).toEqual(new Error("closed the tab"));
    expect(tookMs).toBeLessThan(500);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(call).toHaveBeenCalledTimes(1);
  });
});

describe("timeout", () => {
  it("counts for the breaker also when the call itself sees the abort first", async () => {
    const resilience = guards({ timeoutMs: 100, attempts: 1 });
    const polite = ({ signal }: { signal: AbortSignal }) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    for (let n = 0; n < 5; n++) {
      expect((await outcome(resilience.run("github", polite))).error).toMatchObject({ because: "timeout" });
    }
    expect(state(resilience)).toBe("open");
  });

  it("ends an attempt that hangs, aborts its signal, and repeats it", async () => {
    const signals: AbortSignal[] = [];
    const hang = ({ signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return new Promise<never>(() => undefined);
    };
    const { error, tookMs } = await outcome(guards({ timeoutMs: 1_000 }).run("github", hang));
    expect(error).toMatchObject({ because: "timeout", attempts: 3 });
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true, true]);
    expect(tookMs).toBeLessThanOrEqual(6_500);
  });
});

describe("breaker", () => {
  it("opens at the fifth consecutive failure, not before, and is not asked for 60 s", async () => {
    const resilience = guards({ attempts: 1 });
    const call = vi.fn<() => Promise<never>>(() => Promise.reject(answered(503)));
    for (let n = 1; n <= 5; n++) {
      expect(state(resilience)).toBe("closed");
      await resilience.run("github", call).catch(() => undefined);
    }
    expect(state(resilience)).toBe("open");
    await vi.advanceTimersByTimeAsync(59_900);
    await expect(resilience.run("github", call)).rejects.toMatchObject({
      because: "circuit_open",
      attempts: 0,
      retryAfterSeconds: 1,
    });
    expect(call).toHaveBeenCalledTimes(5);
  });

  it("starts counting again at a success", async () => {
    const resilience = guards({ attempts: 1 });
    for (let n = 0; n < 4; n++)
      await resilience.run("github", () => Promise.reject(answered(500))).catch(() => undefined);
    await resilience.run("github", () => Promise.resolve(1));
    for (let n = 0; n < 4; n++)
      await resilience.run("github", () => Promise.reject(answered(500))).catch(() => undefined);
    expect(state(resilience)).toBe("closed");
  });

  it.each([
    ["a 4xx", answered(404)],
    ["a 429", answered(429)],
    ["a decline", Object.assign(new Error("declined"), { type: "StripeCardError", status: 402 })],
    ["a defect", new RangeError("ours")],
  ])("never counts %s", async (_, failure) => {
    const resilience = guards({ attempts: 1 });
    for (let n = 0; n < 20; n++) await resilience.run("github", () => Promise.reject(failure)).catch(() => undefined);
    expect(state(resilience)).toBe("closed");
  });

  it("neither counts a 4xx nor starts again at one", async () => {
    const resilience = guards({ attempts: 1 });
    for (let n = 0; n < 4; n++)
      await resilience.run("github", () => Promise.reject(answered(500))).catch(() => undefined);
    await resilience.run("github", () => Promise.reject(answered(404))).catch(() => undefined);
    await resilience.run("github", () => Promise.reject(answered(500))).catch(() => undefined);
    expect(state(resilience)).toBe("open");
  });

  it("closes after three successes on trial", async () => {
    const resilience = guards({ attempts: 1 });
    await open(resilience);
    await vi.advanceTimersByTimeAsync(60_000);
    for (const expected of ["half_open", "half_open", "closed"]) {
      await resilience.run("github", () => Promise.resolve("ok"));
      expect(state(resilience)).toBe(expected);
    }
  });

  it("opens again at one failure on trial, for another 60 s", async () => {
    const resilience = guards({ attempts: 1 });
    await open(resilience);
    await vi.advanceTimersByTimeAsync(60_000);
    await resilience.run("github", () => Promise.resolve("ok"));
    await resilience.run("github", () => Promise.reject(answered(500))).catch(() => undefined);
    expect(state(resilience)).toBe("open");
    await vi.advanceTimersByTimeAsync(59_000);
    await expect(resilience.run("github", () => Promise.resolve("ok"))).rejects.toMatchObject({
      because: "circuit_open",
    });
  });

  it("takes a 4xx on trial for neither, and gives its place to the next", async () => {
    const resilience = guards({ attempts: 1 });
    await open(resilience);
    await vi.advanceTimersByTimeAsync(60_000);
    for (let n = 0; n < 10; n++)
      await resilience.run("github", () => Promise.reject(answered(404))).catch(() => undefined);
    expect(state(resilience)).toBe("half_open");
    for (let n = 0; n < 3; n++) await resilience.run("github", () => Promise.resolve("ok"));
    expect(state(resilience)).toBe("closed");
  });

  it("lets three through on trial and refuses the other 97 at once", async () => {
    const resilience = guards({ attempts: 1, bulkhead: { concurrent: 200, queued: 0 } });
    await open(resilience);
    await vi.advanceTimersByTimeAsync(60_000);
    const call = vi.fn<() => Promise<string>>(() => new Promise<string>((resolve) => setTimeout(resolve, 1_000, "ok")));
    const all = Array.from({ length: 100 }, () => resilience.run("github", call));
    const settled = Promise.allSettled(all);
    await vi.advanceTimersByTimeAsync(2_000);
    const refused = (await settled).filter(({ status }) => status === "rejected");
    expect(call).toHaveBeenCalledTimes(3);
    expect(refused).toHaveLength(97);
    expect(state(resilience)).toBe("closed");
  });

  it("does not count a caller who leaves on trial", async () => {
    const resilience = guards({ attempts: 1 });
    await open(resilience);
    await vi.advanceTimersByTimeAsync(60_000);
    for (let n = 0; n < 5; n++) {
      const caller = new AbortController();
      const work = resilience.run("github", () => new Promise<never>(() => undefined), { signal: caller.signal });
      caller.abort(new Error("left"));
      await expect(work).rejects.toThrow("left");
    }
    expect(state(resilience)).toBe("half_open");
  });

  it("says when it changes", async () => {
    const resilience = guards({ attempts: 1 });
    const changes: string[] = [];
    resilience.onChange(({ policy, state: now }) => changes.push(`${policy} ${now}`));
    await open(resilience);
    await vi.advanceTimersByTimeAsync(60_000);
    for (let n = 0; n < 3; n++) await resilience.run("github", () => Promise.resolve("ok"));
    expect(changes).toEqual(["github open", "github half_open", "github closed"]);
  });

  it("keeps apart the services that share a policy", async () => {
    const resilience = guards({ attempts: 1 });
    const away = () => Promise.reject(answered(503));
    for (let n = 0; n < 5; n++) await resilience.run("github", away, { target: "one.test" }).catch(() => undefined);
    const call = () => Promise.resolve("ok");
    await expect(resilience.run("github", call, { target: "one.test" })).rejects.toThrow(
      "github:one.test is taken to be down",
    );
    await expect(resilience.run("github", call, { target: "other.test" })).resolves.toBe("ok");
    await expect(resilience.run("github", call)).resolves.toBe("ok");
    expect(resilience.states().filter(({ policy, state: now }) => policy === "github" && now === "open")).toMatchObject(
      [{ service: "github:one.test" }],
    );
  });

  it("keeps services apart", async () => {
    const resilience = guards({ attempts: 1 });
    await open(resilience);
    await expect(resilience.run("mail", () => Promise.resolve("sent"))).resolves.toBe("sent");
  });
});

describe("bulkhead", () => {
  it("runs as many at once as it may, keeps some waiting, and refuses the rest", async () => {
    const resilience = guards({ attempts: 1, bulkhead: { concurrent: 2, queued: 3 } });
    let running = 0;
    let most = 0;
    const call = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 100));
      running--;
    };
    const all = Promise.allSettled(Array.from({ length: 10 }, () => resilience.run("github", call)));
    await vi.advanceTimersByTimeAsync(50);
    expect(resilience.states().find(({ policy }) => policy === "github")).toMatchObject({ running: 2, waiting: 3 });
    await vi.advanceTimersByTimeAsync(1_000);
    const results = await all;
    expect(most).toBe(2);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    expect(results.find((result) => result.status === "rejected")?.reason).toMatchObject({
      because: "too_many_calls",
      attempts: 0,
    });
    expect(state(resilience)).toBe("closed");
  });

  it("does not send what waited once the breaker has opened meanwhile", async () => {
    const resilience = guards({ attempts: 1, bulkhead: { concurrent: 5, queued: 95 } });
    const call = vi.fn<() => Promise<never>>(
      () => new Promise<never>((_, reject) => setTimeout(reject, 100, answered(503))),
    );
    const all = Promise.allSettled(Array.from({ length: 100 }, () => resilience.run("github", call)));
    await vi.advanceTimersByTimeAsync(5_000);
    expect((await all).every(({ status }) => status === "rejected")).toBe(true);
    // The first five fail and open it; as each of them ends, the one behind it is let in before the fifth has been counted.
    expect(call.mock.calls.length).toBeLessThanOrEqual(9);
  });
});

describe("observers", () => {
  it("see attempts, retries and rejections", async () => {
    const resilience = guards();
    const seen: string[] = [];
    const observer: GuardObserver = {
      attempted: (policy, what) => seen.push(`${policy} ${what}`),
      retrying: (policy, attempt) => seen.push(`${policy} retry ${attempt}`),
      rejected: (policy, because) => seen.push(`${policy} ${because}`),
    };
    resilience.observe(observer);
    await outcome(resilience.run("github", () => Promise.reject(answered(500))));
    await outcome(resilience.run("github", () => Promise.reject(answered(500))));
    expect(seen).toEqual([
      "github unavailable",
      "github retry 1",
      "github unavailable",
      "github retry 2",
      "github unavailable",
      "github unavailable",
      "github retry 1",
      "github unavailable",
      "github retry 2",
      "github circuit_open",
    ]);
  });
});

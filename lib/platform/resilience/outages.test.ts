import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { recordOutages } from "./outages";
import { POLICIES } from "./policies";
import { Resilience } from "./resilience";
import type { OutageStore } from "./store";

const out = Object.assign(new Error("HTTP 503"), { status: 503 });

beforeEach(() => vi.useFakeTimers({ now: new Date("2026-11-23T03:00:00Z") }));
afterEach(() => vi.useRealTimers());

function setUp() {
  const seen: string[] = [];
  const state = { databaseOut: false };
  const take = async (line: string) => {
    if (state.databaseOut) throw new Error("no database");
    seen.push(line);
    return true;
  };
  const store: OutageStore = {
    opened: (service, cause, at) => take(`${service} opened ${at.toISOString().slice(11, 19)} ${cause}`),
    recovered: (service, at, seconds) => take(`${service} recovered ${at.toISOString().slice(11, 19)} ${seconds}`),
  };
  const resilience = new Resilience(POLICIES, () => "UTC");
  const warn = vi.fn<(details: object, message: string) => void>();
  const recorder = recordOutages({ resilience, store, log: { warn } });
  const call = (work: () => Promise<unknown>) =>
    resilience.run("stripe", work, { repeatable: false }).then(
      () => undefined,
      () => undefined,
    );
  return { seen, state, warn, recorder, call };
}

describe("recordOutages", () => {
  it("reports the opening with its cause, and the recovery", async () => {
    const { seen, recorder, call } = setUp();
    for (let n = 0; n < 8; n++) await call(() => Promise.reject(out));
    await vi.advanceTimersByTimeAsync(60_000);
    for (let n = 0; n < 3; n++) await call(() => Promise.resolve());
    await recorder.settled();
    expect(seen).toEqual([
      "stripe opened 03:00:00 Error: HTTP 503",
      "stripe recovered 03:01:00 300",
      "stripe recovered 03:01:00 0",
    ]);
  });

  it("keeps reports in order while the database is out, with the times at which things happened", async () => {
    const { seen, state, warn, call } = setUp();
    state.databaseOut = true;
    for (let n = 0; n < 5; n++) await call(() => Promise.reject(out));
    await vi.advanceTimersByTimeAsync(60_000);
    for (let n = 0; n < 3; n++) await call(() => Promise.resolve());
    expect(seen).toEqual([]);
    expect(warn).toHaveBeenCalled();
    state.databaseOut = false;
    await vi.advanceTimersByTimeAsync(31_000);
    expect(seen).toEqual([
      "stripe opened 03:00:00 Error: HTTP 503",
      "stripe recovered 03:01:00 300",
      "stripe recovered 03:01:00 0",
    ]);
  });

  it("confirms the outage each time the service is found out again", async () => {
    const { seen, call } = setUp();
    for (let n = 0; n < 5; n++) await call(() => Promise.reject(out));
    await vi.advanceTimersByTimeAsync(60_000);
    await call(() => Promise.reject(out));
    expect(seen).toEqual(["stripe opened 03:00:00 Error: HTTP 503", "stripe opened 03:01:00 Error: HTTP 503"]);
  });

  it("stops when told", async () => {
    const { seen, recorder, call } = setUp();
    recorder.stop();
    for (let n = 0; n < 5; n++) await call(() => Promise.reject(out));
    expect(seen).toEqual([]);
  });
});

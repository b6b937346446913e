import { describe, expect, it, vi } from "vitest";
import type { FlagRules } from "./decide";
import { FlagReader } from "./flag-reader";

const TABLE = {
  engine: {
    type: "choice",
    choices: ["one", "two"],
    default: "one",
    off: "one",
    owner: "tests",
    description: "for tests",
  },
} as const;
const rules = (value: string): FlagRules[] => [
  { name: "engine", killed: false, value, percentage: 100, roles: [], userIds: [], version: 1 },
];

function reader(read: () => Promise<FlagRules[]>) {
  const clock = { now: 1_000_000 };
  const warn = vi.fn<(details: object, message: string) => void>();
  return { clock, warn, flags: new FlagReader({ table: TABLE, read, log: { warn }, now: () => clock.now }) };
}

describe("FlagReader", () => {
  it("reads once for ten seconds, and then without making anybody wait", async () => {
    const read = vi.fn<() => Promise<FlagRules[]>>(() => Promise.resolve(rules("two")));
    const { flags, clock } = reader(read);
    expect(await Promise.all([flags.get("engine"), flags.get("engine")])).toEqual(["two", "two"]);
    clock.now += 9_999;
    await flags.get("engine");
    expect(read).toHaveBeenCalledTimes(1);
    clock.now += 1;
    read.mockResolvedValue(rules("one"));
    expect(await flags.get("engine")).toBe("two");
    await vi.waitFor(async () => expect(await flags.get("engine")).toBe("one"));
    expect(read).toHaveBeenCalledTimes(2);
  });

  it("keeps what it knew for five minutes of an outage, then goes back to the default, then recovers", async () => {
    const read = vi.fn<() => Promise<FlagRules[]>>(() => Promise.resolve(rules("two")));
    const { flags, clock, warn } = reader(read);
    await flags.get("engine");
    read.mockRejectedValue(new Error("away"));
    clock.now += 299_999;
    expect(await flags.get("engine")).toBe("two");
    await vi.waitFor(() => expect(warn).toHaveBeenCalledTimes(1));
    clock.now += 10_000;
    expect(await flags.get("engine")).toBe("one");
    expect(warn).toHaveBeenCalledTimes(2);
    read.mockResolvedValue(rules("two"));
    clock.now += 10_000;
    expect(await flags.get("engine")).toBe("two");
  });

  it("gives the default when the store was never to be had, or does not answer", async () => {
    const { flags } = reader(() => Promise.reject(new Error("away")));
    expect(await flags.get("engine")).toBe("one");
    vi.useFakeTimers();
    const hung = reader(() => new Promise(() => undefined));
    const asked = hung.flags.get("engine");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await asked).toBe("one");
    vi.useRealTimers();
  });
});

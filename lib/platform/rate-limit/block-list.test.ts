import { createHash } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { BlockedCallers } from "./block-list";
import type { Block } from "./store";

const START = 1_000_000_000_000;
const block = (kind: Block["kind"], subject: string, forMs = 3_600_000): Block => ({
  kind,
  subject,
  expiresAt: new Date(START + forMs),
});

function listed(blocks: Block[]) {
  const clock = { now: START };
  const read = vi.fn<() => Promise<Block[]>>(() => Promise.resolve(blocks));
  const warn = vi.fn<(error: unknown) => void>();
  return { clock, read, warn, blocked: new BlockedCallers(read, warn, () => clock.now) };
}

describe("BlockedCallers", () => {
  it.each([
    ["203.0.113.7", true],
    ["203.0.114.7", false],
    ["2001:db8:1:2::/64", true],
    ["2001:db9:1:2::/64", false],
    ["unknown", false],
  ])("knows whether %s is in a blocked network: %s", async (address, expected) => {
    const { blocked } = listed([block("ip", "203.0.113.0/24"), block("ip", "2001:db8::/32")]);
    expect(await blocked.has("ip", address)).toBe(expected);
  });

  it("knows addresses by their hash, however they are written, and users by their id", async () => {
    const hash = createHash("sha256").update("ada@example.test").digest("hex");
    const { blocked } = listed([block("email", hash), block("user", "u-1")]);
    expect(await blocked.has("email", " Ada@Example.test")).toBe(true);
    expect(await blocked.has("email", "bob@example.test")).toBe(false);
    expect(await blocked.has("user", "U-1")).toBe(true);
    expect(await blocked.has("email", "u-1")).toBe(false);
  });

  it("ends a block at its time", async () => {
    const { blocked, clock } = listed([block("user", "u-1", 5_000)]);
    expect(await blocked.has("user", "u-1")).toBe(true);
    clock.now += 5_000;
    expect(await blocked.has("user", "u-1")).toBe(false);
  });

  it("asks anew after ten seconds without making anybody wait, and keeps the last list when that fails", async () => {
    const { blocked, clock, read, warn } = listed([block("user", "u-1")]);
    expect(await blocked.has("user", "u-2")).toBe(false);
    clock.now += 9_999;
    await blocked.has("user", "u-2");
    expect(read).toHaveBeenCalledTimes(1);
    clock.now += 1;
    read.mockRejectedValueOnce(new Error("away"));
    expect(await blocked.has("user", "u-1")).toBe(true);
    await vi.waitFor(() => expect(warn).toHaveBeenCalledOnce());
    expect(await blocked.has("user", "u-1")).toBe(true);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it("shuts nobody out while no list could be had", async () => {
    const warn = vi.fn<(error: unknown) => void>();
    const blocked = new BlockedCallers(() => Promise.reject(new Error("away")), warn);
    expect(await blocked.has("user", "u-1")).toBe(false);
    expect(warn).toHaveBeenCalledOnce();
  });
});

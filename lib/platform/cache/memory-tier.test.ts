import { describe, expect, it } from "vitest";
import { invalidationSchema } from "./invalidation";
import { isFresh, MemoryTier } from "./memory-tier";

const put = (memory: MemoryTier, cache: "campaign" | "profile", key: string, tags: string[] = []) =>
  memory.put({ cache, key, tags, value: { name: key, list: [1] }, at: Date.now() });

describe("MemoryTier", () => {
  it("keeps a thousand entries and lets the one go that was used longest ago", () => {
    const memory = new MemoryTier();
    for (let n = 0; n < 1_000; n++) put(memory, "campaign", String(n));
    memory.get("campaign", "0");
    put(memory, "campaign", "one more");
    expect(memory.size).toBe(1_000);
    expect(memory.get("campaign", "0")).toBeDefined();
    expect(memory.get("campaign", "1")).toBeUndefined();
  });

  it("hands out what nobody can change for the others", () => {
    const memory = new MemoryTier();
    put(memory, "campaign", "1");
    const value = memory.get("campaign", "1")?.value as { name: string; list: number[] };
    expect(() => value.list.push(2)).toThrow(TypeError);
    expect(() => (value.name = "other")).toThrow(TypeError);
  });

  it("is fresh for a minute, and never past the hour since its source gave it", () => {
    const entry = { cache: "campaign", key: "1", tags: [], value: 1, since: 0, at: 0, invalid: false } as const;
    expect(isFresh(entry, 59_999)).toBe(true);
    expect(isFresh(entry, 60_000)).toBe(false);
    expect(isFresh({ ...entry, since: 3_590_000 }, 3_599_999)).toBe(true);
    expect(isFresh({ ...entry, since: 3_590_000 }, 3_600_000)).toBe(false);
  });

  it("marks every entry of a full memory, and ends", () => {
    const memory = new MemoryTier();
    for (let n = 0; n < 1_000; n++) put(memory, "campaign", String(n), ["t"]);
    memory.apply(invalidationSchema.parse({ tags: ["t"] }));
    memory.apply(invalidationSchema.parse({ tags: ["t"] }));
    expect(Array.from({ length: 1_000 }, (_, n) => memory.get("campaign", String(n))?.invalid)).toEqual(
      Array.from({ length: 1_000 }, () => true),
    );
  });

  it("drops what is invalidated, but keeps for bad times what may be shown stale", () => {
    const memory = new MemoryTier();
    put(memory, "campaign", "1", ["t"]);
    put(memory, "campaign", "2");
    put(memory, "profile", "1", ["t"]);
    memory.apply(invalidationSchema.parse({ tags: ["t"] }));
    expect(memory.get("campaign", "1")).toMatchObject({ invalid: true });
    expect(memory.get("campaign", "2")).toMatchObject({ invalid: false });
    expect(memory.get("profile", "1")).toBeUndefined();
  });
});

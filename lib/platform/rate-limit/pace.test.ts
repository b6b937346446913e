import { beforeEach, expect, test, vi } from "vitest";
import { AppError } from "@/lib/kernel/errors";
import { limit } from "./limit";
import { turnAt } from "./pace";

vi.mock("./limit", () => ({ limit: vi.fn<() => Promise<Record<string, string>>>() }));

const asked = vi.mocked(limit);
beforeEach(() => {
  asked.mockReset();
});
const full = (retryAfterSeconds: number) => new AppError("rate_limited", "Later.", { retryAfterSeconds });
const turn = () => turnAt("stripe-bulk", "stripe");

test("a turn that comes in moments is waited for", async () => {
  asked.mockRejectedValueOnce(full(0)).mockRejectedValueOnce(full(0)).mockResolvedValue({});
  expect(await turn()).toBe(true);
  expect(asked).toHaveBeenCalledTimes(3);
});

test("one that is minutes away, or never comes, is left to the next run", async () => {
  asked.mockRejectedValueOnce(full(600));
  expect(await turn()).toBe(false);
  expect(asked).toHaveBeenCalledTimes(1);
  asked.mockRejectedValue(full(0));
  expect(await turn()).toBe(false);
});

test("what is no limit is a failure", async () => {
  asked.mockRejectedValue(new AppError("internal", "Broken."));
  await expect(turn()).rejects.toThrow("Broken.");
});

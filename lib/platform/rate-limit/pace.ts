import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@/lib/kernel/errors";
import { limit } from "./limit";
import type { RatePolicyName } from "./policies";

/** How long a turn is waited for before the work is left to the next run. */
const MOST_WAITS = 30;

/**
 * Waits for a turn among all processes that do the same work at an outside service.
 * @returns whether it has come; false: leave the rest for later
 */
export async function turnAt(policy: RatePolicyName, service: string): Promise<boolean> {
  for (let waits = 0; waits < MOST_WAITS; waits += 1) {
    try {
      await limit({ policy, subject: service });
      return true;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "rate_limited") throw error;
      const seconds = error.retryAfterSeconds ?? 1;
      // A window longer than moments is for the next run.
      if (seconds > 5) return false;
      await sleep(seconds * 1_000);
    }
  }
  return false;
}

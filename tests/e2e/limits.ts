import { Redis } from "@upstash/redis";

/**
 * An hour goes by for the limit on accounts from one address: the suite is one address, and opens more than one may. The limit
 * stays on. While a test has Redis away nothing is counted there, and nothing is to be forgotten.
 */
export async function hourPassesForRegistrations(): Promise<void> {
  const stack = JSON.parse(process.env["E2E_STACK_ENV"] ?? "{}") as Readonly<Record<string, string>>;
  const redis = new Redis({
    url: stack["UPSTASH_REDIS_REST_URL"] ?? "",
    token: stack["UPSTASH_REDIS_REST_TOKEN"] ?? "",
    retry: false,
  });
  try {
    const counted = await redis.keys("limit:register-ip:*");
    if (counted.length > 0) await redis.del(...counted);
  } catch (error) {
    console.warn(`What was counted of registrations stays: ${error instanceof Error ? error.message : String(error)}`);
  }
}

import "server-only";
import { createHash } from "node:crypto";
import { z } from "zod";
import { redis } from "@/lib/platform/redis/client";
import { run } from "@/lib/platform/resilience/resilience";
import { log } from "@/lib/platform/telemetry/log";
import { storedAnswerSchema, type StoredAnswer } from "./answer";
import { FAST_PATH_SECONDS } from "./policy";
import type { Slot } from "./store";

const rememberedSchema = z.object({ fingerprint: z.string(), answer: storedAnswerSchema });

const nameOf = ({ route, caller, key }: Slot): string =>
  `idempotency:${createHash("sha256")
    .update(JSON.stringify([route, caller, key]))
    .digest("base64url")}`;

/**
 * A final answer from Redis. A final answer never changes, so a copy is as good as the row; without Redis,
 * or with an empty one, the row is asked.
 */
export async function recall(slot: Slot): Promise<z.output<typeof rememberedSchema> | undefined> {
  try {
    const found = await run("redis", () => redis().get(nameOf(slot)));
    return found === null ? undefined : rememberedSchema.parse(found);
  } catch (error) {
    log.warn({ error }, "a stored answer could not be read from Redis; Postgres is asked");
    return undefined;
  }
}

/** Keeps a copy until a day after it was settled. Never throws: it is a shortcut. */
export async function remember(slot: Slot, answer: StoredAnswer, settledAt: Date): Promise<void> {
  const seconds = Math.floor(FAST_PATH_SECONDS - (Date.now() - settledAt.getTime()) / 1000);
  if (seconds <= 0) return;
  try {
    await run("redis", () =>
      redis().set(
        nameOf(slot),
        { fingerprint: slot.fingerprint, answer },
        { ex: Math.min(seconds, FAST_PATH_SECONDS) },
      ),
    );
  } catch (error) {
    log.warn({ error }, "a stored answer could not be copied to Redis; Postgres has it");
  }
}

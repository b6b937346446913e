import "server-only";
import { z } from "zod";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import type { Verdict } from "./memory";
import type { RatePolicy } from "./policies";

const verdictSchema = z.object({
  allowed: z.boolean(),
  remaining: z.number().int().nonnegative(),
  resetAt: z.number(),
});

const blockSchema = z.object({
  kind: z.enum(["ip", "email", "user"]),
  subject: z.string(),
  expiresAt: z.coerce.date(),
});

/** Somebody whom an operator has shut out: a network in CIDR notation, the SHA-256 of an address in hex, or a user's id. */
export type Block = z.infer<typeof blockSchema>;

/** What the limiter keeps in the database. Both throw AppError `database_unavailable`. */
export interface LimitTruth {
  take(name: string, subject: string, policy: RatePolicy): Promise<Verdict>;
  readBlocks(): Promise<Block[]>;
}

export const limitTables: LimitTruth = {
  take: async (name, subject, policy) =>
    verdictSchema.parse(
      await callTrusted("take_rate_limit", {
        p_policy: name,
        p_subject: subject,
        p_limit: policy.limit,
        p_window_seconds: policy.windowSeconds,
      }),
    ),
  readBlocks: async () => z.array(blockSchema).parse(await callTrusted("read_blocks", {})),
};

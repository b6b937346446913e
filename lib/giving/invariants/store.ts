import "server-only";
import { z } from "zod";
import { callTrusted } from "@/lib/platform/supabase/trusted";

const lookSchema = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("checked"), broken: z.record(z.string(), z.number()) }),
  z.object({ outcome: z.enum(["running", "too_soon"]) }),
]);

/** What came of a look at the invariants: how many rows break which, or why there was no look. */
export type Look = z.output<typeof lookSchema>;

/** @throws AppError `database_unavailable`, also when the look takes longer than the database allows a statement */
export async function lookAtInvariants(): Promise<Look> {
  return lookSchema.parse(await callTrusted("check_money", {}));
}

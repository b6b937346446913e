import { z } from "zod";
import type { Db } from "@/lib/platform/supabase/server";
import { unwrap } from "@/lib/platform/supabase/failure";

const role = z.enum(["member", "campaign_admin", "operator"]);

/** One caller as the database knows them; what `public.my_access()` answers. */
export const accessRecordSchema = z.object({
  userId: z.string(),
  email: z.string(),
  sessionId: z.string(),
  sessionLive: z.boolean(),
  roles: z.array(role).readonly(),
  displayName: z.string(),
  avatarUrl: z.string().nullable(),
  emailVerified: z.boolean(),
  isNewUser: z.boolean(),
  theme: z.enum(["system", "light", "dark"]),
  contentFormat: z.enum(["mixed", "text", "diagrams", "examples"]),
});

export type AccessRecord = z.output<typeof accessRecordSchema>;

/**
 * Asks the database who this client is. The Data API verifies the token's signature and expiry on the way.
 * @throws AppError `unauthenticated` for a token that is not valid, `database_unavailable`.
 */
export async function loadAccess(db: Db): Promise<AccessRecord> {
  return accessRecordSchema.parse(unwrap(await db.rpc("my_access")));
}

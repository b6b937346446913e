import "server-only";
import { z } from "zod";
import type { Database, Json } from "@/lib/platform/supabase/database.types";
import { unwrap } from "@/lib/platform/supabase/failure";
import type { Db } from "@/lib/platform/supabase/server";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import type { FlagRules } from "./decide";

const rulesSchema = z.object({
  name: z.string(),
  killed: z.boolean(),
  value: z.unknown(),
  percentage: z.number(),
  roles: z.array(z.string()),
  userIds: z.array(z.string()),
  version: z.number().int(),
});

const changeSchema = z.object({
  flag: z.string(),
  actorId: z.uuid(),
  reason: z.string(),
  before: rulesSchema.nullable(),
  after: rulesSchema,
  at: z.coerce.date(),
});
const listSchema = z.object({ flags: z.array(rulesSchema), changes: z.array(changeSchema) });

/** The flags as they are set, and who changed what and why, newest first. */
export type FlagList = z.infer<typeof listSchema>;

/** What processes decide by. @throws AppError `database_unavailable` */
export async function readFlagRules(): Promise<FlagRules[]> {
  return z.array(rulesSchema).parse(await callTrusted("read_flags", {}));
}

/** @throws AppError `forbidden` unless the caller is an operator whose session lives */
export async function listFlagRules(db: Db): Promise<FlagList> {
  return listSchema.parse(unwrap(await db.rpc("list_flags")));
}

/** @param rules their `version` is the one that the operator was looking at; 0 when nothing had been set */
export async function writeFlagRules(db: Db, rules: FlagRules, reason: string): Promise<FlagRules> {
  return rulesSchema.parse(
    unwrap(
      await db.rpc("set_flag", {
        p_name: rules.name,
        p_version: rules.version,
        p_killed: rules.killed,
        p_value: rules.value as Json,
        p_percentage: rules.percentage,
        p_roles: [...rules.roles] as Database["public"]["Enums"]["app_role"][],
        p_user_ids: [...rules.userIds],
        p_reason: reason,
      }),
    ),
  );
}

import "server-only";
import { z } from "zod";
import type { Json } from "@/lib/platform/supabase/database.types";
import { unwrap } from "@/lib/platform/supabase/failure";
import type { Db } from "@/lib/platform/supabase/server";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import { rewordedSchema, type Reworded } from "./schemas";

const rowSchema = z.object({
  provider: z.string(),
  model: z.string(),
  items: z.array(rewordedSchema),
  created_at: z.coerce.date().transform((date) => date.toISOString()),
});

/** The wording that the caller asked for (RLS), or null. */
export async function readWording(
  db: Db,
  userId: string,
  analysisId: string,
): Promise<z.output<typeof rowSchema> | null> {
  const row = unwrap(
    await db
      .from("analysis_wordings")
      .select("provider,model,items,created_at")
      .eq("analysis_id", analysisId)
      .eq("user_id", userId)
      .maybeSingle(),
  );
  return rowSchema.nullable().parse(row ?? null);
}

/** SQL refuses with not_found for an analysis that is not the user's. */
export async function keepWording(
  userId: string,
  analysisId: string,
  by: { readonly provider: string; readonly model: string },
  items: readonly Reworded[],
): Promise<void> {
  await callTrusted("keep_analysis_wording", {
    p_user: userId,
    p_analysis: analysisId,
    p_provider: by.provider,
    p_model: by.model,
    p_items: items as unknown as Json,
  });
}

export async function forgetWording(userId: string, analysisId: string): Promise<void> {
  await callTrusted("forget_analysis_wording", { p_user: userId, p_analysis: analysisId });
}

import "server-only";
import type { ConceptStatus } from "../mastery/schemas";
import { conceptStatusSchema } from "../mastery/schemas";
import { unwrap } from "@/lib/platform/supabase/failure";
import type { Db } from "@/lib/platform/supabase/server";

/** As many of the latest changes are looked through for the reason of each concept. */
const CHANGES = 400;

/** Slugs of the tracks that the caller takes. */
export async function listEnrolments(db: Db): Promise<string[]> {
  const rows = unwrap(
    await db.from("learning_enrolments").select("track_slug").is("left_at", null).order("enrolled_at"),
  );
  return (rows ?? []).map(({ track_slug: slug }) => slug);
}

/** A change of what is believed about a concept, and why. */
export interface Change {
  readonly concept: string;
  readonly reason: string;
  readonly before: number;
  readonly after: number;
  readonly statusBefore: ConceptStatus;
  readonly statusAfter: ConceptStatus;
  readonly at: string;
}

/**
 * The caller's latest changes, the newest first.
 * @param concept only those of this one
 */
export async function listChanges(db: Db, concept?: string, limit: number = CHANGES): Promise<Change[]> {
  let query = db
    .from("mastery_changes")
    .select("concept,reason,chance_before,chance_after,status_before,status_after,at")
    .order("model_version", { ascending: false })
    .order("concept")
    .limit(limit);
  if (concept !== undefined) query = query.eq("concept", concept);
  return (unwrap(await query) ?? []).map((row) => ({
    concept: row.concept,
    reason: row.reason,
    before: row.chance_before,
    after: row.chance_after,
    statusBefore: conceptStatusSchema.parse(row.status_before),
    statusAfter: conceptStatusSchema.parse(row.status_after),
    at: new Date(row.at).toISOString(),
  }));
}

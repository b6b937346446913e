import "server-only";
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

/** Why what is believed about a concept changed the last time. */
export interface LatestChange {
  readonly concept: string;
  readonly reason: string;
  readonly before: number;
  readonly after: number;
  readonly at: string;
}

/** The caller's latest change of each concept. */
export async function latestChanges(db: Db): Promise<ReadonlyMap<string, LatestChange>> {
  const rows = unwrap(
    await db
      .from("mastery_changes")
      .select("concept,reason,chance_before,chance_after,at")
      .order("model_version", { ascending: false })
      .limit(CHANGES),
  );
  const latest = new Map<string, LatestChange>();
  for (const { concept, reason, chance_before: before, chance_after: after, at } of rows ?? [])
    if (!latest.has(concept)) latest.set(concept, { concept, reason, before, after, at: new Date(at).toISOString() });
  return latest;
}

import "server-only";
import { metrics } from "@/lib/platform/telemetry/metrics";
import { aimAtTrack } from "./path";
import { enrol, leaveTrack, type Enrolled } from "./store";

/**
 * Enrols somebody in a track, or takes them back to one that they left.
 * @throws AppError `not_found` for a track there is not
 */
export async function enrolInTrack(userId: string, trackSlug: string): Promise<Enrolled> {
  const enrolled = await enrol(userId, aimAtTrack(trackSlug, null).track.slug);
  if (enrolled.created) metrics().studied("enrolled");
  return enrolled;
}

/**
 * Ends an enrolment; what was learned stays.
 * @throws AppError `not_found` for a track there is not
 */
export async function leaveEnrolment(userId: string, trackSlug: string): Promise<void> {
  await leaveTrack(userId, aimAtTrack(trackSlug, null).track.slug);
}

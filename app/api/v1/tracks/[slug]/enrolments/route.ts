import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { enrolInTrack, leaveEnrolment } from "@/lib/learning/session/enrol-in-track";
import { enrolOperation, leaveTrackOperation } from "../../../_operations/learning-sessions";

export const POST = handle(enrolOperation, async ({ params, caller }) => {
  const { enrolledAt, created } = await enrolInTrack(signedIn(caller).user.id, params.slug);
  return { status: created ? 201 : 200, body: { trackSlug: params.slug, enrolledAt } };
});

export const DELETE = handle(leaveTrackOperation, async ({ params, caller }) => {
  await leaveEnrolment(signedIn(caller).user.id, params.slug);
  return { status: 204 };
});

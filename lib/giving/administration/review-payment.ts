import "server-only";
import { decideHeldPayment } from "./store";

/**
 * Releases a held payment, which is then taken, or refuses it, whose hold is then ended.
 * @throws AppError `forbidden`, `not_found`, `conflict` when somebody decided before
 */
export async function reviewPayment(
  actorId: string,
  review: { readonly paymentId: string; readonly decision: "release" | "refuse"; readonly note: string },
): Promise<void> {
  await decideHeldPayment(actorId, review.paymentId, review.decision, review.note);
}

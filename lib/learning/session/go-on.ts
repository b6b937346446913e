import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { readItemShifts } from "../mastery/store";
import { chooseNext } from "./choose-next";
import { aimAtTrack, itemsOf, pathOf } from "./path";
import { endSession, keepCheckpoint, type Pending, type Turn } from "./store";

/**
 * Takes a session past an exercise that is gone: its learner has deleted the code that it was made of. What comes instead is
 * what the engine chooses; where nothing is left, the session is whole.
 */
export async function goOnWithout(userId: string, { session, model }: Turn, now: Date): Promise<void> {
  const aimed = aimAtTrack(session.trackSlug ?? "", session.lessonSlug);
  const path = pathOf(aimed.concepts, await readItemShifts(itemsOf(aimed)));
  const next = chooseNext({ learner: model.state, path, now, seed: [session.id, session.progress.answered] });
  try {
    if ("item" in next) {
      const summary = { because: next.reason.sentence };
      await endSession(userId, session.id, { completed: true, summary, traceparent: null });
      return;
    }
    const own = { ...(session.pending?.own ?? next.own), is: null };
    const progress = { ...session.progress, activityId: next.activityId, concept: next.concept };
    await keepCheckpoint(userId, session.id, session.version, { ...next, own } as Pending, progress);
  } catch (error) {
    // Another device was first: the session goes on from there.
    if (!(error instanceof AppError) || error.code !== "conflict") throw error;
  }
}

import "server-only";
import { modelHosts } from "@/lib/platform/ai/providers";
import { readModelUses } from "@/lib/platform/ai/store";

/** For each use of a model in a session the host that is asked first; null where there is none, or the learner does not allow it. */
export interface AllowedModels {
  readonly hints: string | null;
  readonly lessons: string | null;
  readonly grading: string | null;
}

/** What models may do in somebody's sessions, and where what they are asked goes. @throws AppError `database_unavailable` */
export async function modelsFor(userId: string): Promise<AllowedModels> {
  const [first] = modelHosts();
  if (!first) return { hints: null, lessons: null, grading: null };
  const { hints, lessons, grading } = await readModelUses(userId);
  const where = (allowed: boolean): string | null => (allowed ? first.host : null);
  return { hints: where(hints), lessons: where(lessons), grading: where(grading) };
}

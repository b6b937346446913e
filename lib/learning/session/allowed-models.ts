import "server-only";
import { modelHosts } from "@/lib/platform/ai/providers";
import { readModelUses } from "@/lib/platform/ai/store";

/** For each use of a model in a session the host that is asked first; null where there is none, or the learner does not allow it. */
export interface AllowedModels {
  readonly hints: string | null;
  readonly lessons: string | null;
}

/** What models may do in somebody's sessions, and where what they are asked goes. @throws AppError `database_unavailable` */
export async function modelsFor(userId: string): Promise<AllowedModels> {
  const [first] = modelHosts();
  if (!first) return { hints: null, lessons: null };
  const { hints, lessons } = await readModelUses(userId);
  return { hints: hints ? first.host : null, lessons: lessons ? first.host : null };
}

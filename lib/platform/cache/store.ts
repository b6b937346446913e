import { callTrusted } from "@/lib/platform/supabase/trusted";
import type { Invalidation } from "./invalidation";

/**
 * Publishes `cache/invalidated` through the outbox.
 * @throws AppError `database_unavailable`
 */
export async function publishInvalidation(invalidation: Invalidation): Promise<void> {
  await callTrusted("publish_cache_invalidation", { p_invalidation: invalidation });
}

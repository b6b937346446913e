import type { Db } from "@/lib/platform/supabase/server";
import type { Me } from "./schemas";
import { readMe } from "./store";

/** Everything about the caller's account. @throws AppError `unauthenticated`, `database_unavailable`. */
export function getMe(db: Db): Promise<Me> {
  return readMe(db);
}

import type { Db } from "@/lib/platform/supabase/server";
import { readExport } from "./store";

/**
 * All that is kept about the caller, as one JSON document.
 * @throws AppError `session_ended` unless the session is live, `database_unavailable`.
 */
export function exportData(db: Db): Promise<unknown> {
  return readExport(db);
}

import "server-only";
import { z } from "zod";
import { unwrap } from "@/lib/platform/supabase/failure";
import type { Db } from "@/lib/platform/supabase/server";
import { fileLanguagesSchema, listedFileSchema, type FileLanguages, type ListedFile } from "./schemas";

/** Files of one of the caller's analyses (RLS), after the `after`th in the order of their paths. */
export async function readFiles(
  db: Db,
  of: {
    readonly analysisId: string;
    readonly language: string | undefined;
    readonly counted: boolean | undefined;
    readonly after: number;
    readonly limit: number;
  },
): Promise<ListedFile[]> {
  return z.array(listedFileSchema).parse(
    unwrap(
      await db.rpc("list_analysis_files", {
        p_analysis: of.analysisId,
        // The generated types know of no argument that may be null.
        p_language: (of.language ?? null) as unknown as string,
        p_counted: (of.counted ?? null) as unknown as boolean,
        p_after: of.after,
        p_limit: of.limit,
      }),
    ),
  );
}

export async function readFileLanguages(db: Db, analysisId: string): Promise<FileLanguages> {
  return fileLanguagesSchema.parse(unwrap(await db.rpc("list_analysis_file_languages", { p_analysis: analysisId })));
}

import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { Db } from "@/lib/platform/supabase/server";
import type { FileLanguages, ListedFile } from "./schemas";
import { readFileLanguages, readFiles } from "./store";

export interface FilePage {
  readonly items: readonly ListedFile[];
  /** Of all files of the analysis, whatever the page shows. */
  readonly languages: FileLanguages;
  readonly nextCursor: string | null;
}

export interface FileQuery {
  readonly language?: string | undefined;
  /** Only those that count, or only those that do not. */
  readonly counted?: "yes" | "no" | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/**
 * What became of the files of an analysis, in the order of their paths; nothing of somebody else's.
 * @throws AppError `invalid_request` for a cursor that is not one
 */
export async function pageOfFiles(db: Db, analysisId: string, query: FileQuery): Promise<FilePage> {
  const after = query.cursor === undefined ? -1 : decodeCursor(query.cursor);
  const counted = query.counted === undefined ? undefined : query.counted === "yes";
  const [found, languages] = await Promise.all([
    readFiles(db, { analysisId, language: query.language, counted, after, limit: query.limit + 1 }),
    readFileLanguages(db, analysisId),
  ]);
  const items = found.slice(0, query.limit);
  const last = items.at(-1);
  return { items, languages, nextCursor: found.length > query.limit && last ? encodeCursor(last.number) : null };
}

function encodeCursor(number: number): string {
  return Buffer.from(`file ${number}`).toString("base64url");
}

function decodeCursor(cursor: string): number {
  const number = /^file (\d{1,7})$/.exec(Buffer.from(cursor, "base64url").toString("latin1"))?.[1];
  if (number !== undefined) return Number(number);
  throw new AppError("invalid_request", "This page cursor cannot be read. Start from the first page.", {
    issues: [{ path: "cursor", message: "This is not a cursor of ours." }],
  });
}

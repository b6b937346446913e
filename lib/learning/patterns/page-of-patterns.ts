import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { BelievedPattern, PatternPage, PatternQuery } from "./schemas";
import { readPatternPage, type PatternPosition } from "./store";

/**
 * What is believed of a learner's patterns, the most often seen first.
 * @throws AppError `invalid_request` for a cursor that is not one
 */
export async function pageOfPatterns(userId: string, query: PatternQuery): Promise<PatternPage> {
  const { cursor, limit, ...filter } = query;
  const after = cursor === undefined ? null : decodeCursor(cursor);
  const found = await readPatternPage(userId, filter, after, limit + 1);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last ? encodeCursor(last) : null };
}

/** @throws AppError `not_found`: also when it is somebody else's */
export async function readPattern(userId: string, patternId: string): Promise<BelievedPattern> {
  const [pattern] = await readPatternPage(userId, { id: patternId }, null, 1);
  if (pattern) return pattern;
  throw new AppError("not_found", "There is no such pattern. It may have been deleted.");
}

function encodeCursor({ count, id }: PatternPosition): string {
  return Buffer.from(`pattern ${count} ${id}`).toString("base64url");
}

function decodeCursor(cursor: string): PatternPosition {
  const parts = /^pattern (\d{1,9}) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(
    Buffer.from(cursor, "base64url").toString("latin1"),
  );
  if (parts?.[1] && parts[2]) return { count: Number(parts[1]), id: parts[2] };
  throw new AppError("invalid_request", "This page cursor cannot be read. Start from the first page.", {
    issues: [{ path: "cursor", message: "This is not a cursor of ours." }],
  });
}

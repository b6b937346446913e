import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";

/** Where a page ended, as something that callers hand back unread. */
export function encodeCursor(position: Readonly<Record<string, string>> | null): string | null {
  return position === null ? null : Buffer.from(JSON.stringify(position)).toString("base64url");
}

/**
 * @param schema what a position of this list is
 * @throws AppError `invalid_request` for what is no cursor of this list
 */
export function decodeCursor<T extends z.ZodType>(schema: T, cursor: string | undefined): z.output<T> | null {
  if (cursor === undefined) return null;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
  } catch (cause) {
    throw new AppError("invalid_request", "This page cursor cannot be read. Start from the first page.", {
      cause,
      issues: [{ path: "cursor", message: "This is not a cursor of ours." }],
    });
  }
}

/** A moment and an id: what lists are sorted by. */
export const momentPosition = z.strictObject({ createdAt: z.iso.datetime({ offset: true }), id: z.uuid() });

import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { badgeSvg } from "./badge";
import { hashShareToken, isShareToken } from "./link";
import { publicView } from "./rules";
import type { SharedAnalysis } from "./schemas";
import { readBadge, readShared } from "./store";

/**
 * What a share link leads to, for anybody who has it.
 * @throws AppError `not_found` for a link that never was, was closed, or is no link
 */
export async function readSharedAnalysis(token: string): Promise<SharedAnalysis> {
  const row = isShareToken(token) ? await readShared(hashShareToken(token)) : null;
  if (!row) {
    throw new AppError("not_found", "This link leads nowhere (any more). Ask whoever gave it to you for a new one.");
  }
  return publicView(row);
}

/** The badge of a public repository; one that nobody shares says so. */
export async function repositoryBadge(
  host: string,
  owner: string,
  name: string,
): Promise<{ svg: string; shared: boolean }> {
  const row = await readBadge(host, owner, name);
  return { svg: badgeSvg(row), shared: row !== null };
}

import "server-only";
import { newShareToken, sharePath } from "./link";
import { closeLink, openLink, readLink, type OpenLink } from "./store";

export interface NewLink extends OpenLink {
  /** Said once: only its hash is kept. */
  readonly token: string;
  /** Below the application's origin. */
  readonly path: string;
}

/**
 * Opens one of the caller's finished analyses to everybody who has the link, and closes the caller's older link to it.
 * @param confirmPrivate that a private repository's figures may be seen by strangers
 * @throws AppError `not_found`, `conflict` (not finished), `rule_broken` (private and not confirmed)
 */
export async function shareAnalysis(userId: string, analysisId: string, confirmPrivate: boolean): Promise<NewLink> {
  const { token, hash } = newShareToken();
  const link = await openLink(userId, analysisId, hash, confirmPrivate);
  return { ...link, token, path: sharePath(token) };
}

/** Closes the caller's link at once, for everybody; no link is no error. */
export async function stopSharing(userId: string, analysisId: string): Promise<void> {
  await closeLink(userId, analysisId);
}

/** The caller's open link to an analysis, without its token, or null. */
export async function openLinkOf(userId: string, analysisId: string): Promise<OpenLink | null> {
  return readLink(userId, analysisId);
}

import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { Db } from "@/lib/platform/supabase/server";
import { CONSENT } from "./rules";
import type { OwnCodeOfAnalysis, OwnCodeSettings } from "./schemas";
import { listItems, readConsent, readRun, takeConsentBack, writeConsent } from "./store";

/** What the caller has said about their own code, and the words that are asked now. */
export async function ownCodeSettings(db: Db): Promise<OwnCodeSettings> {
  const consent = await readConsent(db);
  return { allowed: consent !== null, consent, wording: CONSENT };
}

/**
 * Writes down that somebody allows exercises to be made of their code, under the wording that they read, and has their newest
 * analyses read for it.
 * @throws AppError `conflict` when the wording has changed since they read it
 */
export async function allowOwnCode(userId: string, version: number, traceparent: string | null): Promise<void> {
  if (version !== CONSENT.version)
    throw new AppError("conflict", "The wording has changed since you read it. Read it once more, then decide.");
  await writeConsent(userId, version, traceparent);
}

/** Takes it back: what was kept of the code is deleted at once, and for good. */
export async function disallowOwnCode(userId: string): Promise<void> {
  await takeConsentBack(userId);
}

/** What was made of one of the caller's analyses, or why nothing was. */
export async function ownCodeOfAnalysis(db: Db, analysisId: string): Promise<OwnCodeOfAnalysis> {
  const [consent, run, items] = await Promise.all([
    readConsent(db),
    readRun(db, analysisId),
    listItems(db, analysisId),
  ]);
  return { allowed: consent !== null, run, items };
}

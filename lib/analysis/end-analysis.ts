import "server-only";
import { AppError, isErrorCode } from "@/lib/kernel/errors";
import { recordAnalytics } from "@/lib/platform/batch/analytics";
import { failStale, writeFailure, type AnalysisFailure } from "./store";

/** Answers that stay the same however often one asks: trying again is no use. */
const FINAL_CODES: ReadonlySet<string> = new Set([
  "repository_not_accessible",
  "repository_url_invalid",
  "host_not_allowed",
  "consent_required",
  "rule_broken",
]);

/** @returns whether a failure is the repository's last word. */
export function isFinal(error: unknown): error is AppError {
  return error instanceof AppError && FINAL_CODES.has(error.code);
}

/** Ends an analysis with the repository's last word; nobody can mend it, so it is no dead letter. */
export async function refuseAnalysis(analysisId: string, error: AppError, attempts: number): Promise<void> {
  await endAsFailed(analysisId, {
    code: error.code,
    message: error.message,
    cause: error.message,
    attempts,
    deadLetter: false,
  });
}

/** Writes a failure so that its code survives the way through Inngest, which keeps only name and message. */
export function describeFailure(error: unknown): string {
  if (error instanceof AppError) return `${error.code}: ${error.message}${causeOf(error)}`;
  return error instanceof Error
    ? `internal: ${error.name}: ${error.message}${causeOf(error)}`
    : `internal: ${String(error)}`;
}

function causeOf(error: Error): string {
  return error.cause instanceof Error ? ` (${error.cause.message})` : "";
}

/** What people are told when all attempts failed for the same reason. */
const SAID: Readonly<Record<string, string>> = {
  provider_unavailable: "The repository's host did not answer, several times in a row. Try again later.",
  database_unavailable: "Our database could not be reached, several times in a row. Try again in a few minutes.",
  service_unavailable:
    "There was no room on our side to read this repository, several times in a row. We have been told; try again later.",
};
/** As a scan says which of its limits ended it. */
const PASSED_LIMIT =
  /ScanFailed: (reading the repository took more than [\d.,]+ (?:s|s of processor time|MB of memory)) \(/;

/**
 * Ends an analysis whose attempts are used up: a dead letter with its cause.
 * @param cause as {@link describeFailure} wrote it
 */
export async function giveUpAnalysis(analysisId: string, cause: string, attempts: number): Promise<void> {
  const code = /^([a-z_]+): /.exec(cause)?.[1];
  const known = isErrorCode(code) ? code : "internal";
  const limit = PASSED_LIMIT.exec(cause)?.[1];
  const message = limit
    ? `This repository could not be analysed: ${limit}, which is more than one analysis may use. A part of it, such as another branch, may fit.`
    : (SAID[known] ??
      "The analysis failed on our side and we have been told. Try again later; nothing of yours was changed.");
  await endAsFailed(analysisId, { code: known, message, cause, attempts, deadLetter: true });
}

async function endAsFailed(analysisId: string, failure: AnalysisFailure): Promise<void> {
  // Somebody may have canceled it meanwhile, or this step runs for the second time.
  if (await writeFailure(analysisId, failure))
    recordAnalytics("analysis.completed", { outcome: "failed", seconds: null });
}

/** Ends analyses that have not moved for half an hour. @returns how many. */
export async function endStaleAnalyses(): Promise<number> {
  return failStale();
}

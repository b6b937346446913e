import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { recordAnalytics } from "@/lib/platform/batch/analytics";
import { cloneBare } from "@/lib/platform/git/clone";
import { checkOrigin } from "@/lib/platform/git/origin";
import { gitOriginPolicy, takesGithubToken } from "@/lib/platform/git/policy";
import { withWorkspace } from "@/lib/platform/git/workspace";
import { CATALOGUE_VIEW } from "./insights/catalogue-view";
import { deriveInsights } from "./insights/derive";
import { foundPhase } from "./rules";
import type { ScanFinding } from "./scan/protocol";
import { scanClone } from "./scan/scan-clone";
import {
  ENGINE_VERSION,
  progressOf,
  type AnalysisResult,
  type Found,
  type LaterPhase,
  type PhaseResult,
} from "./schemas";
import type { GrantOf } from "./start-analysis";
import {
  readJob,
  readPhases,
  recordFiles,
  recordPhase,
  recordProgress,
  recordScan,
  refineEstimate,
  writeResult,
  type AnalysisJob,
  type PhasesSoFar,
} from "./store";
import { summaryOf } from "./summaries";
import { recordPackages } from "./vulnerabilities/store";

/** `over`: the analysis has ended meanwhile (canceled, say), so there is nothing more to do. */
export type PhaseOutcome = "done" | "over";

async function runningJob(analysisId: string): Promise<AnalysisJob | null> {
  const job = await readJob(analysisId);
  return job && (job.status === "queued" || job.status === "running") ? job : null;
}

/** The analysis ended while its repository was read. */
class Over extends Error {
  override readonly name = "Over";
}

/**
 * Clones the repository and reads it once, in a child process; what each phase finds is in the database as soon as it
 * is whole, because the clone is gone when this returns. A repetition after a crash starts afresh and comes to the
 * same. A private repository is read with its owner's token alone.
 * @throws AppError, GitError or ScanFailed
 */
export async function scanRepository(analysisId: string, grantOf: GrantOf): Promise<PhaseOutcome> {
  const job = await runningJob(analysisId);
  if (!job || !(await recordProgress(analysisId, "clone", 0))) return "over";
  const origin = await checkOrigin(`${job.repoUrl}.git`, gitOriginPolicy());
  const token = job.privateTo === null ? undefined : await tokenFor(job.privateTo, origin.url, grantOf);
  const began = performance.now();
  try {
    return await withWorkspace(async (folder) => {
      const clone = await cloneBare(folder, { origin, ref: job.ref, token });
      const cloneMs = performance.now() - began;
      const seen = { files: 0, bytes: 0 };
      const done = await scanClone(clone, {
        onFound: async (finding) => {
          if (finding.type === "languages") seen.bytes = finding.found.bytes;
          if (finding.type === "clone") seen.files = finding.found.files;
          if (!(await keep(analysisId, finding))) throw new Over();
        },
      });
      const record = {
        commit: clone.commit,
        ...seen,
        ms: { clone: cloneMs, ...done.ms },
        peakBytes: done.peakBytes,
        limits: done.limits,
      };
      return (await recordScan(analysisId, record)) ? "done" : "over";
    });
  } catch (error) {
    if (error instanceof Over) return "over";
    throw error;
  }
}

async function keep(analysisId: string, finding: ScanFinding): Promise<boolean> {
  switch (finding.type) {
    case "clone":
      await refineEstimate(analysisId, finding.found.files);
      return recordProgress(analysisId, "clone", progressOf("clone"), finding.found);
    case "languages":
      return recordProgress(analysisId, "languages", progressOf("languages"), finding.found);
    case "files":
      return recordFiles(analysisId, finding.from, finding.files);
    case "patterns":
      return keepPhase(analysisId, "patterns", finding.found);
    case "packages":
      return recordPackages(analysisId, finding.found);
    case "security":
      return keepPhase(analysisId, "security", finding.found);
    case "functions":
      throw new Error("an analysis does not look for functions");
  }
}

function keepPhase<P extends LaterPhase>(analysisId: string, phase: P, result: PhaseResult<P>): Promise<boolean> {
  return recordPhase(analysisId, phase, progressOf(phase), summaryOf(phase, result), result);
}

/** The token of the one person whose private repository it is; @throws AppError `consent_required` */
export async function tokenFor(userId: string, url: URL, grantOf: GrantOf): Promise<string> {
  const grant = takesGithubToken(url) ? await grantOf(userId) : null;
  if (grant) return grant.token;
  throw new AppError(
    "consent_required",
    "DevMentor has no access to your private repositories any more. Give it again and restart the analysis.",
  );
}

/**
 * Derives insights from what the scan left in the database.
 * @throws Error when a phase that must have run left nothing: a defect of ours.
 */
export async function findInsights(analysisId: string): Promise<PhaseOutcome> {
  const job = await runningJob(analysisId);
  if (!job) return "over";
  const { languages, patterns, security } = wholeScan(job, await readPhases(analysisId));
  const insights = deriveInsights(
    { languages, patterns: foundPhase(patterns), security: foundPhase(security) },
    CATALOGUE_VIEW,
  );
  return (await keepPhase(analysisId, "insights", insights)) ? "done" : "over";
}

/**
 * Puts together what the phases found and ends the analysis.
 * @throws Error when a phase that must have run left nothing: a defect of ours.
 */
export async function storeResult(analysisId: string): Promise<PhaseOutcome> {
  const job = await runningJob(analysisId);
  if (!job || !(await recordProgress(analysisId, "store", progressOf("store")))) return "over";
  const result = composeResult(job, await readPhases(analysisId), new Date());
  if (!(await writeResult(analysisId, result))) return "over";
  recordAnalytics("analysis.completed", { outcome: "completed", seconds: Math.round(result.durationMs / 1000) });
  return "done";
}

type WholeScan = { readonly [K in "scan" | "patterns" | "security"]: NonNullable<PhasesSoFar[K]> } & {
  readonly [K in "clone" | "languages"]: NonNullable<Found[K]>;
};

function wholeScan(job: AnalysisJob, phases: PhasesSoFar): WholeScan {
  const { clone, languages } = job.found;
  const { scan, patterns, security } = phases;
  if (!clone || !languages || !scan || !patterns || !security) {
    throw new Error(`analysis ${job.id} comes to its end without what its scan found`);
  }
  return { clone, languages, scan, patterns, security };
}

/** The result as it is stored and shown. */
function composeResult(job: AnalysisJob, phases: PhasesSoFar, now: Date): AnalysisResult {
  const { clone, languages, scan, patterns, security } = wholeScan(job, phases);
  if (!phases.insights) throw new Error(`analysis ${job.id} comes to its end without insights`);
  const { measuredMs: _own, limits, ...counts } = languages;
  return {
    engine: ENGINE_VERSION,
    commit: clone.commit,
    ref: clone.ref,
    totalFiles: clone.files,
    ...counts,
    limits: [...limits, ...scan.limits],
    phases: { patterns, security, insights: phases.insights },
    measuredAt: now.toISOString(),
    durationMs: job.startedAt ? Math.max(0, now.getTime() - Date.parse(job.startedAt)) : 0,
  };
}

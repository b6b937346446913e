import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { foundPhase } from "./rules";
import type { Analysis } from "./schemas";
import { toSarif, type SarifTool } from "./security/sarif";

export type ExportFormat = "json" | "sarif";

export interface AnalysisFile {
  readonly body: object;
  readonly contentType: string;
  readonly fileName: string;
}

/**
 * An analysis as a file to keep or to feed to other tools.
 * @param tool named in SARIF as what made it
 * @throws AppError `conflict` while it is not finished, or has no security findings to write as SARIF
 */
export function exportAnalysis(analysis: Analysis, format: ExportFormat, tool: SarifTool): AnalysisFile {
  const { result, repository } = analysis;
  if (!result) throw new AppError("conflict", "This analysis has no result to export. Wait until it is finished.");
  // Owners and names hold letters, digits, dots, dashes and, with groups, slashes.
  const name = `${repository.owner}-${repository.name}`.replaceAll(/[^A-Za-z0-9._-]/g, "-");
  const fileName = `${name}-${result.commit.slice(0, 12)}.${format}`;
  if (format === "json") return { body: analysis, contentType: "application/json", fileName };
  const security = foundPhase(result.phases.security);
  if (!security) {
    throw new AppError(
      "conflict",
      "This analysis did not check security, so there is nothing to write as SARIF. Run it again.",
    );
  }
  return {
    body: toSarif(security, tool, { repositoryUri: repository.url, revisionId: result.commit }),
    contentType: "application/sarif+json",
    fileName,
  };
}

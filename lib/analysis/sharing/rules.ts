import { foundPhase } from "../rules";
import type { AnalysisResult } from "../schemas";
import type { SharedAnalysis } from "./schemas";

interface Shareable {
  readonly repository: SharedAnalysis["repository"];
  readonly private: boolean;
  readonly finishedAt: string;
  readonly result: AnalysisResult;
}

/**
 * The public view of an analysis, built field by field: what the result gains later is not shared until somebody adds it
 * here. Without anything about security, and for a private repository without paths, lines and names of functions.
 */
export function publicView({ repository, private: isPrivate, finishedAt, result }: Shareable): SharedAnalysis {
  const patterns = foundPhase(result.phases.patterns);
  const insights = foundPhase(result.phases.insights);
  const places = (of: {
    readonly evidence: SharedAnalysis["insights"][number]["evidence"];
    readonly total: number;
  }) => ({
    evidence: isPrivate ? [] : of.evidence.map(({ path, line, endLine, label }) => ({ path, line, endLine, label })),
    total: of.total,
  });
  return {
    repository: { url: repository.url, host: repository.host, owner: repository.owner, name: repository.name },
    private: isPrivate,
    commit: isPrivate ? null : result.commit,
    finishedAt,
    files: result.files,
    lines: result.lines,
    languages: result.languages.map(({ name, kind, color, files, lines, bytes, share }) => ({
      name,
      kind,
      color,
      files,
      lines,
      bytes,
      share,
    })),
    patterns: (patterns?.patterns ?? []).map(({ id, kind, concept, count, inTests, files }) => ({
      id,
      kind,
      concept,
      count,
      inTests,
      files,
    })),
    functions: patterns && {
      count: patterns.functions.count,
      cognitive: patterns.functions.cognitive,
      hotspots: isPrivate ? [] : patterns.functions.hotspots,
    },
    tests: patterns && {
      files: patterns.tests.files,
      cases: patterns.tests.cases,
      linesRatio: patterns.tests.linesRatio,
    },
    insights: (insights?.insights ?? [])
      .filter(({ topic }) => topic !== "security")
      .map(({ ruleId, topic, kind, sentence, reason, ...rest }) => ({
        ruleId,
        topic,
        kind,
        sentence,
        reason,
        ...places(rest),
      })),
    nextSteps: (insights?.nextSteps ?? [])
      .filter(({ topic }) => topic !== "security")
      .map(({ ruleId, topic, sentence, reason, ...rest }) => ({ ruleId, topic, sentence, reason, ...places(rest) })),
    recommendations: (insights?.recommendations ?? []).map((each) => ({
      ...each,
      places: isPrivate ? [] : each.places,
    })),
  };
}

/** Links and code for a README: a badge that leads to the shared page. */
export function badgeMarkdown(repository: string, badgeUrl: string, pageUrl: string): string {
  const plain = repository.replaceAll(/[[\]\\`*_<>]/g, "");
  return `[![Analysis of ${plain} by DevMentor](${badgeUrl})](${pageUrl})`;
}

/** Where the badge of a repository lies; an owner with groups in it is one segment. */
export function badgePath({
  host,
  owner,
  name,
}: {
  readonly host: string;
  readonly owner: string;
  readonly name: string;
}): string {
  return `/api/v1/badges/${[host, owner, name].map(encodeURIComponent).join("/")}`;
}

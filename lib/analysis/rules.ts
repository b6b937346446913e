import { PHASES, type Analysis, type Found, type LimitHit, type NotYet, type SkippedCount } from "./schemas";

/** What a phase is called on the page while it runs. */
export const PHASE_WORDS: Readonly<Record<(typeof PHASES)[number]["name"], string>> = {
  clone: "Clone the repository",
  languages: "Count languages, files and lines",
  patterns: "Find patterns and structure",
  security: "Check security",
  insights: "Work out what to learn from it",
  store: "Keep the result",
  done: "Done",
};

/** Why files are not counted, in words. */
export const SKIP_WORDS: Readonly<Record<SkippedCount["reason"], string>> = {
  vendored: "Vendored by Linguist’s list: copied code, test data, settings of the repository",
  generated: "Written by tools (lock files, minified and generated code)",
  documentation: "Documentation and examples",
  not_detectable: "Left out by the repository’s own .gitattributes",
  binary: "Binary files",
  too_large: "Larger than 1 MB",
  over_budget: "Beyond the 256 MB that one analysis reads",
  too_deep: "More than 100 folders deep",
  over_limit: "Ended at one of our limits: see above",
  symlink: "Links to other files",
  submodule: "Other repositories inside this one",
  unknown_language: "No language that Linguist knows",
};

/** @returns whether there is still something to wait for. */
export function isUnderway(analysis: Pick<Analysis, "status">): boolean {
  return analysis.status === "queued" || analysis.status === "running";
}

export type PhaseState = "done" | "now" | "waiting" | "not_yet";

export interface PhaseLine {
  readonly name: (typeof PHASES)[number]["name"];
  readonly label: string;
  readonly state: PhaseState;
}

/** How each phase stands, for a list; a phase that the analysis does not have yet says so. */
export function phaseLines(analysis: Pick<Analysis, "status" | "progress" | "found">): PhaseLine[] {
  let nowTaken = !isUnderway(analysis);
  return PHASES.filter((phase) => phase.name !== "done").map(({ name, progress }) => {
    const found = name in analysis.found ? analysis.found[name as keyof Found] : undefined;
    const reached = analysis.progress >= progress && analysis.progress > 0;
    let state: PhaseState = reached ? "done" : "waiting";
    if (found && "status" in found) state = "not_yet";
    else if (!reached && !nowTaken) {
      nowTaken = true;
      state = "now";
    }
    return { name, label: PHASE_WORDS[name], state };
  });
}

const UNITS = ["bytes", "kB", "MB", "GB"] as const;

/** A size as people read it: 1 kB is 1000 bytes. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${UNITS[unit]}`;
}

/** A share as a percentage; what is there but rounds to nothing says so. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.001) return "<0.1%";
  return share.toLocaleString("en", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/** A duration in words, from milliseconds. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toLocaleString("en", { maximumFractionDigits: 1 })} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** Which bound of ours cut an analysis short, and what that means for its figures. */
export function limitWords({ limit, value, path }: LimitHit): string {
  const after = path === undefined ? "The figures are about what was read until then." : `Left out for it: ${path}`;
  switch (limit) {
    case "files":
      return `Only the first ${value.toLocaleString("en")} files were looked at. The figures are about those.`;
    case "bytes":
      return `Reading stopped after ${formatBytes(value)}. The figures are about what was read.`;
    case "depth":
      return `Folders nested deeper than ${value.toLocaleString("en")} were not opened.`;
    case "attributes":
      return `The .gitattributes ask for more than ${value.toLocaleString("en")} comparisons. They were followed up to there.`;
    case "memory":
      return `Reading took more than ${formatBytes(value)} of memory and was stopped. ${after}`;
    case "cpu":
      return `Reading took more than ${formatDuration(value)} of computing and was stopped. ${after}`;
    case "time":
      return `Reading took longer than ${formatDuration(value)} and was stopped. ${after}`;
    case "crash":
      return `The program that reads repositories ended unexpectedly. ${after}`;
  }
}

/** @returns what a phase found, or null when the analysis that made the result did not have it. */
export function foundPhase<P extends object>(phase: P): Exclude<P, NotYet> | null {
  return "status" in phase && phase.status === "not_yet" ? null : (phase as Exclude<P, NotYet>);
}

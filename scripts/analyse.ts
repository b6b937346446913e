import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { CATALOGUE_VIEW } from "@/lib/analysis/insights/catalogue-view";
import { deriveInsights } from "@/lib/analysis/insights/derive";
import type { Evidence, Insight, InsightsFound, NextStep } from "@/lib/analysis/insights/schemas";
import { parseRepositoryAddress } from "@/lib/analysis/repository/repository-url";
import { formatBytes, formatShare, foundPhase, SKIP_WORDS } from "@/lib/analysis/rules";
import type { ScanFinding } from "@/lib/analysis/scan/protocol";
import { scanClone, type ScanDone } from "@/lib/analysis/scan/scan-clone";
import type { FileVerdict, LanguagesFound, PhaseResult } from "@/lib/analysis/schemas";
import { toSarif } from "@/lib/analysis/security/sarif";
import { summaryOf } from "@/lib/analysis/summaries";
import { cloneBare, type BareClone } from "@/lib/platform/git/clone";
import { checkCloneUrl, checkOrigin, type OriginPolicy } from "@/lib/platform/git/origin";
import { withWorkspace } from "@/lib/platform/git/workspace";
import packageJson from "../package.json" with { type: "json" };
import { buildEngine } from "./engine.ts";
import { ROOT } from "./install.mjs";

/**
 * Analyses a repository without the server, on the same engine: a folder, a working copy (its newest commit) or the address
 * of a public repository. No database, no account, nothing is kept.
 */
const USAGE = `npm run analyse -- <path or URL> [--json | --sarif] [--ref <branch or tag>]
  Prints languages, patterns, security, insights with their places, and next steps.
  --json    everything that was found, and for each file why it counts or not
  --sarif   the security findings as SARIF 2.1.0`;

const HOSTS = ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"];
const POLICY: OriginPolicy = {
  allowedHosts: process.env["GIT_ALLOWED_HOSTS"]?.split(",") ?? HOSTS,
  extraOrigin: process.env["DEVSTACK_GIT_ORIGIN"],
};

interface Analysed {
  readonly commit: string;
  readonly ref: string;
  languages?: LanguagesFound;
  patterns?: PhaseResult<"patterns">;
  security?: PhaseResult<"security">;
  readonly insights: InsightsFound;
  readonly files: FileVerdict[];
  readonly done: ScanDone;
}

/** The caller wrote something that cannot be analysed. */
class UsageError extends Error {
  override readonly name = "UsageError";
}

async function scan(clone: BareClone): Promise<Analysed> {
  const engine = path.join(ROOT, ".engine");
  await buildEngine(engine);
  const found: Partial<Analysed> = {};
  const files: FileVerdict[] = [];
  const done = await scanClone(clone, {
    folder: engine,
    onFound: (finding: ScanFinding) => {
      if (finding.type === "files") files.push(...finding.files);
      else if (finding.type !== "clone") Object.assign(found, { [finding.type]: finding.found });
    },
  });
  const { languages, patterns, security } = found;
  if (!languages || !patterns || !security) throw new Error("The scan ended without a result.");
  const insights = deriveInsights(
    { languages, patterns: foundPhase(patterns), security: foundPhase(security) },
    CATALOGUE_VIEW,
  );
  return { ...found, commit: clone.commit, ref: clone.ref, insights, files, done };
}

const git = (args: readonly string[], env: Record<string, string> = {}): string =>
  execFileSync("git", ["-c", "safe.directory=*", "-c", "core.hooksPath=/dev/null", ...args], {
    env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", ...env },
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "pipe"],
  })
    .toString("utf8")
    .trim();

/** A working copy or bare repository is read where it is; any other folder is put into a temporary repository first. */
async function analyseFolder(folder: string, ref: string | undefined): Promise<Analysed> {
  const dotGit = path.join(folder, ".git");
  const bare = existsSync(path.join(folder, "HEAD")) && existsSync(path.join(folder, "objects"));
  if (existsSync(dotGit) || bare) {
    const gitDir = git(["-C", folder, "rev-parse", "--absolute-git-dir"]);
    const name = ref ?? "HEAD";
    const commit = git(["--git-dir", gitDir, "rev-parse", "--verify", "--end-of-options", `${name}^{commit}`]);
    return scan({ gitDir, commit, ref: name });
  }
  const scratch = mkdtempSync(path.join(tmpdir(), "devmentor-analyse-"));
  try {
    const gitDir = path.join(scratch, "folder.git");
    git(["init", "--quiet", "--bare", "--template=", gitDir]);
    git(["--git-dir", gitDir, "--work-tree", folder, "add", "--all", "--", "."]);
    const tree = git(["--git-dir", gitDir, "write-tree"]);
    const who = { GIT_AUTHOR_NAME: "analyse", GIT_AUTHOR_EMAIL: "analyse@localhost" };
    const commit = git(["--git-dir", gitDir, "commit-tree", tree, "-m", "As it is"], {
      ...who,
      GIT_COMMITTER_NAME: "analyse",
      GIT_COMMITTER_EMAIL: "analyse@localhost",
    });
    return await scan({ gitDir, commit, ref: "as it is" });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function analyseUrl(url: string, ref: string | undefined): Promise<Analysed> {
  const address = parseRepositoryAddress(checkCloneUrl(url, POLICY));
  const origin = await checkOrigin(address.cloneUrl, POLICY);
  return withWorkspace(async (folder) => scan(await cloneBare(folder, { origin, ref })));
}

function describe(found: Analysed, seconds: number): string {
  const { languages } = found;
  const lines = [
    `commit ${found.commit} (${found.ref}), ${seconds.toFixed(1)} s, ${formatBytes(found.done.peakBytes)} of memory`,
    "",
  ];
  for (const language of languages?.languages ?? []) {
    const share = language.share === null ? "" : formatShare(language.share);
    lines.push(
      `${share.padStart(7)}  ${language.name.padEnd(24)}${String(language.files).padStart(7)} files${String(language.lines).padStart(10)} lines`,
    );
  }
  for (const { reason, files } of languages?.skipped ?? [])
    lines.push(`${String(files).padStart(7)}  ${SKIP_WORDS[reason]}`);
  for (const phase of ["patterns", "security"] as const) {
    const result = found[phase];
    const summary = result && summaryOf(phase, result);
    if (!summary) continue;
    lines.push("", phase);
    if ("message" in summary) lines.push(`  ${summary.message}`);
    else {
      lines.push(...summary.counts.map(({ label, value }) => `${String(value).padStart(7)}  ${label}`));
      lines.push(...summary.highlights.map((highlight) => `         ${highlight}`));
    }
  }
  lines.push(...describeInsights(found.insights));
  const limits = [...(languages?.limits ?? []), ...found.done.limits];
  if (limits.length > 0) lines.push("", "Cut short by our own limits:");
  for (const { limit, value, path: at } of limits) lines.push(`  ${limit} (${value})${at ? `: ${at}` : ""}`);
  return lines.join("\n");
}

const INSIGHT_WORDS: Readonly<Record<Insight["kind"], string>> = {
  strength: "strengths",
  habit: "habits",
  gap: "gaps",
  hotspot: "hotspots",
};

/** Each sentence with its first places and the rule that made it. */
function describeInsights({ insights, nextSteps, recommendations }: InsightsFound): string[] {
  const place = ({ path: at, line }: Evidence): string => `${at}:${line}`;
  const said = ({ sentence, evidence, total, ruleId }: Insight | NextStep): string[] => {
    const shown = evidence.slice(0, 3).map(place).join(", ");
    return [`  ${sentence}`, `      ${shown}${total > 3 ? ` and ${total - 3} more` : ""}  [${ruleId}]`];
  };
  const lines = Object.entries(INSIGHT_WORDS).flatMap(([kind, word]) => {
    const ofKind = insights.filter((insight) => insight.kind === kind);
    return ofKind.length === 0 ? [] : ["", word, ...ofKind.flatMap(said)];
  });
  if (nextSteps.length > 0) lines.push("", "next steps", ...nextSteps.flatMap(said));
  if (recommendations.length > 0) lines.push("", "worth learning for this code");
  for (const { title, score, reasons } of recommendations)
    lines.push(`  ${score.toFixed(2)}  ${title}: ${reasons.map(({ sentence }) => sentence).join(" ")}`);
  return lines;
}

function sarifOf(found: Analysed, target: string): unknown {
  if (!found.security || "status" in found.security)
    throw new UsageError("Security was not checked, so there is nothing to write.");
  const informationUri = URL.canParse(target) ? target : "https://github.com";
  return toSarif(
    found.security,
    { version: packageJson.version, informationUri },
    { repositoryUri: URL.canParse(target) ? target : null, revisionId: found.commit },
  );
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean" },
      sarif: { type: "boolean" },
      ref: { type: "string" },
      help: { type: "boolean" },
    },
  });
  const target = positionals[0];
  if (values.help || target === undefined || positionals.length > 1 || (values.json && values.sarif))
    throw new UsageError(USAGE);
  const began = performance.now();
  // npm runs scripts in the project; a path is meant from where the caller stands.
  const folder = path.resolve(process.env["INIT_CWD"] ?? process.cwd(), target);
  const found = /^[a-z]+:\/\//i.test(target)
    ? await analyseUrl(target, values.ref)
    : existsSync(folder) && statSync(folder).isDirectory()
      ? await analyseFolder(folder, values.ref)
      : undefined;
  if (!found) throw new UsageError(`${target} is neither a folder nor an address.\n${USAGE}`);
  const text = values.json
    ? JSON.stringify(found, null, 2)
    : values.sarif
      ? JSON.stringify(sarifOf(found, target), null, 2)
      : describe(found, (performance.now() - began) / 1000);
  process.stdout.write(`${text}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

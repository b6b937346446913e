import "server-only";
import { readFileSync } from "node:fs";
import { listTree } from "@/lib/platform/git/tree";
import { createParser } from "../syntax/parser";
import { analyseFiles } from "./analyse-files";
import { createAnalysers } from "./analysers";
import { countLanguages } from "./count-languages";
import { SCAN_LIMITS } from "./limits";
import type { ScanMessage, ScanRequest } from "./protocol";
import { seekFunctions } from "./seek-functions";
import { ThreadedAnalysers } from "./threaded-analysers";

/** Files in one message of verdicts. */
const VERDICTS = 1_000;
/** A repository of fewer files is read before a second thread has started. */
const WORTH_A_THREAD = 200;

/**
 * Scans a bare clone: counts languages, then hands each file to the analysers. Runs in the child process, so it may
 * be ended at any moment; what is found is told as soon as it is whole.
 * @param entry the child's own bundle, to start a second thread with where the request allows it
 * @param say tells the parent; `at` comes before each file that is looked at
 * @throws GitError
 */
export async function scanRepository(
  request: ScanRequest,
  entry: URL,
  say: (message: ScanMessage) => void,
): Promise<void> {
  const began = performance.now();
  const tree = await listTree(request.gitDir, request.commit, SCAN_LIMITS.maxFiles);
  say({ type: "clone", found: { commit: request.commit, ref: request.ref, files: tree.entries.length } });
  const second =
    request.seek === "all" && request.threads > 1 && tree.entries.length >= WORTH_A_THREAD
      ? new ThreadedAnalysers(entry, request.heapMiB, (path) => say({ type: "at", path }))
      : null;
  const counted = await countLanguages(request, tree, say);
  const languagesMs = performance.now() - began;
  if (request.seek === "functions") {
    await seekFunctions(request, counted.readable, await createParser(request.wasmFolder), say);
    const limits = request.avoid.map(({ limit }) => limit);
    say({ type: "done", limits, peakBytes: peakResident(), ms: { languages: languagesMs, patterns: 0, security: 0 } });
    return;
  }
  say({ type: "languages", found: counted.found });
  for (let at = 0; at < counted.verdicts.length; at += VERDICTS)
    say({ type: "files", from: at, files: counted.verdicts.slice(at, at + VERDICTS) });
  const about = {
    commit: request.commit,
    paths: tree.entries.map((entry) => entry.path),
    languages: counted.found,
  };
  second?.begin(about);
  const parser = await createParser(request.wasmFolder);
  const analysed = await analyseFiles(request, counted.readable, parser, second ?? createAnalysers(about), say);
  say({ type: "patterns", found: analysed.patterns });
  say({ type: "packages", found: [...analysed.packages] });
  say({ type: "security", found: analysed.security });
  say({
    type: "done",
    limits: [...request.avoid.map(({ limit }) => limit), ...analysed.limits],
    peakBytes: peakResident(),
    ms: { languages: languagesMs, ...analysed.ms },
  });
}

/** The kernel's `maxRSS` of a process also counts what its parent held when it was started; VmHWM is its own. */
function peakResident(): number {
  try {
    const own = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "latin1"))?.[1];
    if (own !== undefined) return Number(own) * 1024;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return process.resourceUsage().maxRSS * 1024;
}

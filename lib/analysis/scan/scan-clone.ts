import "server-only";
import { availableParallelism } from "node:os";
import type { BareClone } from "@/lib/platform/git/clone";
import { log } from "@/lib/platform/telemetry/log";
import type { LimitHit } from "../schemas";
import { CHILD_LIMITS, MAX_RESTARTS, SOFT_SHARE, type ChildLimits } from "./limits";
import type { ScanFinding, ScanMessage, ScanRequest } from "./protocol";
import { engineFolder, runChild } from "./run-child";

export type ScanDone = Extract<ScanMessage, { type: "done" }>;

/** The engine could not read a repository at all: a defect of ours, or a machine in trouble. */
export class ScanFailed extends Error {
  override readonly name = "ScanFailed";
}

export interface ScanOptions {
  readonly limits?: Partial<ChildLimits>;
  readonly signal?: AbortSignal | undefined;
  /** Threads of the child; two where there are two processors. What is found is the same. */
  readonly threads?: 1 | 2;
  /** Functions that can stand alone, instead of all that an analysis finds. */
  readonly seek?: "functions";
  /** Where the bundled child is; beside the server unless told. */
  readonly folder?: string;
  /** Is told each phase once, in order, as soon as it is whole. */
  readonly onFound: (finding: ScanFinding) => Promise<void> | void;
}

/**
 * Scans a clone in a child process. A file that a child does not survive is left out, with the limit that it passed,
 * and the rest is read again; so one hostile file costs that file and nothing else.
 * @returns limits that were hit, peak memory and how long each phase worked
 * @throws ScanFailed when not even that leads to an end; what `onFound` throws
 */
export async function scanClone(clone: BareClone, options: ScanOptions): Promise<ScanDone> {
  const limits = { ...CHILD_LIMITS, ...options.limits };
  const folder = options.folder ?? engineFolder();
  const began = performance.now();
  const avoid: ScanRequest["avoid"] = [];
  const told = new Set<string>();
  let done: ScanDone | null = null;
  let threads = options.threads ?? (availableParallelism() > 1 ? 2 : 1);
  for (let restarts = 0; ; restarts += 1) {
    const left = limits.wallMs - (performance.now() - began);
    const request: ScanRequest = {
      gitDir: clone.gitDir,
      commit: clone.commit,
      ref: clone.ref,
      wasmFolder: folder,
      avoid,
      softWallMs: Math.max(1, left * SOFT_SHARE),
      softMemoryBytes: Math.round(limits.memoryBytes * SOFT_SHARE),
      threads,
      seek: options.seek ?? "all",
      heapMiB: limits.heapMiB,
    };
    const end = await runChild({
      folder,
      request,
      limits: { ...limits, wallMs: Math.max(1, left) },
      signal: options.signal,
      onMessage: async (message) => {
        if (message.type === "done") done = message;
        else if (message.type !== "failed" && !told.has(keyOf(message))) {
          told.add(keyOf(message));
          await options.onFound(message);
        }
      },
    });
    if (end.kind === "done" && done) return done;
    if (end.kind !== "limit")
      throw new ScanFailed(end.kind === "failed" ? end.message : "the scan ended without a result");
    log.warn({ limit: end.hit.limit, detail: end.detail, restarts }, "the child that reads a repository was ended");
    const path = end.path;
    const unsure = threads === 2 && (end.hit.limit === "memory" || end.hit.limit === "crash");
    if (unsure && path !== null && restarts < MAX_RESTARTS) {
      // Two files were in hand: which of them it was, only a child that has one at a time can tell.
      threads = 1;
      continue;
    }
    if (path === null || restarts >= MAX_RESTARTS || avoid.some((known) => known.path === path)) {
      throw new ScanFailed(`${limitWords(end.hit)} (${end.detail.slice(0, 400)})`);
    }
    avoid.push({ path, limit: { ...end.hit, path } });
  }
}

/** A child that was started again tells again what is known; it is passed on once. */
function keyOf(message: ScanFinding): string {
  return message.type === "files" ? `files ${message.from}` : message.type;
}

function limitWords({ limit, value }: LimitHit): string {
  if (limit === "time") return `reading the repository took more than ${value / 1000} s`;
  if (limit === "cpu") return `reading the repository took more than ${value / 1000} s of processor time`;
  if (limit === "memory")
    return `reading the repository took more than ${Math.round(value / 1024 / 1024)} MB of memory`;
  return "the process that reads repositories ended by itself";
}

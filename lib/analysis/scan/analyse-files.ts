import "server-only";
import { readBlobs } from "@/lib/platform/git/blobs";
import type { LimitHit } from "../schemas";
import type { FileRole, SourceFile } from "../source";
import type { SyntaxParser } from "../syntax/parser";
import type { Analysers, AnalysersFound } from "./analysers";
import { SCAN_LIMITS } from "./limits";
import type { ScanMessage, ScanRequest } from "./protocol";

/** A file that is text and not other people's. */
export interface ReadableFile {
  readonly path: string;
  readonly objectId: string;
  readonly language: string | null;
  readonly role: FileRole;
}

interface Analysed extends AnalysersFound {
  readonly limits: readonly LimitHit[];
}

/** How many files pass between two looks at our own memory. */
const MEMORY_EVERY = 64;

/**
 * Reads each file once, has it parsed once and hands it to both analysers; stops early, with what it has, when time
 * or memory run short. Parsing counts as time of the patterns.
 */
export async function analyseFiles(
  request: ScanRequest,
  files: readonly ReadableFile[],
  parser: SyntaxParser,
  analysers: Analysers,
  say: (message: ScanMessage) => void,
): Promise<Analysed> {
  const limits: LimitHit[] = [];
  let seen = 0;
  let parsingMs = 0;
  await readBlobs(
    request.gitDir,
    files.map((file) => file.objectId),
    { maxBlobBytes: SCAN_LIMITS.maxFileBytes, maxTotalBytes: SCAN_LIMITS.maxTotalBytes },
    (index, answer) => {
      const file = files[index];
      if (!file || answer.kind !== "content") return undefined;
      if (limits.length > 0) return undefined;
      const hit = seen % MEMORY_EVERY === 0 ? runningShort(request) : outOfTime(request);
      seen += 1;
      if (hit) {
        limits.push(hit);
        return "stop";
      }
      say({ type: "at", path: file.path });
      const source = sourceOf(file, answer.content);
      const began = performance.now();
      const parsed = file.role === "generated" ? null : parser.parse(source);
      parsingMs += performance.now() - began;
      return analysers.add(source, parsed);
    },
  );
  say({ type: "at", path: "" });
  const { ms, ...found } = await analysers.finish();
  return { ...found, limits, ms: { patterns: ms.patterns + parsingMs, security: ms.security } };
}

/** A file as the analysers take it. */
export function sourceOf(file: ReadableFile, content: Buffer): SourceFile {
  return {
    path: file.path,
    language: file.language,
    text: content.toString("utf8"),
    bytes: content.length,
    role: file.role,
  };
}

function outOfTime(request: ScanRequest): LimitHit | null {
  return performance.now() > request.softWallMs ? { limit: "time", value: Math.round(request.softWallMs) } : null;
}

function runningShort(request: ScanRequest): LimitHit | null {
  if (process.memoryUsage.rss() > request.softMemoryBytes) return { limit: "memory", value: request.softMemoryBytes };
  return outOfTime(request);
}

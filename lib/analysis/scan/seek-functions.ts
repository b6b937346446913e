import "server-only";
import { readBlobs } from "@/lib/platform/git/blobs";
import { standaloneFunctions } from "../standalone/find";
import type { StandaloneFunction } from "../standalone/schemas";
import type { SyntaxParser } from "../syntax/parser";
import { sourceOf, type ReadableFile } from "./analyse-files";
import { SCAN_LIMITS } from "./limits";
import type { ScanMessage, ScanRequest } from "./protocol";

/** More are not told of: nobody needs them, and a message has to end somewhere. */
const MOST = 1_500;
const LANGUAGES: ReadonlySet<string> = new Set(["JavaScript", "TypeScript"]);

/**
 * Looks for functions that can stand alone in what the repository's authors wrote themselves: no tests, examples, generated
 * or vendored files. Ends early, with what it has, when time runs short.
 */
export async function seekFunctions(
  request: ScanRequest,
  files: readonly ReadableFile[],
  parser: SyntaxParser,
  say: (message: ScanMessage) => void,
): Promise<void> {
  const own = files.filter(({ role, language }) => role === "source" && language !== null && LANGUAGES.has(language));
  const found: StandaloneFunction[] = [];
  let total = 0;
  await readBlobs(
    request.gitDir,
    own.map((file) => file.objectId),
    { maxBlobBytes: SCAN_LIMITS.maxFileBytes, maxTotalBytes: SCAN_LIMITS.maxTotalBytes },
    (index, answer) => {
      const file = own[index];
      if (!file || answer.kind !== "content") return undefined;
      if (performance.now() > request.softWallMs) return "stop";
      say({ type: "at", path: file.path });
      const parsed = parser.parse(sourceOf(file, answer.content));
      if (!parsed.ok) return undefined;
      const functions = standaloneFunctions(file.path, parsed.tree);
      total += functions.length;
      found.push(...functions.slice(0, MOST - found.length));
      return undefined;
    },
  );
  say({ type: "at", path: "" });
  say({ type: "functions", found, total });
}

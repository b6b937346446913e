import { writeSync } from "node:fs";
import { text } from "node:stream/consumers";
import { isMainThread } from "node:worker_threads";
import { keepGitInOwnGroup } from "@/lib/platform/git/process";
import { scanRequestSchema, type ScanMessage } from "./protocol";
import { scanRepository } from "./scan-repository";
import { serveAnalysers } from "./second-thread";
import { SecondThreadOutOfMemory } from "./threaded-analysers";

/**
 * The child process that reads one repository. Its parent may kill it at any moment; it ends by itself when the
 * parent is gone. Bundled by `scripts/engine.ts`.
 */
const MESSAGES = 3;

/** Written at once: whoever is killed over a file must have named it before. */
function say(message: ScanMessage): void {
  const line = Buffer.from(`${JSON.stringify(message)}\n`);
  for (let sent = 0; sent < line.length;) {
    try {
      sent += writeSync(MESSAGES, line, sent);
    } catch (error) {
      // The parent reads slower than we write.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

async function scan(): Promise<void> {
  keepGitInOwnGroup();
  try {
    const request = scanRequestSchema.parse(JSON.parse(await text(process.stdin)));
    await scanRepository(request, new URL(import.meta.url), say);
  } catch (error) {
    process.exitCode = 1;
    // Ends like a first thread whose heap is full, so that the file is left out and the others are read.
    if (error instanceof SecondThreadOutOfMemory) process.stderr.write(`${error.message}\n`);
    else say({ type: "failed", message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
  }
}

if (isMainThread) await scan();
else serveAnalysers();

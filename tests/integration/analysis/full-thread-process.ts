import { pathToFileURL } from "node:url";
import { ThreadedAnalysers } from "@/lib/analysis/scan/threaded-analysers";

/**
 * Hands one file to a second thread that fills its heap, and writes what came of it: the file that was named last, and the name of the
 * failure. A process of its own, as an analysis has: V8 may end the whole of it. `node full-thread-process.ts <module>`
 */
const said: string[] = [];
const analysers = new ThreadedAnalysers(pathToFileURL(process.argv[2] ?? ""), 16, (at) => said.push(at));
await analysers.add(
  { path: "first.txt", language: null, text: "x".repeat(300_000), bytes: 300_000, role: "source" },
  null,
);
const failure = await analysers.finish().catch((error: unknown) => error);
process.stdout.write(JSON.stringify({ at: said.at(-1), failure: failure instanceof Error ? failure.name : "none" }));
process.exit(0);

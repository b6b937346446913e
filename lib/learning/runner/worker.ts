import { parentPort, workerData } from "node:worker_threads";
import type { WorkerJob, WorkerSetup } from "./protocol";
import { createMachine } from "./sandbox";

/**
 * A thread that runs one piece of foreign code inside QuickJS and is thrown away. Bundled by `scripts/engine.ts`; it is
 * ended from outside (`child.ts`) when it does not come to an end by itself.
 */
const port = parentPort;
if (!port) throw new Error("worker.ts runs in a worker thread");
const run = await createMachine(workerData as WorkerSetup);
port.once("message", (job: WorkerJob) => port.postMessage(run(job)));
port.postMessage("ready");

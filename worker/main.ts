import { closeAnalytics } from "@/lib/platform/batch/analytics";
import { runRelay } from "@/lib/platform/outbox/outbox";
import { startOutageRecords } from "@/lib/platform/resilience/start";
import { boot } from "@/lib/platform/telemetry/boot";
import { log } from "@/lib/platform/telemetry/log";
import { serverEnv } from "@/lib/env/server";
import { serveMetrics } from "./metrics-server";

/**
 * The optional always-on process: publishes outbox events as they are written, polling because a
 * NOTIFY in a hot transaction takes a global lock. Stops on SIGINT and SIGTERM, after its batch.
 */
const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort());

const telemetry = await boot(() => import("@sentry/node"));
startOutageRecords();
const { WORKER_METRICS_PORT: port, METRICS_TOKEN: token } = serverEnv();
const server = port === undefined ? undefined : await serveMetrics(port, token);
log.info({ metricsPort: port }, "worker started");
await runRelay(stopping.signal);
await closeAnalytics();
server?.close();
server?.closeAllConnections();
log.info("worker stopped");
await telemetry.stop();

/**
 * The executor as a process of its own.
 *   DATABASE_URL, INNGEST_EVENT_KEY, INNGEST_SIGNING_KEY   required
 *   PORT (8288)   INNGEST_APPS (serve URLs, comma-separated)   INNGEST_SCHEMA   INNGEST_RETRY_BASE_MS (1000)
 * Prints `ready <url>` once it answers; ends in good order on SIGTERM and SIGINT.
 */
import { startInngest } from "./server.ts";
import { defaultBackoff } from "./transitions.ts";

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing; see the head of devstack/inngest/main.ts.`);
  return value;
}

const service = await startInngest({
  port: Number(process.env["PORT"] ?? "8288"),
  databaseUrl: required("DATABASE_URL"),
  eventKey: required("INNGEST_EVENT_KEY"),
  signingKey: required("INNGEST_SIGNING_KEY"),
  apps: (process.env["INNGEST_APPS"] ?? "")
    .split(",")
    .map((url) => url.trim())
    .filter(Boolean),
  backoff: defaultBackoff(Number(process.env["INNGEST_RETRY_BASE_MS"] ?? "1000")),
  log: (line) => process.stdout.write(`${line}\n`),
  ...(process.env["INNGEST_SCHEMA"] ? { schema: process.env["INNGEST_SCHEMA"] } : {}),
});
process.stdout.write(`ready ${service.url}\n`);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => void service.close().then(() => process.exit(0)));
}

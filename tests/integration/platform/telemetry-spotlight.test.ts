import { afterAll, beforeAll, expect, it } from "vitest";
import { reportError, startErrorReports } from "@/lib/platform/telemetry/error-reports";
import { startSink, type Sink } from "./sink";

let sidecar: Sink;
beforeAll(async () => {
  sidecar = await startSink();
});
afterAll(() => sidecar.close());

it("shows errors to a running Spotlight without any DSN, scrubbed all the same", async () => {
  const reports = await startErrorReports({ spotlight: `${sidecar.url}/stream`, sentry: await import("@sentry/node") });
  reportError(new Error("seen by canary@example.org"), "api", { route: "/x" });
  await expect
    .poll(() => sidecar.heard.map(({ body }) => body).join(""), { timeout: 5_000 })
    .toContain("seen by [redacted]");
  await reports.stop();
  for (const { path, body } of sidecar.heard) {
    expect(path).toBe("/stream");
    expect(body).not.toContain("canary@");
  }
});

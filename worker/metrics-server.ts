import { createServer, type Server } from "node:http";
import { bearsMetricsToken } from "@/lib/platform/telemetry/metrics-token";
import { metrics } from "@/lib/platform/telemetry/metrics";

/**
 * Serves the worker's own metrics, as `/api/metrics` of the application serves its: what this process's relay publishes
 * is counted here alone. Also answers `/api/health`, for whoever must know that the worker lives.
 * @param token METRICS_TOKEN; without one the metrics are nobody's
 * @throws Error when the port is taken
 */
export async function serveMetrics(port: number, token: string | undefined): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://worker.invalid");
    if (request.method !== "GET" && request.method !== "HEAD") return void response.writeHead(405).end();
    if (pathname === "/api/health") {
      response.writeHead(200, { "Content-Type": "application/json" }).end('{"status":"ok"}');
    } else if (pathname !== "/api/metrics") {
      response.writeHead(404).end();
    } else if (!bearsMetricsToken(request.headers.authorization, token)) {
      response.writeHead(401, { "WWW-Authenticate": 'Bearer realm="metrics"' }).end();
    } else {
      const { registry } = metrics();
      registry.metrics().then(
        (text) =>
          response.writeHead(200, { "Content-Type": registry.contentType, "Cache-Control": "no-store" }).end(text),
        () => response.writeHead(500).end(),
      );
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, resolve);
  });
  return server;
}

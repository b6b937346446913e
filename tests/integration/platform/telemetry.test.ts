import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startInngest } from "../../../devstack/inngest/server.ts";
import { freePort } from "../../../devstack/ports.ts";
import type { RunningService } from "../../../devstack/service.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useRedis } from "../../support/redis.ts";
import { TEST_APP_URL, useSupabase, type TestUser } from "../../support/supabase.ts";
import { startGitHost } from "../analysis/git-host";
import { startSink, type Sink } from "./sink";

const KEYS = { eventKey: "test-event-key-0123", signingKey: `signkey-test-${"0".repeat(32)}` };
const METRICS_TOKEN = randomBytes(24).toString("hex");
const CANARIES = {
  address: "canary.person@example.org",
  card: "4242 4242 4242 4242",
  bearer: "Bearer canarybearer.0123456789",
  jwt: "eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOjF9.canarycanarycanary",
  github: "ghp_canaryCanaryCanaryCanaryCanary0123",
  password: "canary-Pa55word-0123",
};
/** What of them may be found nowhere, in any spelling. */
const LEAKED = /canary\.person|4242 4242|canarybearer|eyJjYW5|canarycanary|canaryCanary|Pa55word/;

const host = await startGitHost();
const appPort = await freePort();
const supabase = useSupabase();
const redis = useRedis();
/** Stands for the OTLP collector (`/v1/traces`) and for Sentry (`/api/42/…`). */
let collector: Sink;
let dataApi: Sink;
let upstash: Sink;
let events: Sink;
let inngest: RunningService;
let app: ChildProcess;
let output = "";
let ann: TestUser;

beforeAll(async () => {
  inngest = await startInngest({
    port: 0,
    databaseUrl: supabase.databaseUrl,
    ...KEYS,
    apps: [`http://127.0.0.1:${appPort}/api/inngest`],
    backoff: () => 200,
    log: () => undefined,
  });
  [collector, dataApi, upstash, events] = await Promise.all([
    startSink(),
    startSink(() => supabase.url),
    startSink(() => redis.url),
    startSink(() => inngest.url),
  ]);
});
useProductEnv({ supabase, redis, further: () => ({ INNGEST_SIGNING_KEY: KEYS.signingKey }) });
beforeAll(async () => {
  ann = await supabase.asUser();
  app = spawn(
    process.execPath,
    ["--conditions=react-server", "--import", "tsx", path.join(import.meta.dirname, "telemetry-host.ts")],
    {
      env: {
        ...process.env,
        PORT: String(appPort),
        LOG_LEVEL: "debug",
        SUPABASE_URL: dataApi.url,
        UPSTASH_REDIS_REST_URL: upstash.url,
        INNGEST_BASE_URL: events.url,
        INNGEST_EVENT_KEY: KEYS.eventKey,
        DEVSTACK_GIT_ORIGIN: host.origin,
        METRICS_TOKEN,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: "x-collector-key=collector%20key",
        SENTRY_DSN: `${collector.url.replace("//", "//publickey@")}/42`,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  for (const stream of [app.stdout, app.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
  await until(() => output.includes("ready\n"));
});
afterAll(async () => {
  if (app.exitCode === null) {
    app.kill("SIGKILL");
    await once(app, "exit");
  }
  for (const sink of [collector, dataApi, upstash, events]) {
    sink.hang(null);
    await sink.close();
  }
  await inngest.close();
  await host.close();
});

async function until<T>(found: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (;;) {
    const value = await found();
    if (value) return value;
    if (app.exitCode !== null) throw new Error(`the host ended with ${app.exitCode}: ${output}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface CallOptions {
  readonly method?: string;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
function call(where: string, { method = "GET", json, headers = {} }: CallOptions = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${appPort}${where}`, {
    method,
    headers: {
      origin: TEST_APP_URL,
      ...(json === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
}

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}
const spansIn = (prefix: string): Span[] =>
  collector.heard
    .filter((one) => one.path.startsWith(prefix))
    .flatMap((one) => {
      const { resourceSpans } = JSON.parse(one.body) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
      return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
    });
const spansOf = (traceId: string, prefix = "/v1/traces"): Span[] =>
  spansIn(prefix).filter((span) => span.traceId === traceId);
const newTrace = () => ({ traceId: randomBytes(16).toString("hex"), spanId: randomBytes(8).toString("hex") });
const logLines = (): Record<string, unknown>[] =>
  output
    .split("\n")
    .filter((line) => line !== "" && line !== "ready")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("one trace", () => {
  it("goes from the caller through route, Data API, outbox and event to the workflow's steps", async () => {
    const from = newTrace();
    const repoUrl = host.add("traced", { "a.ts": "export const a = 1;\n" });
    const response = await call("/api/v1/analyses", {
      method: "POST",
      json: { repoUrl },
      headers: { authorization: `Bearer ${ann.accessToken}`, traceparent: `00-${from.traceId}-${from.spanId}-01` },
    });
    expect(response.status).toBe(202);
    expect(response.headers.get("traceparent")).toContain(from.traceId);

    await until(() => spansOf(from.traceId).filter(({ name }) => name === "step of analyse-repository").length >= 3);
    const spans = spansOf(from.traceId);
    const named = (name: string): Span => {
      const span = spans.find((one) => one.name === name);
      if (!span) throw new Error(`no span "${name}" among ${spans.map((one) => one.name).join(", ")}`);
      return span;
    };
    const route = named("POST /api/v1/analyses");
    expect(route.parentSpanId).toBe(from.spanId);
    expect(response.headers.get("traceparent")).toBe(`00-${from.traceId}-${route.spanId}-01`);
    expect(named("supabase rpc start_analysis").parentSpanId).toBe(route.spanId);
    expect(named("git ls-remote").parentSpanId).toBe(route.spanId);
    expect(spans.some(({ name }) => name.startsWith("redis "))).toBe(true);
    expect(named("publish analysis/requested").parentSpanId).toBe(route.spanId);
    expect(named("git clone")).toBeDefined();

    const asked = dataApi.heard.find((one) => one.path.startsWith("/rest/v1/rpc/start_analysis"));
    expect(asked?.headers["traceparent"]).toBe(`00-${from.traceId}-${named("supabase rpc start_analysis").spanId}-01`);
    const [row] = await supabase.sql<
      { traceparent: string }[]
    >`select traceparent from private.outbox where name = 'analysis/requested'`;
    expect(row?.traceparent).toBe(`00-${from.traceId}-${route.spanId}-01`);
    const published = events.heard.find((one) => one.path.startsWith("/e/") && one.body.includes("analysis/requested"));
    expect(published?.body).toContain(`00-${from.traceId}-${route.spanId}-01`);

    // Sentry gets the same spans, and not the collector's key.
    await until(() => spansOf(from.traceId, "/api/42/").some(({ name }) => name === route.name));
    for (const { path: where, headers } of collector.heard)
      expect(headers["x-collector-key"]).toBe(where.startsWith("/v1/traces") ? "collector key" : undefined);
    // Third parties are not told of our traces.
    expect(upstash.heard.every(({ headers }) => headers["traceparent"] === undefined)).toBe(true);
    expect(host.requests.every(({ headers }) => headers["traceparent"] === undefined)).toBe(true);
  });

  it("goes on from a bare Trace-ID, and begins anew when nothing or nonsense came", async () => {
    const { traceId } = newTrace();
    const continued = await call("/api/v1/nowhere", { headers: { "trace-id": traceId } });
    expect(continued.headers.get("traceparent")).toContain(traceId);
    await until(() => spansOf(traceId).some(({ name }) => name === "GET /api/{unmatched}"));
    const fresh = await call("/api/v1/nowhere", { headers: { traceparent: "00-zz-zz-01" } });
    expect(fresh.headers.get("traceparent")).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });
});

describe("what leaves", () => {
  it("holds no secret and nobody's data: log, spans, error reports", async () => {
    const from = newTrace();
    const { traceId } = from;
    for (const canary of Object.values(CANARIES).slice(0, 5)) {
      const response = await call(`/boom/${encodeURIComponent(canary)}?q=${encodeURIComponent(canary)}`, {
        headers: {
          "x-canary": canary,
          traceparent: `00-${traceId}-${from.spanId}-01`,
          "x-request-id": canary.replaceAll(" ", ""),
        },
      });
      expect(response.status).toBe(500);
      // Its own request id goes back to whoever sent it, as the contract says; nothing else does.
      expect({ ...((await response.json()) as object), requestId: "" }).not.toMatchObject({
        detail: expect.stringMatching(LEAKED) as unknown,
      });
    }
    const login = { email: CANARIES.address, password: CANARIES.password };
    expect((await call("/api/v1/users/login", { method: "POST", json: login })).status).toBe(401);
    const registering = { ...login, displayName: "Canary" };
    expect((await call("/api/v1/users/register", { method: "POST", json: registering })).status).toBe(201);
    expect((await call("/api/v1/me", { headers: { authorization: `Bearer ${CANARIES.jwt}` } })).status).toBe(401);

    const reports = () => collector.heard.filter((one) => one.path.startsWith("/api/42/envelope"));
    await until(() => reports().length >= 5);
    await until(() => spansOf(traceId).filter(({ name }) => name === "GET /boom/{id}").length === 5);
    for (const { body } of collector.heard) expect(body).not.toMatch(LEAKED);
    expect(output).not.toMatch(LEAKED);
    for (const own of [supabase.secretKey, redis.token, METRICS_TOKEN]) {
      expect(output).not.toContain(own);
      for (const { body } of collector.heard) expect(body).not.toContain(own);
    }

    const [report] = reports();
    const event = (report?.body ?? "")
      .split("\n")
      .map((line) => JSON.parse(line || "{}") as SentryEvent)
      .find((item) => item.exception);
    expect(event?.exception?.values.map(({ type }) => type)).toEqual(["TypeError", "Error", "AppError"]);
    expect(event?.contexts).toEqual({ trace: expect.objectContaining({ trace_id: traceId }) as unknown });
    expect(event?.tags).toMatchObject({ route: "/boom/{id}", code: "internal" });
    for (const name of ["user", "request", "server_name", "breadcrumbs", "modules"])
      expect(event).not.toHaveProperty(name);
  });

  it("is one JSON object a line, with the ids of its request on each", async () => {
    const { traceId, spanId } = newTrace();
    const headers = { traceparent: `00-${traceId}-${spanId}-01`, "x-request-id": "request-of-a-test" };
    await call("/boom/1", { headers: { ...headers, "x-canary": "nothing" } });
    await until(() =>
      logLines().some(({ requestId, msg }) => requestId === "request-of-a-test" && msg === "request failed"),
    );
    const lines = logLines().filter(({ traceId: of }) => of === traceId);
    expect(lines.map(({ msg }) => msg)).toEqual([
      "about to fail for nothing",
      "third party says nothing",
      "request failed",
    ]);
    expect(lines.every(({ requestId }) => requestId === "request-of-a-test")).toBe(true);
    const ofRuns = logLines().filter(({ runId }) => runId !== undefined);
    expect(ofRuns.every(({ traceId: of }) => typeof of === "string")).toBe(true);
  });
});

interface SentryEvent {
  readonly exception?: { readonly values: readonly { readonly type: string }[] };
  readonly contexts?: unknown;
  readonly tags?: Readonly<Record<string, string>>;
}

describe("GET /api/metrics", () => {
  const read = (authorization?: string) =>
    call("/api/metrics", authorization === undefined ? {} : { headers: { authorization } });

  it.each([
    ["nothing", undefined],
    ["another token", `Bearer ${"0".repeat(METRICS_TOKEN.length)}`],
    ["a part of it", `Bearer ${METRICS_TOKEN.slice(0, -1)}`],
    ["it and more", `Bearer ${METRICS_TOKEN}0`],
    ["another scheme", `Basic ${METRICS_TOKEN}`],
  ])("refuses who brings %s", async (_what, authorization) => {
    const response = await read(authorization);
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toContain("Bearer");
    expect(await response.text()).not.toContain("devmentor_");
  });

  it("shows routes by template, however many paths were asked for", async () => {
    await Promise.all(Array.from({ length: 250 }, () => call(`/api/v1/analyses/${randomBytes(12).toString("hex")}`)));
    await Promise.all(Array.from({ length: 250 }, () => call(`/api/${randomBytes(12).toString("hex")}`)));
    const response = await read(`Bearer ${METRICS_TOKEN}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("text/plain");
    const text = await response.text();
    const counts = text.split("\n").filter((line) => line.startsWith("devmentor_http_request_duration_seconds_count"));
    expect(counts.length).toBeLessThan(30);
    expect(text).toMatch(/_count\{method="GET",route="\/api\/\{unmatched\}",status="4xx"\} 25\d\n/);
    expect(text).toMatch(/_count\{method="GET",route="\/api\/v1\/analyses\/\{id\}",status="4xx"\} 25\d\n/);
    expect(text).toContain(
      'devmentor_http_request_duration_seconds_count{method="POST",route="/api/v1/analyses",status="2xx"} 1',
    );
    expect(text).toContain('service="supabase",operation="rpc start_analysis",outcome="2xx"');
    expect(text).toContain(
      'devmentor_rate_limit_decisions_total{policy="analysis-user",decision="allowed",counted_by="redis"} 1',
    );
    expect(text).toContain('devmentor_breaker_state{policy="github"} 0');
    expect(text).toMatch(/^devmentor_outbox_oldest_age_seconds \d/m);
    expect(text).toMatch(/^devmentor_outbox_dead_events 0$/m);
    expect(text).toContain("nodejs_eventloop_lag_p99_seconds");
  });
});

describe("GET /api/health/ready", () => {
  const ready = () =>
    until(async () => {
      // Answers are shared for a second and more; a state that has just changed shows a little later.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const response = await call("/api/health/ready");
      return {
        status: response.status,
        body: (await response.json()) as { status: string; checks: Record<string, { status: string }> },
      };
    });

  it("is ready with both, degraded with a hung Redis, unready with a hung database, and ready again", async () => {
    expect(await ready()).toMatchObject({ status: 200, body: { status: "ready" } });
    upstash.hang("/");
    expect(await ready()).toMatchObject({
      status: 200,
      body: { status: "degraded", checks: { redis: { status: "down" } } },
    });
    dataApi.hang("/rest");
    expect(await ready()).toMatchObject({
      status: 503,
      body: { status: "unready", checks: { database: { status: "down" } } },
    });
    upstash.hang(null);
    dataApi.hang(null);
    expect(await ready()).toMatchObject({ status: 200, body: { status: "ready" } });
  });
});

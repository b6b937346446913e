import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { overviewSchema, type HealthOverview } from "@/lib/platform/health/schemas";
import { useProductEnv } from "../../support/product-env.ts";
import { useRedis } from "../../support/redis.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";

const METRICS_TOKEN = randomBytes(24).toString("hex");
const supabase = useSupabase();
const redis = useRedis();

/** Takes every connection and every word, and says nothing. */
let silent: Server;
let silentUrl = "";
beforeAll(async () => {
  silent = createServer((socket) => socket.on("error", () => undefined));
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  silentUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
});
afterAll(() => {
  silent.close();
});

useProductEnv({
  supabase,
  redis,
  further: () => ({
    METRICS_TOKEN,
    STRIPE_API_URL: silentUrl,
    // Nobody listens there.
    RESEND_BASE_URL: "http://127.0.0.1:9",
    GITHUB_API_URL: supabase.url,
    INNGEST_BASE_URL: supabase.url,
    DEPLOY_REGION: "fra1",
    GRAFANA_DASHBOARD_URL: "https://grafana.example.org/d/devmentor-overview?kiosk",
  }),
});

let operator: TestUser;
let organiser: TestUser;
beforeAll(async () => {
  operator = await supabase.asUser({ roles: ["operator"] });
  organiser = await supabase.asUser({ roles: ["campaign_admin"] });
});

/** As at the start of a process: the database is asked, and nothing that it said before holds. */
async function lookAnew(): Promise<void> {
  const { metrics } = await import("@/lib/platform/telemetry/metrics");
  const { readOperations } = await import("@/lib/platform/telemetry/store");
  metrics().readOperationsFrom(readOperations, 5_000_000);
}

async function ask(authorization?: string): Promise<Response> {
  const { GET } = await import("@/app/api/health/overview/route");
  return GET(
    new Request("http://localhost/api/health/overview", authorization ? { headers: { authorization } } : undefined),
  );
}

async function overview(authorization = `Bearer ${METRICS_TOKEN}`): Promise<HealthOverview> {
  const response = await ask(authorization);
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  return overviewSchema.parse(await response.json());
}

const named = ({ dependencies }: HealthOverview, name: string) => dependencies.find((each) => each.name === name);

describe("GET /api/health/overview", () => {
  it("is for operators, and for who brings the token of the metrics", async () => {
    expect((await ask(`Bearer ${organiser.accessToken}`)).status).toBe(403);
    expect((await ask(`Bearer ${METRICS_TOKEN}0`)).status).toBe(401);
    expect((await ask(`Bearer ${operator.accessToken}`)).status).toBe(200);
    await overview();
  });

  it("names what takes a question and never answers, what refuses, and what is well, and waits for none of them", async () => {
    await lookAnew();
    const told = await overview();
    expect(told.status).toBe("degraded");
    expect(named(told, "database")).toMatchObject({
      status: "up",
      needed: true,
      lastCall: { ms: expect.any(Number) as unknown },
    });
    expect(named(told, "redis")).toMatchObject({ status: "up", needed: false });
    expect(named(told, "github")).toMatchObject({ status: "up" });
    expect(named(told, "stripe")).toMatchObject({
      status: "down",
      breaker: "closed",
      lastError: { text: expect.stringMatching(/time/i) as unknown },
    });
    expect(named(told, "mail")).toMatchObject({ status: "down", lastError: { text: expect.any(String) as unknown } });
    expect(named(told, "models")).toMatchObject({ status: "untold", ms: null, lastCall: null });
    expect(told.instance.region).toBe("fra1");
    expect(told.operations?.queues.outbox).toBeDefined();
  });

  it("tells of an outage that another process noted", async () => {
    await supabase.sql`insert into private.outages (service, cause, opened_at, confirmed_at)
      values ('osv', 'nobody answers', now() - interval '1 minute', now())`;
    await lookAnew();
    expect(named(await overview(), "osv")).toMatchObject({ lastError: { text: "nobody answers" } });
  });

  it("shows the triggers of ADR 5 with what is known of each", async () => {
    await lookAnew();
    const { triggers } = await overview();
    expect(triggers.map(({ what, holds }) => [what, holds])).toEqual([
      ["Services that call each other", false],
      ["Requests a second, sustained at peak", null],
      ["Deployments a day", false],
      ["Engineers", null],
      ["Regions", false],
    ]);
  });
});

describe("Grafana", () => {
  it("may be shown in a frame on the health page and nowhere else", async () => {
    const { NextRequest } = await import("next/server");
    const { proxy } = await import("@/proxy");
    const framesOf = async (path: string) =>
      /frame-src [^;]+/.exec(
        (await proxy(new NextRequest(`http://localhost${path}`))).headers.get("content-security-policy") ?? "",
      )?.[0];
    expect(await framesOf("/admin/health?dashboard=grafana")).toBe("frame-src https://grafana.example.org");
    for (const path of ["/admin", "/admin/health/more", "/login", "/"])
      expect(await framesOf(path), path).toBe("frame-src 'none'");
    expect(await framesOf("/campaigns/a/give")).not.toContain("grafana");
  });
});

describe("the last hour", () => {
  beforeEach(lookAnew);

  it("is made of what changed between two looks, and ends after 240", async () => {
    const { History } = await import("@/lib/platform/health/history");
    const { metrics } = await import("@/lib/platform/telemetry/metrics");
    const history = new History();
    await history.note(0);
    for (let n = 0; n < 28; n += 1)
      metrics().answered({ method: "GET", route: "/campaigns", status: 200, seconds: 0.02 });
    metrics().answered({ method: "GET", route: "/campaigns", status: 500, seconds: 0.02 });
    metrics().answered({ method: "GET", route: "/campaigns", status: 200, seconds: 4 });
    metrics().cached("memory_hit", 3);
    metrics().cached("memory_miss", 1);
    await history.note(15_000);
    expect(history.moments).toHaveLength(1);
    expect(history.moments[0]).toMatchObject({ at: 15_000, requests: 2, slow: 0.025, cacheHits: 0.75 });
    expect(history.moments[0]?.oldestEvent).toBeGreaterThanOrEqual(0);
    expect(history.moments[0]?.failing).toBeCloseTo(1 / 30);
    await history.note(30_000);
    expect(history.moments[1]).toMatchObject({ requests: 0, failing: null, slow: null, cacheHits: null });
    for (let n = 3; n < 300; n += 1) await history.note(n * 15_000);
    expect(history.moments).toHaveLength(240);
    expect(history.moments.at(-1)?.at).toBe(299 * 15_000);
  });
});

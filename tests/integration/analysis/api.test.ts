import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { findInsights, scanRepository, storeResult } from "@/lib/analysis/run-phases";
import { openToken } from "@/lib/platform/github/token-store";
import { withinOneWindow } from "../../support/limit-window.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";
import { startGitHost } from "./git-host";

// `after` needs Next's own request scope; the relay is tested in outbox.test.ts and durable.test.ts.
vi.mock("next/server", async (original) => ({ ...(await original<object>()), after: () => undefined }));

const host = await startGitHost();
afterAll(() => host.close());
const supabase = useSupabase();
useProductEnv({ supabase, further: () => ({ DEVSTACK_GIT_ORIGIN: host.origin }) });

let ann: TestUser;
let bob: TestUser;
beforeAll(async () => {
  ann = await supabase.asUser();
  bob = await supabase.asUser();
});

const bearer = (user: TestUser | null): Record<string, string> =>
  user ? { authorization: `Bearer ${user.accessToken}` } : {};
const none = { params: Promise.resolve({}) };

async function start(user: TestUser | null, body: unknown): Promise<Response> {
  const { POST } = await import("@/app/api/v1/analyses/route");
  const headers = { "content-type": "application/json", ...bearer(user) };
  return POST(
    new Request("http://127.0.0.1:3999/api/v1/analyses", { method: "POST", headers, body: JSON.stringify(body) }),
    none,
  );
}

async function read(user: TestUser, id: string): Promise<Response> {
  const { GET } = await import("@/app/api/v1/analyses/[id]/route");
  return GET(new Request(`http://127.0.0.1:3999/api/v1/analyses/${id}`, { headers: bearer(user) }), {
    params: Promise.resolve({ id }),
  });
}

async function cancel(user: TestUser, id: string): Promise<Response> {
  const { POST } = await import("@/app/api/v1/analyses/[id]/cancel/route");
  return POST(
    new Request(`http://127.0.0.1:3999/api/v1/analyses/${id}/cancel`, { method: "POST", headers: bearer(user) }),
    { params: Promise.resolve({ id }) },
  );
}

describe("POST /api/v1/analyses", () => {
  it("answers 202 with a place to look, 202 joined, and then 200 from the cache", async () => {
    const repoUrl = host.add("api", { "a.ts": "export {};\n" });
    const first = await start(ann, { repoUrl });
    const started = (await first.json()) as { analysisId: string };
    expect(first.status).toBe(202);
    expect(started).toEqual({
      analysisId: expect.any(String) as string,
      status: "queued",
      estimatedSeconds: expect.any(Number) as number,
    });
    expect(first.headers.get("location")).toBe(`/api/v1/analyses/${started.analysisId}`);
    expect(first.headers.get("ratelimit")).toContain("analysis-user");
    const second = await start(bob, { repoUrl });
    expect([second.status, await second.json()]).toMatchObject([202, { analysisId: started.analysisId, joined: true }]);
    expect(await (await read(bob, started.analysisId)).json()).toMatchObject({ status: "queued", progress: 0 });
    await scanRepository(started.analysisId, openToken);
    await findInsights(started.analysisId);
    await storeResult(started.analysisId);
    const third = await start(ann, { repoUrl });
    expect([third.status, await third.json()]).toMatchObject([
      200,
      { fromCache: true, analysisId: started.analysisId, totalFiles: 1, lines: 1 },
    ]);
    expect((await cancel(ann, started.analysisId)).status).toBe(409);
  });

  it.each([
    [{ repoUrl: "nonsense" }, 400, "repository_url_invalid"],
    [{ repoUrl: "https://u:p@github.com/a/b" }, 400, "repository_url_invalid"],
    [{ repoUrl: "https://127.0.0.1/a/b" }, 403, "host_not_allowed"],
    [{}, 400, "invalid_request"],
    [{ repoUrl: 7 }, 400, "invalid_request"],
    [{ repoUrl: "https://github.com/a/b", surprise: 1 }, 400, "invalid_request"],
  ])("refuses %j with %i %s", async (body, status, code) => {
    const response = await start(ann, body);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect([response.status, await response.json()]).toMatchObject([status, { code }]);
  });

  it("answers 404 for a repository that is not there, and says how to give access", async () => {
    const response = await start(ann, { repoUrl: `${host.origin}/octo/none` });
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { code: "repository_not_accessible", consentUrl: "/auth/github/consent" },
    ]);
  });

  it("answers 429 with Retry-After once the hour's analyses are used up, Redis or not", async () => {
    const carl = await supabase.asUser();
    const statuses: number[] = [];
    await withinOneWindow(3600);
    for (let n = 0; n < 31; n += 1) statuses.push((await start(carl, { repoUrl: "nonsense" })).status);
    expect(statuses.filter((status) => status === 400)).toHaveLength(30);
    const limited = await start(carl, { repoUrl: "nonsense" });
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

describe("an analysis of somebody else", () => {
  it("is not there: neither to read nor to cancel", async () => {
    const { analysisId } = (await (await start(ann, { repoUrl: host.add("mine", { a: "1" }) })).json()) as {
      analysisId: string;
    };
    for (const response of [
      await read(bob, analysisId),
      await cancel(bob, analysisId),
      await read(ann, "not-a-uuid"),
    ]) {
      expect([response.status, await response.json()]).toMatchObject([404, { code: "not_found" }]);
    }
    expect(await (await cancel(ann, analysisId)).json()).toEqual({ analysisId, outcome: "canceled" });
    expect(await (await read(ann, analysisId)).json()).toMatchObject({ status: "canceled" });
  });
});

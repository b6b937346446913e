import { randomUUID } from "node:crypto";
import { expect, test, vi } from "vitest";
import { evidenceOf } from "@/lib/analysis/patterns/evidence";
import { idiomsIn } from "@/lib/analysis/patterns/idioms";
import { foundPhase } from "@/lib/analysis/rules";
import type { BelievedPattern, TaskPatterns } from "@/lib/learning/patterns/schemas";
import { type PatternShown, rememberPatterns } from "@/lib/learning/patterns/store";
import { aResult } from "../../support/analysis-inputs.ts";
import { keepAnalysis } from "../../support/kept-analysis.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { type TestUser, useSupabase } from "../../support/supabase.ts";

vi.mock("next/server", async (original) => ({ ...(await original<object>()), after: () => undefined }));

const supabase = useSupabase();
useProductEnv({ supabase });

const shown = (pattern: string, count: number, changes: Partial<PatternShown> = {}): PatternShown => ({
  pattern,
  kind: "habit",
  concept: "async-await",
  count,
  good: count,
  places: [{ path: "src/a.ts", line: 1, endLine: 2, language: "TypeScript" }],
  fingerprints: [],
  ...changes,
});

async function learner(patterns: readonly PatternShown[]): Promise<TestUser> {
  const user = await supabase.asUser();
  const analysisId = await keepAnalysis(supabase, { asker: user, repository: `api-${randomUUID()}` });
  await rememberPatterns(
    user.id,
    { kind: "repository", analysisId, repoUrl: "https://github.com/octo/api", commit: "a".repeat(40) },
    patterns,
  );
  return user;
}

const ORIGIN = "http://127.0.0.1:3999";
const headers = (user: TestUser | null): Record<string, string> => ({
  "content-type": "application/json",
  authorization: `Bearer ${user?.accessToken ?? "nobody"}`,
});

async function list(user: TestUser | null, query = "") {
  const { GET } = await import("@/app/api/v1/patterns/route");
  const response = await GET(new Request(`${ORIGIN}/api/v1/patterns${query}`, { headers: headers(user) }), {
    params: Promise.resolve({}),
  });
  return {
    status: response.status,
    body: (await response.json()) as { items: BelievedPattern[]; nextCursor: string | null; code?: string },
  };
}

async function one(method: "GET" | "PATCH" | "DELETE", user: TestUser, id: string, body?: unknown) {
  const route = await import("@/app/api/v1/patterns/[id]/route");
  const request = new Request(`${ORIGIN}/api/v1/patterns/${id}`, {
    method,
    headers: headers(user),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await route[method](request, { params: Promise.resolve({ id }) });
  const text = await response.text();
  return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as Record<string, unknown> };
}

test("pages go through all of them once, the most often seen first", async () => {
  const counts = [9, 7, 7, 7, 3, 1];
  const user = await learner(counts.map((count, index) => shown(`pattern-${index}`, count)));
  const seen: BelievedPattern[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const page = await list(user, `?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`);
    expect(page.status).toBe(200);
    seen.push(...page.body.items);
    cursor = page.body.nextCursor;
  }
  expect(seen.map(({ count }) => count)).toEqual(counts);
  expect(new Set(seen.map(({ id }) => id)).size).toBe(counts.length);
  expect((await list(user, "?cursor=nonsense")).status).toBe(400);
  expect((await list(user, "?limit=101")).status).toBe(422);
  expect((await list(null)).status).toBe(401);
});

test("filters pick by kind, concept and what was said", async () => {
  const user = await learner([
    shown("good-one", 3),
    shown("bad-one", 2, { kind: "risk", good: 0 }),
    shown("other-one", 1, { concept: "promises" }),
  ]);
  const names = async (query: string) => (await list(user, query)).body.items.map(({ pattern }) => pattern);
  const [first] = (await list(user)).body.items;
  await one("PATCH", user, first?.id ?? "", { correction: "known" });
  expect(await names("?kind=risk")).toEqual(["bad-one"]);
  expect(await names("?concept=promises")).toEqual(["other-one"]);
  expect(await names("?correction=known")).toEqual(["good-one"]);
  expect(await names("?correction=none")).toEqual(["bad-one", "other-one"]);
  expect(await names("?kind=misconception")).toEqual([]);
  expect((await list(user, "?kind=mood")).status).toBe(400);
});

test("a learner corrects with a reason, takes it back, deletes; nobody else can", async () => {
  const user = await learner([shown("async-function", 3)]);
  const stranger = await supabase.asUser();
  const id = (await list(user)).body.items[0]?.id ?? "";
  const wrong = { correction: "wrong", note: "This is a generator." };
  expect((await one("PATCH", stranger, id, wrong)).status).toBe(404);
  expect((await one("GET", stranger, id)).status).toBe(404);
  expect((await one("DELETE", stranger, id)).status).toBe(404);
  expect(await one("PATCH", user, id, wrong)).toMatchObject({
    status: 200,
    body: { pattern: { correction: "wrong", correctionNote: "This is a generator.", count: 3 } },
  });
  expect((await one("PATCH", user, id, { correction: "brilliant" })).status).toBe(400);
  expect((await one("PATCH", user, id, { correction: "known", note: "x".repeat(501) })).status).toBe(422);
  expect(await one("PATCH", user, id, { correction: null })).toMatchObject({
    body: { pattern: { correction: null, correctionNote: null } },
  });
  expect((await one("DELETE", user, id)).status).toBe(204);
  expect((await one("DELETE", user, id)).status).toBe(404);
  expect((await list(user)).body.items).toEqual([]);
});

test("an analysis says which of the learner's patterns stand in it too", async () => {
  const result = aResult();
  const patterns = foundPhase(result.phases.patterns);
  if (!patterns) throw new Error("the result has no patterns");
  const evidence = evidenceOf(patterns).filter(({ fingerprints }) => fingerprints.length > 0);
  expect(evidence.length).toBeGreaterThan(0);
  const user = await learner(evidence);
  const id = await keepAnalysis(supabase, { asker: user, repository: `like-${randomUUID()}`, result });
  const familiar = async (who: TestUser) => {
    const { GET } = await import("@/app/api/v1/analyses/[id]/familiar-patterns/route");
    const request = new Request(`${ORIGIN}/api/v1/analyses/${id}/familiar-patterns`, { headers: headers(who) });
    const response = await GET(request, { params: Promise.resolve({ id }) });
    return {
      status: response.status,
      body: (await response.json()) as { items: { pattern: string; shared: number }[] },
    };
  };
  const { body } = await familiar(user);
  expect(body.items.map(({ pattern }) => pattern).toSorted()).toEqual(
    evidence.map(({ pattern }) => pattern).toSorted(),
  );
  for (const { shared } of body.items) expect(shared).toBeGreaterThan(0);
  expect((await familiar(await supabase.asUser())).status).toBe(404);
});

test("exercises are told with the idioms that the caller has and lacks, and nobody else's", async () => {
  const { GET } = await import("@/app/api/v1/patterns/exercises/route");
  const exercises = async (who: TestUser | null, query = "") => {
    const request = new Request(`${ORIGIN}/api/v1/patterns/exercises${query}`, { headers: headers(who) });
    const response = await GET(request, { params: Promise.resolve({}) });
    return { status: response.status, items: ((await response.json()) as { items: TaskPatterns[] }).items };
  };
  const [structure] = await idiomsIn("TypeScript", "const [a, b] = await Promise.all([db.one(), db.two()]);").then(
    (all) => all.filter(({ pattern }) => pattern === "concurrent-awaits"),
  );
  const user = await learner([
    shown("concurrent-awaits", 3, { concept: "concurrent-waiting", fingerprints: [structure?.fingerprint ?? ""] }),
  ]);
  const query = "?track=async-javascript-and-failure&concept=concurrent-waiting";
  const mine = await exercises(user, query);
  expect(mine.status).toBe(200);
  const pool = mine.items.find(({ has }) => has.some(({ role }) => role === "write"));
  expect(pool?.has).toContainEqual(
    expect.objectContaining({ pattern: "concurrent-awaits", name: "Waiting for several things together", times: 3 }),
  );
  expect(mine.items.flatMap(({ has }) => has).some(({ alike }) => alike > 0)).toBe(true);
  expect(mine.items.flatMap(({ lacks }) => lacks).map(({ pattern }) => pattern)).not.toContain("concurrent-awaits");

  const theirs = await exercises(await supabase.asUser(), query);
  expect(theirs.items.flatMap(({ has }) => has)).toEqual([]);
  expect(theirs.items.flatMap(({ lacks }) => lacks).map(({ pattern }) => pattern)).toContain("concurrent-awaits");

  // Those that memory draws to come first.
  const all = await exercises(user, "?limit=100");
  const drawn = all.items.map(({ why }) => why !== null);
  expect(drawn).toEqual(drawn.toSorted((one, other) => Number(other) - Number(one)));
  expect(all.items.length).toBeGreaterThan(30);
  expect((await exercises(null)).status).toBe(401);
  expect((await exercises(user, "?limit=1000")).status).toBe(422);
});

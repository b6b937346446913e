import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { deriveInsights } from "@/lib/analysis/insights/derive";
import { rewordInsights, useOwnWords, wordingOf } from "@/lib/analysis/wording/reword-insights";
import { inWords } from "@/lib/analysis/wording/rules";
import { POLICIES } from "@/lib/platform/resilience/policies";
import { Resilience } from "@/lib/platform/resilience/resilience";
import { startAiProvider } from "../../support/ai-provider.ts";
import { aFunction, anInput, aResult, CATALOGUE } from "../../support/analysis-inputs.ts";
import { alsoAskedBy, keepAnalysis } from "../../support/kept-analysis.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";

vi.mock("next/server", async (original) => ({ ...(await original<object>()), after: () => undefined }));

const model = await startAiProvider();
afterAll(() => model.close());
const supabase = useSupabase();
useProductEnv({ supabase, further: () => ({ AI_ANTHROPIC_API_KEY: "sk-ant-test", AI_ANTHROPIC_URL: model.url }) });

const found = deriveInsights(
  anInput({ hotspots: [aFunction({ path: "src/secret-project/core.ts", name: "decide", cognitive: 60, lines: 200 })] }),
  CATALOGUE,
);
const base = aResult();
const result = { ...base, phases: { ...base.phases, insights: found } };

let ann: TestUser;
let bob: TestUser;
let id: string;
let count = 0;
beforeAll(async () => {
  ann = await supabase.asUser();
  bob = await supabase.asUser();
});
beforeEach(async () => {
  count += 1;
  id = await keepAnalysis(supabase, { asker: ann, repository: `worded-${count}`, result });
  (globalThis as { [key: symbol]: unknown })[Symbol.for("devmentor.resilience")] = new Resilience(
    { ...POLICIES, ai: { ...POLICIES.ai, attempts: 1 } },
    () => "UTC",
  );
  model.is("well");
  model.calls.length = 0;
  // The plainest rewording there is: the sentence with a word before it.
  model.says(() =>
    JSON.stringify({
      elements: found.insights.map(({ sentence }, insight) => ({
        insight,
        sentence: `Here: ${sentence}`,
        quotes: [sentence],
      })),
    }),
  );
});

const forget = () => supabase.sql`delete from private.ai_answers`;

describe("the insights of an analysis in other words", () => {
  it("are asked for by one person, for that person, with sentences and reasons alone", async () => {
    await alsoAskedBy(supabase, id, bob);
    expect(await wordingOf(ann.client, ann.id, id)).toEqual({
      by: "rules",
      provider: null,
      model: null,
      at: null,
      items: [],
      wouldSendTo: [{ host: new URL(model.url).host, model: "claude-haiku-5-5" }],
    });
    expect(model.calls).toEqual([]);
    const seen: unknown[] = [];
    expect(await rewordInsights(ann.client, ann.id, id, { onSentence: (each) => seen.push(each) })).toBeNull();
    expect(seen).toHaveLength(found.insights.length);

    const wording = await wordingOf(ann.client, ann.id, id);
    expect(wording).toMatchObject({ by: "model", provider: "anthropic", model: "claude-haiku-5-5" });
    const shown = inWords(found.insights, wording.items);
    expect(shown.map(({ own }) => own)).toEqual(found.insights.map(({ sentence }) => sentence));
    expect(shown.map(({ evidence }) => evidence)).toEqual(found.insights.map(({ evidence }) => evidence));
    expect((await wordingOf(bob.client, bob.id, id)).by).toBe("rules");

    const sent = JSON.stringify(model.calls);
    for (const kept of ["secret-project", `worded-${count}`, "octo", ann.id, id]) expect(sent).not.toContain(kept);

    await useOwnWords(ann.id, id);
    expect((await wordingOf(ann.client, ann.id, id)).by).toBe("rules");
  });

  it("stay as they were when a model cannot, or says something else", async () => {
    await forget();
    model.is("overloaded");
    expect(await rewordInsights(ann.client, ann.id, id)).toBe("unavailable");
    model.is("well");
    model.says(JSON.stringify({ elements: [{ insight: 0, sentence: "Trust me.", quotes: ["Trust me."] }] }));
    expect(await rewordInsights(ann.client, ann.id, id)).toBe("refused");
    expect((await wordingOf(ann.client, ann.id, id)).by).toBe("rules");
  });

  it("are refused for an analysis of somebody else, and for one without insights", async () => {
    await expect(rewordInsights(bob.client, bob.id, id)).rejects.toMatchObject({ code: "not_found" });
    const bare = await keepAnalysis(supabase, {
      asker: ann,
      repository: `bare-${count}`,
      result: { ...base, phases: { ...base.phases, insights: { status: "not_yet", message: "Not looked at." } } },
    });
    await expect(rewordInsights(ann.client, ann.id, bare)).rejects.toMatchObject({ code: "conflict" });
    expect(model.calls).toEqual([]);
  });
});

describe("over HTTP", () => {
  const call = async (method: "GET" | "POST" | "DELETE", path: "" | "/stream" = "", who = ann, body: unknown = {}) => {
    const { GET, POST, DELETE } = await import("@/app/api/v1/analyses/[id]/wording/route");
    const stream = await import("@/app/api/v1/analyses/[id]/wording/stream/route");
    const handler = path === "/stream" ? stream.POST : { GET, POST, DELETE }[method];
    const request = new Request(`http://localhost:3000/api/v1/analyses/${id}/wording${path}`, {
      method,
      headers: { authorization: `Bearer ${who.accessToken}`, "content-type": "application/json" },
      ...(method === "POST" ? { body: JSON.stringify(body) } : {}),
    });
    return handler(request, { params: Promise.resolve({ id }) });
  };

  it("nothing is sent without saying so, and nobody else's is read", async () => {
    expect((await call("POST")).status).toBe(400);
    expect((await call("GET", "", bob)).status).toBe(404);
    expect((await call("POST", "", bob, { sendInsights: true })).status).toBe(404);
    expect((await call("POST", "/stream", bob, { sendInsights: true })).status).toBe(404);
    expect(model.calls).toEqual([]);
  });

  it("a wording is asked for, read, and taken back", async () => {
    await forget();
    const answer = await call("POST", "", ann, { sendInsights: true });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ notReworded: null, wording: { by: "model" } });
    expect(await (await call("GET")).json()).toMatchObject({ by: "model" });
    expect((await call("DELETE")).status).toBe(204);
    expect(await (await call("GET")).json()).toMatchObject({ by: "rules", items: [] });
  });

  it("comes sentence by sentence; the last line says how it ended", async () => {
    await forget();
    const answer = await call("POST", "/stream", ann, { sendInsights: true });
    expect(answer.headers.get("content-type")).toContain("application/x-ndjson");
    const lines = (await answer.text())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(lines).toEqual([
      ...found.insights.map(({ sentence }, insight) => ({ insight, sentence: `Here: ${sentence}` })),
      { done: true, notReworded: null },
    ]);
    await forget();
    model.is("cut");
    const cut = (await (await call("POST", "/stream", ann, { sendInsights: true })).text()).trim().split("\n");
    expect(cut.slice(-2).map((line) => JSON.parse(line) as object)).toEqual([
      { restart: true },
      { done: true, notReworded: "unavailable" },
    ]);
  });
});

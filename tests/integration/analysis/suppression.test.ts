import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { compareWithPrevious } from "@/lib/analysis/comparison/compare-with-previous";
import { exportAnalysis } from "@/lib/analysis/export-analysis";
import { getAnalysis } from "@/lib/analysis/read-analyses";
import { foundPhase } from "@/lib/analysis/rules";
import type { SecurityFinding } from "@/lib/analysis/security/schemas";
import { aFinding, aResult, anInput } from "../../support/analysis-inputs.ts";
import { alsoAskedBy, keepAnalysis } from "../../support/kept-analysis.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";

vi.mock("next/server", async (original) => ({ ...(await original<object>()), after: () => undefined }));

const supabase = useSupabase();
useProductEnv({ supabase });

const GRAVE = "a".repeat(32);
const OTHER = "b".repeat(32);
const COMMENTED = "c".repeat(32);
const FINDINGS = [
  aFinding({ id: GRAVE, severity: "critical", confidence: "high", title: "Runs a shell on input" }),
  aFinding({ id: OTHER, line: 9 }),
  aFinding({ id: COMMENTED, line: 20, suppressed: { reason: "A constant", by: "comment" } }),
];
const withFindings = (findings: readonly SecurityFinding[] = FINDINGS) => {
  const { security } = anInput({ findings });
  const result = aResult();
  if (!security) throw new Error("the input lacks security");
  return { ...result, phases: { ...result.phases, security } };
};

let ann: TestUser;
let bob: TestUser;
let repository: string;
let count = 0;
beforeAll(async () => {
  ann = await supabase.asUser();
  bob = await supabase.asUser();
});
beforeEach(() => {
  count += 1;
  repository = `suppressed-${count}`;
});
const keep = (more: Partial<Parameters<typeof keepAnalysis>[1]> = {}) =>
  keepAnalysis(supabase, { asker: ann, repository, result: withFindings(), ...more });

async function call(method: "PUT" | "DELETE", who: TestUser, id: string, finding: string, body?: unknown) {
  const { PUT, DELETE } = await import("@/app/api/v1/analyses/[id]/findings/[finding]/suppression/route");
  const request = new Request(`http://127.0.0.1:3999/api/v1/analyses/${id}/findings/${finding}/suppression`, {
    method,
    headers: { authorization: `Bearer ${who.accessToken}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { PUT, DELETE }[method](request, { params: Promise.resolve({ id, finding }) });
}
const mark = (id: string, finding = GRAVE, who = ann, reason: unknown = "Its input is a constant of ours") =>
  call("PUT", who, id, finding, { reason });

async function list(who: TestUser, id: string) {
  const { GET } = await import("@/app/api/v1/analyses/[id]/suppressions/route");
  const request = new Request(`http://127.0.0.1:3999/api/v1/analyses/${id}/suppressions`, {
    headers: { authorization: `Bearer ${who.accessToken}` },
  });
  const response = await GET(request, { params: Promise.resolve({ id }) });
  return (await response.json()) as { items: { finding: string; present: boolean; reason: string }[] };
}

async function securityOf(who: TestUser, id: string) {
  const { result } = await getAnalysis(who.client, id);
  const security = result && foundPhase(result.phases.security);
  if (!result || !security) throw new Error("the analysis has no security");
  return { security, insights: foundPhase(result.phases.insights) };
}

describe("a finding that is marked as all right", () => {
  it("leaves the counts and the next steps, stands last with its reason, and comes back", async () => {
    const id = await keep();
    const before = await securityOf(ann, id);
    expect(before.security.counts).toMatchObject({ total: 2, suppressed: 1 });

    const response = await mark(id);
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { finding: GRAVE, title: "Runs a shell on input", path: "src/a.ts", reason: "Its input is a constant of ours" },
    ]);
    const { security, insights } = await securityOf(ann, id);
    expect(security.counts).toMatchObject({ total: 1, suppressed: 2, bySeverity: { critical: 0, medium: 1 } });
    expect(security.findings.map((each) => [each.id, each.suppressed])).toEqual([
      [OTHER, undefined],
      [GRAVE, { reason: "Its input is a constant of ours", by: "user" }],
      [COMMENTED, { reason: "A constant", by: "comment" }],
    ]);
    expect(JSON.stringify(insights?.nextSteps)).not.toContain("Runs a shell on input");
    expect((await list(ann, id)).items).toMatchObject([{ finding: GRAVE, present: true }]);

    expect((await mark(id, GRAVE, ann, "Looked at again in May")).status).toBe(200);
    expect((await list(ann, id)).items).toMatchObject([{ reason: "Looked at again in May" }]);
    expect((await call("DELETE", ann, id, GRAVE)).status).toBe(204);
    expect((await call("DELETE", ann, id, GRAVE)).status).toBe(204);
    expect((await securityOf(ann, id)).security).toEqual(before.security);
  });

  it("stays marked in the next analysis of the repository, and is nothing new or gone in the comparison", async () => {
    const first = await keep({ minutesAgo: 30 });
    await mark(first);
    // Lines above it moved; its id is over what stands there, not where.
    const moved = FINDINGS.map((finding) => (finding.id === GRAVE ? { ...finding, line: 77, endLine: 77 } : finding));
    const second = await keep({ minutesAgo: 1, result: withFindings(moved) });
    const { security } = await securityOf(ann, second);
    expect(security.findings.find(({ id }) => id === GRAVE)).toMatchObject({ line: 77, suppressed: { by: "user" } });
    const comparison = await compareWithPrevious(ann.client, await getAnalysis(ann.client, second));
    expect(comparison?.findings).toMatchObject({ appearedTotal: 0, goneTotal: 0, kept: 1 });
    // The code no longer has it: the decision is still there to be undone, and says so.
    const third = await keep({ minutesAgo: 0, result: withFindings([aFinding({ id: OTHER })]) });
    expect((await list(ann, third)).items).toMatchObject([{ finding: GRAVE, present: false }]);
    expect((await call("DELETE", ann, third, GRAVE)).status).toBe(204);
  });

  it("is written into SARIF as an accepted suppression, and into JSON", async () => {
    const id = await keep();
    await mark(id);
    const tool = { version: "1.0.0", informationUri: "https://devmentor.example" };
    const analysis = await getAnalysis(ann.client, id);
    const { body } = exportAnalysis(analysis, "sarif", tool) as {
      body: { runs: { results: { partialFingerprints: Record<string, string>; suppressions?: unknown }[] }[] };
    };
    const result = body.runs[0]?.results.find((each) => each.partialFingerprints["devmentorFinding/v1"] === GRAVE);
    expect(result?.suppressions).toEqual([
      { kind: "external", status: "accepted", justification: "Its input is a constant of ours" },
    ]);
    expect(JSON.stringify(exportAnalysis(analysis, "json", tool).body)).toContain("Its input is a constant of ours");
  });

  it("is marked for the one who said so alone", async () => {
    const id = await keep();
    await alsoAskedBy(supabase, id, bob);
    await mark(id);
    expect((await securityOf(bob, id)).security.counts).toMatchObject({ total: 2, suppressed: 1 });
    expect((await list(bob, id)).items).toEqual([]);
    expect((await call("DELETE", bob, id, GRAVE)).status).toBe(204);
    expect((await securityOf(ann, id)).security.counts.total).toBe(1);
    expect((await bob.client.from("finding_suppressions").select()).data).toEqual([]);
  });

  it("goes with its owner's account, and is in their export", async () => {
    const carl = await supabase.asUser();
    const id = await keep({ asker: carl });
    await mark(id, GRAVE, carl);
    const { data } = await carl.client.rpc("export_my_data");
    expect(JSON.stringify(data)).toContain("Its input is a constant of ours");
    await supabase.sql`delete from auth.users where id = ${carl.id}`;
    expect(await supabase.sql`select 1 from public.finding_suppressions where user_id = ${carl.id}`).toHaveLength(0);
  });
});

describe("marking is refused", () => {
  it.each([
    ["too short a reason", "ok", 422, "rule_broken"],
    ["blanks", "          ", 422, "rule_broken"],
    ["too long a reason", "x".repeat(301), 422, "rule_broken"],
    ["no reason", null, 400, "invalid_request"],
  ])("%s", async (_what, reason, status, code) => {
    const response = await mark(await keep(), GRAVE, ann, reason);
    expect([response.status, await response.json()]).toMatchObject([
      status,
      { code, errors: expect.anything() as unknown },
    ]);
  });

  it("what a comment marks, what is not there, and somebody else's analysis", async () => {
    const id = await keep();
    const answers = await Promise.all([
      mark(id, COMMENTED),
      mark(id, "f".repeat(32)),
      mark(id, "no-finding"),
      mark(id, GRAVE, bob),
      call("DELETE", bob, id, GRAVE),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([409, 404, 404, 404, 404]);
  });

  it("past a thousand of one repository", async () => {
    const id = await keep();
    await supabase.sql`
      insert into public.finding_suppressions (user_id, repo_url, finding, rule, title, path, reason)
      select ${ann.id}, ${`https://github.com/octo/${repository}`}, md5(n::text), 'r', 't', 'p', 'A reason'
      from generate_series(1, 1000) n`;
    const response = await mark(id);
    expect([response.status, await response.json()]).toMatchObject([422, { code: "rule_broken" }]);
  });
});

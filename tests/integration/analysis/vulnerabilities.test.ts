import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { exportAnalysis } from "@/lib/analysis/export-analysis";
import { getAnalysis } from "@/lib/analysis/read-analyses";
import { foundPhase } from "@/lib/analysis/rules";
import { scanRepository } from "@/lib/analysis/run-phases";
import { askForVulnerabilities, lookUpOf } from "@/lib/analysis/vulnerabilities/ask";
import { giveUpLookUp, isHopeless, lookUpVulnerabilities } from "@/lib/analysis/vulnerabilities/look-up";
import type { Lockfile } from "@/lib/analysis/vulnerabilities/schemas";
import { openToken } from "@/lib/platform/github/token-store";
import { POLICIES } from "@/lib/platform/resilience/policies";
import { Resilience } from "@/lib/platform/resilience/resilience";
import { aResult } from "../../support/analysis-inputs.ts";
import { alsoAskedBy, keepAnalysis } from "../../support/kept-analysis.ts";
import { startOsv, type TestAdvisory } from "../../support/osv.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";
import { startGitHost } from "./git-host";

vi.mock("next/server", async (original) => ({ ...(await original<object>()), after: () => undefined }));

const ADVISORIES: readonly TestAdvisory[] = [
  {
    id: "GHSA-aaaa-bbbb-cccc",
    ecosystem: "npm",
    name: "left",
    versions: ["1.0.0", "1.2.0"],
    fixed: "1.3.0",
    summary: "Left leans too far",
    aliases: ["CVE-2026-0001"],
    rating: "HIGH",
  },
  // The same under another name: told once.
  { id: "CVE-2026-0001", ecosystem: "npm", name: "left", versions: ["1.2.0"], aliases: ["GHSA-aaaa-bbbb-cccc"] },
  { id: "GHSA-gone-gone-gone", ecosystem: "npm", name: "left", versions: ["1.2.0"], withdrawn: "2026-02-01T00:00:00Z" },
  {
    id: "PYSEC-2026-1",
    ecosystem: "PyPI",
    name: "right",
    versions: ["2.0"],
    cvss3: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
  },
  { id: "GO-2026-0001", ecosystem: "Go", name: "example.test/up", versions: ["0.1.0"], summary: "Unrated" },
];
const LOCKFILES: readonly Lockfile[] = [
  {
    path: "package-lock.json",
    packages: [
      { ecosystem: "npm", name: "left", version: "1.2.0" },
      { ecosystem: "npm", name: "@scope/fine", version: "3.0.0" },
    ],
  },
  { path: "poetry.lock", packages: [{ ecosystem: "PyPI", name: "right", version: "2.0" }] },
  { path: "go.sum", packages: [{ ecosystem: "Go", name: "example.test/up", version: "0.1.0" }] },
];

const osv = await startOsv(ADVISORIES, 1);
const host = await startGitHost();
afterAll(async () => {
  await osv.close();
  await host.close();
});
const supabase = useSupabase();
useProductEnv({ supabase, further: () => ({ OSV_API_URL: osv.url, DEVSTACK_GIT_ORIGIN: host.origin }) });

/** The policy's own shape, with less waiting: what it does is looked at here, not how long it takes. */
function quickGuards(): Resilience {
  const guards = new Resilience(
    { ...POLICIES, osv: { ...POLICIES.osv, timeoutMs: 250, firstDelayMs: 5, maxDelayMs: 10 } },
    () => "UTC",
  );
  (globalThis as { [key: symbol]: unknown })[Symbol.for("devmentor.resilience")] = guards;
  return guards;
}

let ann: TestUser;
let bob: TestUser;
let repository: string;
let count = 0;
let guards: Resilience;
beforeAll(async () => {
  ann = await supabase.asUser();
  bob = await supabase.asUser();
});
beforeEach(() => {
  count += 1;
  repository = `vulnerable-${count}`;
  osv.is("well");
  osv.calls.length = 0;
  guards = quickGuards();
});

async function keep(lockfiles: readonly Lockfile[] | null = LOCKFILES, more: { private?: boolean } = {}) {
  const id = await keepAnalysis(supabase, { asker: ann, repository, ...more });
  if (lockfiles)
    await supabase.sql`
      insert into public.analysis_packages (analysis_id, lockfiles) values (${id}, ${supabase.sql.json(lockfiles as never)})`;
  return id;
}
const ask = (id: string, who = ann) => askForVulnerabilities(who.id, id, null);
const failureOf = (id: string) =>
  lookUpVulnerabilities(id).then(
    () => undefined,
    (error: unknown) => error as Error,
  );

async function securityOf(id: string, who = ann) {
  const { result } = await getAnalysis(who.client, id);
  const security = result && foundPhase(result.phases.security);
  if (!security) throw new Error("no security");
  return security;
}

describe("looking up known vulnerabilities", () => {
  it("sends nothing until somebody says so, and then names and versions alone", async () => {
    const id = await keep();
    expect((await securityOf(id)).vulnerabilities.status).toBe("not_checked");
    expect(await lookUpOf(ann.client, id)).toMatchObject({
      status: "not_asked",
      wouldSend: { to: new URL(osv.url).host, packages: 4, known: true, lockfiles: [{ packages: 2 }, {}, {}] },
      found: null,
    });
    expect(await lookUpVulnerabilities(id)).toBe("over");
    expect(osv.calls).toEqual([]);

    expect(await ask(id)).toBe("asked");
    expect(await ask(id)).toBe("joined");
    expect(osv.calls).toEqual([]);
    expect(
      await supabase.sql`select name, data from private.outbox where aggregate_id = ${id} and name like '%vuln%'`,
    ).toEqual([{ name: "analysis/vulnerabilities.requested", data: { analysisId: id } }]);
    expect(await lookUpVulnerabilities(id)).toBe("done");
    expect(osv.calls[0]).toEqual({
      method: "POST",
      path: "/v1/querybatch",
      body: {
        queries: LOCKFILES.flatMap(({ packages }) => packages).map(({ ecosystem, name, version }) => ({
          package: { ecosystem, name },
          version,
        })),
      },
    });
    const sent = JSON.stringify(osv.calls);
    for (const secret of [repository, "octo", "lock", ann.id, id]) expect(sent).not.toContain(secret);
    expect(await ask(id)).toBe("known");
  });

  it("tells each advisory once, worst first, with the version that repairs it", async () => {
    const id = await keep();
    await ask(id);
    await lookUpVulnerabilities(id);
    const { vulnerabilities, notChecked } = await securityOf(id);
    expect(vulnerabilities).toMatchObject({ status: "checked", source: "OSV", packages: 4, total: 3 });
    expect(vulnerabilities.status === "checked" && vulnerabilities.found).toMatchObject([
      { advisory: "PYSEC-2026-1", severity: "critical", package: "right", path: "poetry.lock", fixedIn: null },
      {
        advisory: "GHSA-aaaa-bbbb-cccc",
        aliases: ["CVE-2026-0001"],
        severity: "high",
        version: "1.2.0",
        fixedIn: "1.3.0",
        summary: "Left leans too far",
      },
      { advisory: "GO-2026-0001", severity: null },
    ]);
    expect(notChecked.map(({ what }) => what)).not.toContain("vulnerabilities");
    // Each of the three about `left` came on a page of its own.
    expect(osv.calls.filter(({ path }) => path === "/v1/querybatch")).toHaveLength(3);
  });

  it("asks about a thousand packages at once, and about each once", async () => {
    const many = Array.from({ length: 1_500 }, (_, n) => ({
      ecosystem: "npm" as const,
      name: `p${n}`,
      version: "1.0.0",
    }));
    const id = await keep([
      { path: "a/yarn.lock", packages: many },
      { path: "b/yarn.lock", packages: many },
    ]);
    await ask(id);
    await lookUpVulnerabilities(id);
    expect(osv.calls.map(({ body }) => (body as { queries: unknown[] }).queries.length)).toEqual([1_000, 500]);
    expect((await securityOf(id)).vulnerabilities).toMatchObject({ status: "checked", packages: 1_500, total: 0 });
  });

  it("is seen by others who asked for the analysis, and marked by each for themselves; SARIF has both", async () => {
    const id = await keep();
    await alsoAskedBy(supabase, id, bob);
    await ask(id);
    await lookUpVulnerabilities(id);
    const { suppressFinding } = await import("@/lib/analysis/suppression/suppress-finding");
    const before = await securityOf(id, bob);
    const left = before.vulnerabilities.status === "checked" ? before.vulnerabilities.found[1] : undefined;
    await suppressFinding(ann.id, id, left?.id ?? "", "We never lean left");
    expect((await securityOf(id)).vulnerabilities).toMatchObject({
      total: 2,
      found: [{}, {}, { advisory: "GHSA-aaaa-bbbb-cccc", suppressed: { reason: "We never lean left", by: "user" } }],
    });
    expect((await securityOf(id, bob)).vulnerabilities).toMatchObject({ total: 3 });
    const { body } = exportAnalysis(await getAnalysis(ann.client, id), "sarif", {
      version: "1",
      informationUri: "https://devmentor.example",
    });
    const { runs } = body as { runs: { results: { ruleId: string; suppressions?: unknown[] }[] }[] };
    expect(runs[0]?.results.filter(({ ruleId }) => ruleId.startsWith("vulnerability/"))).toMatchObject([
      { ruleId: "vulnerability/PYSEC-2026-1" },
      { ruleId: "vulnerability/GO-2026-0001" },
      { ruleId: "vulnerability/GHSA-aaaa-bbbb-cccc", suppressions: [{ justification: "We never lean left" }] },
    ]);
  });

  it("is refused for somebody else's analysis, an unfinished one, and one without packages", async () => {
    const id = await keep();
    await expect(ask(id, bob)).rejects.toMatchObject({ code: "not_found" });
    expect((await lookUpOf(bob.client, id)).wouldSend.known).toBe(false);
    await expect(ask(await keep([]))).rejects.toMatchObject({ code: "rule_broken" });
    await expect(ask(await keep(null))).rejects.toMatchObject({ code: "conflict" });
    await supabase.sql`update public.analyses set status = 'running', finished_at = null, progress = 50 where id = ${id}`;
    await expect(ask(id)).rejects.toMatchObject({ code: "conflict" });
  });

  it("knows what a scan's lockfiles name; workflows are looked into although they do not count", async () => {
    const lock = (packages: object) => JSON.stringify({ name: "x", lockfileVersion: 3, packages });
    host.add(repository, {
      "package.json": JSON.stringify({ name: "x", dependencies: { left: "1.2.0" } }),
      "package-lock.json": lock({
        "": { name: "x", dependencies: { left: "1.2.0" } },
        "node_modules/left": { version: "1.2.0" },
        [`node_modules/${"n".repeat(300)}`]: { version: "1.0.0" },
      }),
      ".github/workflows/ci.yml":
        "on: push\npermissions: write-all\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: someone/thing@v1\n",
      "Cargo.lock": '[[package]]\nname = "down"\nversion = "0.3.1"\n',
    });
    const [row] = await supabase.sql<{ answer: { id: string } }[]>`
      select public.start_analysis(${ann.id}, ${`${host.origin}/octo/${repository}`}, '127.0.0.1', 'octo', ${repository},
        '', null, false, false, 1, null) as answer`;
    const id = row?.answer.id ?? "";
    expect(await scanRepository(id, openToken)).toBe("done");
    const [kept] = await supabase.sql<{ lockfiles: Lockfile[] }[]>`
      select lockfiles from public.analysis_packages where analysis_id = ${id}`;
    expect(kept?.lockfiles.toSorted((one, other) => (one.path < other.path ? -1 : 1))).toEqual([
      { path: "Cargo.lock", packages: [{ ecosystem: "crates.io", name: "down", version: "0.3.1" }] },
      { path: "package-lock.json", packages: [{ ecosystem: "npm", name: "left", version: "1.2.0" }] },
    ]);
    const rules = await supabase.sql<{ rule: string; path: string }[]>`
      select each ->> 'rule' as rule, each ->> 'path' as path
      from private.analysis_phase_results r, jsonb_array_elements(r.data -> 'findings') each
      where r.analysis_id = ${id} and r.phase = 'security' and each ->> 'path' like '.github/%'`;
    expect(rules.map(({ rule }) => rule).toSorted()).toEqual([
      "supply-chain/unpinned-action",
      "supply-chain/workflow-permissions",
    ]);
  });
});

describe("while OSV is not well", () => {
  it("is asked three times when it is down; then the breaker opens, and those who wait are told", async () => {
    const id = await keep();
    await ask(id);
    osv.is("down");
    const first = await failureOf(id);
    expect(first).toMatchObject({ name: "OsvUnavailable" });
    expect(isHopeless(first)).toBe(false);
    expect(osv.calls).toHaveLength(POLICIES.osv.attempts);
    const second = await failureOf(id);
    expect(second).toBeDefined();
    expect(guards.states().find(({ policy }) => policy === "osv")).toMatchObject({ state: "open" });
    const calls = osv.calls.length;
    expect(await failureOf(id)).toMatchObject({ name: "OutsideCallError" });
    expect(osv.calls).toHaveLength(calls);

    await giveUpLookUp(id, `${second?.name}: ${second?.message}`, 3);
    expect(await lookUpOf(ann.client, id)).toMatchObject({ status: "failed", error: expect.any(String) as string });
    expect((await securityOf(id)).vulnerabilities.status).toBe("not_checked");
    expect(await supabase.sql`select name, attempts from private.dead_letters where subject_id = ${id}`).toEqual([
      { name: "look-up-vulnerabilities", attempts: 3 },
    ]);
    // And it can be asked again.
    osv.is("well");
    guards = quickGuards();
    expect(await ask(id)).toBe("asked");
    expect(await lookUpVulnerabilities(id)).toBe("done");
  });

  it("is not waited for for ever", async () => {
    const id = await keep();
    await ask(id);
    osv.is("hang");
    expect(await failureOf(id)).toMatchObject({ name: "OutsideCallError", because: "timeout" });
    expect(osv.calls).toHaveLength(POLICIES.osv.attempts);
  });

  it.each(["garbled", "short", "outside"] as const)(
    "is not believed when its answer is %s, nor asked again",
    async (mood) => {
      const id = await keep();
      await ask(id);
      osv.is(mood);
      const error = await failureOf(id);
      expect(isHopeless(error)).toBe(true);
      expect(osv.calls).toHaveLength(1);
      expect((await securityOf(id)).vulnerabilities.status).toBe("not_checked");
    },
  );

  it("keeps the last answer when a later look-up fails", async () => {
    const id = await keep();
    await ask(id);
    await lookUpVulnerabilities(id);
    await supabase.sql`
      update public.analysis_vulnerabilities set finished_at = now() - interval '2 hours' where analysis_id = ${id}`;
    expect(await ask(id)).toBe("asked");
    await giveUpLookUp(id, "OutsideCallError: down", 3);
    expect(await lookUpOf(ann.client, id)).toMatchObject({ status: "failed", found: { total: 3 } });
    expect((await securityOf(id)).vulnerabilities).toMatchObject({ status: "checked", total: 3 });
  });
});

it("the result without a look-up stays as the scan left it", async () => {
  const id = await keep();
  expect((await securityOf(id)).vulnerabilities).toEqual(
    (aResult().phases.security as { vulnerabilities: unknown }).vulnerabilities,
  );
});

describe("over HTTP", () => {
  async function post(who: TestUser, id: string, body: unknown) {
    const { POST } = await import("@/app/api/v1/analyses/[id]/vulnerabilities/route");
    const request = new Request(`http://127.0.0.1:3999/api/v1/analyses/${id}/vulnerabilities`, {
      method: "POST",
      headers: { authorization: `Bearer ${who.accessToken}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return POST(request, { params: Promise.resolve({ id }) });
  }

  it("wants to be told that the names may leave", async () => {
    const id = await keep();
    for (const body of [{}, { sendPackageNames: false }, { sendPackageNames: "yes" }])
      expect((await post(ann, id, body)).status).toBe(400);
    expect(await supabase.sql`select 1 from public.analysis_vulnerabilities where analysis_id = ${id}`).toHaveLength(0);
    const asked = await post(ann, id, { sendPackageNames: true });
    expect([asked.status, await asked.json()]).toMatchObject([202, { status: "asked" }]);
    expect((await post(bob, id, { sendPackageNames: true })).status).toBe(404);
    await lookUpVulnerabilities(id);
    const known = await post(ann, id, { sendPackageNames: true });
    expect([known.status, await known.json()]).toMatchObject([200, { status: "done", found: { total: 3 } }]);
  });
});

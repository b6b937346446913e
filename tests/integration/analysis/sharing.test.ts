import { beforeEach, describe, expect, it } from "vitest";
import { compareWithPrevious } from "@/lib/analysis/comparison/compare-with-previous";
import { exportAnalysis } from "@/lib/analysis/export-analysis";
import { getAnalysis } from "@/lib/analysis/read-analyses";
import { hashShareToken } from "@/lib/analysis/sharing/link";
import { readSharedAnalysis, repositoryBadge } from "@/lib/analysis/sharing/read-shared";
import { openLinkOf, shareAnalysis, stopSharing } from "@/lib/analysis/sharing/share-analysis";
import { analysisSchema, type AnalysisResult } from "@/lib/analysis/schemas";
import { aResult } from "../../support/analysis-inputs.ts";
import { keepAnalysis } from "../../support/kept-analysis.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";

const supabase = useSupabase();
useProductEnv({ supabase });

let ann: TestUser;
let bob: TestUser;
let repository: string;
let count = 0;
beforeEach(async () => {
  ann = await supabase.asUser();
  bob = await supabase.asUser();
  count += 1;
  repository = `repo-${count}`;
});

interface Kept {
  readonly asker?: TestUser;
  readonly private?: boolean;
  readonly result?: AnalysisResult;
  readonly minutesAgo?: number;
  readonly ref?: string;
}

/** An analysis that is finished, as the workflow leaves it. */
const keep = (kept: Kept = {}) => keepAnalysis(supabase, { asker: ann, repository, ...kept });

const tokenOf = async (id: string, who = ann, confirm = false) => (await shareAnalysis(who.id, id, confirm)).token;

describe("a share link", () => {
  it("opens the public view to everybody who has it, and closes at once", async () => {
    const id = await keep();
    expect(await openLinkOf(ann.id, id)).toBeNull();
    const token = await tokenOf(id);
    expect(await readSharedAnalysis(token)).toMatchObject({
      repository: { name: repository },
      private: false,
      lines: 4_000,
    });
    expect(await openLinkOf(ann.id, id)).toMatchObject({ createdAt: expect.any(String) as string });
    await stopSharing(ann.id, id);
    await expect(readSharedAnalysis(token)).rejects.toMatchObject({ code: "not_found" });
    expect(await openLinkOf(ann.id, id)).toBeNull();
    await stopSharing(ann.id, id);
  });

  it("is replaced by a new one, and each person has their own", async () => {
    const id = await keep();
    await supabase.sql`insert into public.analysis_askers (analysis_id, user_id, how) values (${id}, ${bob.id}, 'cached')`;
    const first = await tokenOf(id);
    const bobs = await tokenOf(id, bob);
    const second = await tokenOf(id);
    await expect(readSharedAnalysis(first)).rejects.toMatchObject({ code: "not_found" });
    expect(await readSharedAnalysis(second)).toBeDefined();
    await stopSharing(ann.id, id);
    expect(await readSharedAnalysis(bobs)).toBeDefined();
  });

  it("of eight clicks at once leaves one open", async () => {
    const id = await keep();
    const tokens = await Promise.all(Array.from({ length: 8 }, () => tokenOf(id)));
    const open = await Promise.allSettled(tokens.map((token) => readSharedAnalysis(token)));
    expect(open.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("is kept as a hash alone, and guessing finds nothing", async () => {
    const token = await tokenOf(await keep());
    const rows = await supabase.sql<
      { token_hash: string }[]
    >`select * from private.analysis_shares where token_hash = ${hashShareToken(token)}`;
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(token);
    for (const guess of ["", "a", `${token}x`, token.slice(1), hashShareToken(token), "' or true --"])
      await expect(readSharedAnalysis(guess)).rejects.toMatchObject({ code: "not_found" });
  });

  it("is refused for somebody else's analysis, and for one that is not finished", async () => {
    const id = await keep();
    await expect(shareAnalysis(bob.id, id, true)).rejects.toMatchObject({ code: "not_found" });
    await supabase.sql`update public.analyses set status = 'running', finished_at = null, progress = 50 where id = ${id}`;
    await expect(shareAnalysis(ann.id, id, true)).rejects.toMatchObject({ code: "conflict" });
  });

  it("ends with its owner's account", async () => {
    const id = await keep();
    await supabase.sql`insert into public.analysis_askers (analysis_id, user_id, how) values (${id}, ${bob.id}, 'cached')`;
    const token = await tokenOf(id, bob);
    await supabase.sql`delete from auth.users where id = ${bob.id}`;
    await expect(readSharedAnalysis(token)).rejects.toMatchObject({ code: "not_found" });
  });

  it("cannot be opened, read or closed with the keys that browsers have", async () => {
    const id = await keep();
    const call = { p_user: ann.id, p_analysis: id };
    for (const client of [ann.client, supabase.asAnon()]) {
      for (const [name, args] of [
        ["share_analysis", { ...call, p_token_hash: hashShareToken("x"), p_confirm_private: true }],
        ["revoke_analysis_share", call],
        ["read_analysis_share", call],
        ["read_shared_analysis", { p_token_hash: hashShareToken("x") }],
      ] as const) {
        expect((await client.rpc(name, args as never)).error?.code).toBe("42501");
      }
    }
  });
});

describe("a private repository", () => {
  it("is shared only when its owner confirms it, and then without any place", async () => {
    const id = await keep({ private: true });
    await expect(shareAnalysis(ann.id, id, false)).rejects.toMatchObject({ code: "rule_broken" });
    const shared = await readSharedAnalysis(await tokenOf(id, ann, true));
    expect(shared).toMatchObject({ private: true, commit: null, functions: { hotspots: [] } });
    expect(shared.insights.length).toBeGreaterThan(0);
    expect(JSON.stringify(shared)).not.toContain("src/");
  });

  it("has no badge", async () => {
    const id = await keep({ private: true });
    await shareAnalysis(ann.id, id, true);
    expect(await repositoryBadge("github.com", "octo", repository)).toMatchObject({ shared: false });
  });
});

describe("the badge of a repository", () => {
  it("is there while somebody shares it, in any spelling of its name, and says its languages", async () => {
    const id = await keep();
    expect(await repositoryBadge("github.com", "octo", repository)).toMatchObject({ shared: false });
    await shareAnalysis(ann.id, id, false);
    const { svg, shared } = await repositoryBadge("github.com", "OCTO", repository.toUpperCase());
    expect(shared).toBe(true);
    expect(svg).toContain("TypeScript 75.0% · CSS 25.0%");
    await stopSharing(ann.id, id);
    expect(await repositoryBadge("github.com", "octo", repository)).toMatchObject({ shared: false });
  });
});

describe("an export", () => {
  const tool = { version: "1.0.0", informationUri: "https://devmentor.example" };

  it("holds the whole result as JSON, and the findings as SARIF", async () => {
    const analysis = await getAnalysis(ann.client, await keep());
    const json = exportAnalysis(analysis, "json", tool);
    expect(analysisSchema.parse(json.body)).toEqual(analysis);
    expect(json.fileName).toBe(`octo-${repository}-aaaaaaaaaaaa.json`);
    const sarif = exportAnalysis(analysis, "sarif", tool);
    expect(sarif).toMatchObject({
      contentType: "application/sarif+json",
      body: { version: "2.1.0", runs: [{ results: [{}, {}] }] },
    });
  });
});

describe("the comparison with the analysis before", () => {
  const later = () => aResult({ lines: 4_100, commit: "b".repeat(40) });

  it("finds the newest one of the same branch that the caller asked for", async () => {
    await keep({ minutesAgo: 50, result: aResult({ lines: 1 }) });
    const before = await keep({ minutesAgo: 30 });
    await keep({ minutesAgo: 20, ref: "other" });
    await keep({ minutesAgo: 10, asker: bob });
    const id = await keep({ minutesAgo: 1, result: later() });
    const comparison = await compareWithPrevious(ann.client, await getAnalysis(ann.client, id));
    expect(comparison).toMatchObject({ previous: { id: before }, sameCommit: false });
    expect(comparison?.figures).toContainEqual({ figure: "lines", before: 4_000, after: 4_100 });
  });

  it("is nothing for the first one", async () => {
    const id = await keep();
    expect(await compareWithPrevious(ann.client, await getAnalysis(ann.client, id))).toBeNull();
  });
});

import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { describeFailure, giveUpAnalysis, isFinal } from "@/lib/analysis/end-analysis";
import { ANALYSIS_EVENTS } from "@/lib/analysis/events";
import { cancelAnalysis, getAnalysis, pageOfAnalyses } from "@/lib/analysis/read-analyses";
import { findInsights, scanRepository, storeResult } from "@/lib/analysis/run-phases";
import { ScanFailed } from "@/lib/analysis/scan/scan-clone";
import { startAnalysis } from "@/lib/analysis/start-analysis";
import { openToken, keepToken } from "@/lib/platform/github/token-store";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";
import { startGitHost } from "./git-host";

const host = await startGitHost();
afterAll(() => host.close());

const supabase = useSupabase();
useProductEnv({ supabase, further: () => ({ DEVSTACK_GIT_ORIGIN: host.origin }) });

const FILES = {
  "src/index.ts": "export const one = 1;\nexport const two = 2;\n",
  "src/style.css": "a { color: red }\n",
  "README.md": "# Hello\n",
  "node_modules/left/index.js": "module.exports = 1;\n",
  "package-lock.json": "{}\n",
  "logo.png": Buffer.from([0x89, 0x50, 0, 1, 2]),
};

let count = 0;
let url: string;
let ann: TestUser;
let bob: TestUser;
beforeEach(async () => {
  host.misbehave(null);
  count += 1;
  url = host.add(`repo-${count}`, FILES);
  ann = await supabase.asUser();
  bob = await supabase.asUser();
});

const start = (user: TestUser, repoUrl = url, more: { ref?: string; fresh?: boolean } = {}) =>
  startAnalysis({ userId: user.id, repoUrl, traceparent: null, ...more }, openToken);

async function runAll(id: string): Promise<string> {
  if ((await scanRepository(id, openToken)) === "over") return "over";
  if ((await findInsights(id)) === "over") return "over";
  return storeResult(id);
}

/** What the outbox holds about an analysis, each event checked against the schema that its consumers rely on. */
async function events(id: string): Promise<{ name: string; data: Record<string, unknown> }[]> {
  const rows = await supabase.sql<{ name: keyof typeof ANALYSIS_EVENTS; data: Record<string, unknown> }[]>`
    select name, data from private.outbox where aggregate_id = ${id} order by created_at, name`;
  return rows.map(({ name, data }) => ({ name, data: ANALYSIS_EVENTS[name].parse(data) }));
}

describe("an analysis", () => {
  it("runs from start to result, with what it found on the way", async () => {
    const started = await start(ann);
    expect(started).toMatchObject({ outcome: "started", status: "queued" });
    expect(await getAnalysis(ann.client, started.id)).toMatchObject({
      status: "queued",
      progress: 0,
      private: false,
      found: {},
    });
    expect(await scanRepository(started.id, openToken)).toBe("done");
    const halfway = await getAnalysis(ann.client, started.id);
    expect(halfway).toMatchObject({
      status: "running",
      phase: "security",
      progress: 60,
      found: { clone: { files: 6, ref: "main" } },
    });
    expect(await findInsights(started.id)).toBe("done");
    expect(await storeResult(started.id)).toBe("done");
    const done = await getAnalysis(ann.client, started.id);
    const { result } = done;
    expect(done).toMatchObject({
      status: "completed",
      progress: 100,
      commit: host.git(`repo-${count}`, ["rev-parse", "main"]),
    });
    expect(done.version).toBeGreaterThan(halfway.version);
    expect(result?.languages.map(({ name, files, lines }) => [name, files, lines])).toEqual([
      ["TypeScript", 1, 2],
      ["CSS", 1, 1],
      ["Markdown", 1, 1],
    ]);
    expect(result?.languages.map((language) => language.share)).toEqual([44 / 61, 17 / 61, null]);
    expect(Object.fromEntries(result?.skipped.map(({ reason, files }) => [reason, files]) ?? [])).toEqual({
      vendored: 1,
      generated: 1,
      binary: 1,
    });
    expect(result).toMatchObject({
      totalFiles: 6,
      files: 3,
      lines: 4,
      limits: [],
      phases: {
        patterns: { files: 1, patterns: [{ id: "const-binding", count: 2 }], documentation: { readme: "README.md" } },
        security: { checked: { secrets: 4 } },
      },
    });
    expect((await events(started.id)).map((event) => event.name)).toEqual(["analysis/requested", "analysis/completed"]);
    const notices = await supabase.sql`select kind, title from public.notifications where user_id = ${ann.id}`;
    expect(notices).toMatchObject([{ kind: "analysis.completed", title: `octo/repo-${count} is analysed` }]);
  });

  it("tells its channel each step, with a growing version", async () => {
    const { id } = await start(ann);
    await runAll(id);
    const messages = await supabase.sql<
      { event: string; payload: { type: string; version: number; data: Record<string, unknown> } }[]
    >`
      select event, payload from realtime.messages where topic = ${`analysis:${id}`} order by (payload->>'version')::bigint`;
    expect(messages.map((message) => message.event)).toEqual([
      "progress",
      "found",
      "progress",
      "found",
      "progress",
      "found",
      "progress",
      "found",
      "progress",
      "found",
      "progress",
      "progress",
      "done",
    ]);
    expect(messages.map((message) => message.payload.version)).toEqual(messages.map((_, index) => index + 1));
    expect(
      messages.filter((message) => message.event === "progress").map((message) => message.payload.data["progress"]),
    ).toEqual([0, 10, 20, 40, 60, 80, 90]);
  });

  it("may repeat any phase and comes to the same end, once", async () => {
    const { id } = await start(ann);
    await scanRepository(id, openToken);
    await scanRepository(id, openToken);
    expect((await getAnalysis(ann.client, id)).progress).toBe(60);
    await runAll(id);
    expect(await storeResult(id)).toBe("over");
    expect((await events(id)).map((event) => event.name)).toEqual(["analysis/requested", "analysis/completed"]);
  });

  it("is joined by who asks for the same while it runs, and both may read it", async () => {
    const first = await start(ann);
    await expect(getAnalysis(bob.client, first.id)).rejects.toMatchObject({ code: "not_found" });
    const second = await start(bob);
    expect(second).toMatchObject({ id: first.id, outcome: "joined" });
    await runAll(first.id);
    expect(await getAnalysis(bob.client, first.id)).toMatchObject({ status: "completed" });
    const userIds = (await events(first.id)).flatMap((event) =>
      event.name === "analysis/completed" ? (event.data["userIds"] as string[]) : [],
    );
    expect(userIds.toSorted()).toEqual([ann.id, bob.id].toSorted());
  });

  it("is one when many ask at the same moment", async () => {
    const all = await Promise.all(Array.from({ length: 8 }, (_, n) => start(n % 2 ? ann : bob)));
    expect(new Set(all.map((started) => started.id)).size).toBe(1);
    expect(all.filter((started) => started.outcome === "started")).toHaveLength(1);
  });

  it("is answered from the cache for the same commit or within 24 hours, and anew when asked to", async () => {
    const first = await start(ann);
    await runAll(first.id);
    expect(await start(bob)).toMatchObject({ id: first.id, outcome: "cached" });
    expect(await getAnalysis(bob.client, first.id)).toMatchObject({ status: "completed" });
    expect((await events(first.id)).at(-1)).toMatchObject({
      name: "analysis/completed",
      data: { fromCache: true, userIds: [bob.id] },
    });
    await supabase.sql`update public.analyses set finished_at = now() - interval '25 hours', created_at = now() - interval '25 hours' where id = ${first.id}`;
    expect((await start(bob)).outcome).toBe("cached");
    const tree = host.git(`repo-${count}`, ["rev-parse", "main^{tree}"]);
    host.git(`repo-${count}`, [
      "update-ref",
      "refs/heads/main",
      host.git(`repo-${count}`, ["commit-tree", tree, "-m", "Second"]),
    ]);
    expect((await start(bob)).outcome).toBe("started");
    const again = await start(ann, url, { fresh: true });
    expect(again.outcome).toBe("joined");
  });

  it("is one for a commit, by whatever branch or tag it is asked for, while it runs and afterwards", async () => {
    host.git(`repo-${count}`, ["update-ref", "refs/tags/v1", "main"]);
    host.git(`repo-${count}`, ["update-ref", "refs/heads/same", "main"]);
    const first = await start(ann);
    expect(await start(bob, url, { ref: "v1" })).toMatchObject({ id: first.id, outcome: "joined" });
    const together = await Promise.all(["main", "same", "v1"].map((ref) => start(bob, url, { ref })));
    expect(together.map(({ id }) => id)).toEqual([first.id, first.id, first.id]);
    await runAll(first.id);
    expect(await start(bob, url, { ref: "same" })).toMatchObject({ id: first.id, outcome: "cached" });
    const tree = host.git(`repo-${count}`, ["rev-parse", "main^{tree}"]);
    const next = host.git(`repo-${count}`, ["commit-tree", tree, "-m", "Second"]);
    host.git(`repo-${count}`, ["update-ref", "refs/heads/same", next]);
    expect((await start(bob, url, { ref: "same" })).outcome).toBe("started");
  });

  it("ends at once when canceled, and nothing is written afterwards", async () => {
    const { id } = await start(ann);
    await scanRepository(id, openToken);
    await expect(cancelAnalysis(bob.client, id)).rejects.toMatchObject({ code: "not_found" });
    expect(await cancelAnalysis(ann.client, id)).toBe("canceled");
    expect(await cancelAnalysis(ann.client, id)).toBe("canceled");
    expect(await findInsights(id)).toBe("over");
    expect(await storeResult(id)).toBe("over");
    expect(await scanRepository(id, openToken)).toBe("over");
    expect(await getAnalysis(ann.client, id)).toMatchObject({ status: "canceled", progress: 60 });
    expect((await events(id)).map((event) => event.name)).toEqual(["analysis/requested", "analysis/canceled"]);
    expect((await start(ann)).outcome).toBe("started");
  });

  it("goes on for the others when one of them cancels", async () => {
    const { id } = await start(ann);
    await start(bob);
    expect(await cancelAnalysis(ann.client, id)).toBe("left");
    await expect(getAnalysis(ann.client, id)).rejects.toMatchObject({ code: "not_found" });
    expect(await runAll(id)).toBe("done");
    await expect(cancelAnalysis(bob.client, id)).rejects.toMatchObject({ code: "conflict" });
  });

  it("that fails for good stands in the dead letters with its cause, and says what to do", async () => {
    const { id } = await start(ann);
    host.misbehave("refuse");
    const error: unknown = await scanRepository(id, openToken).catch((reason: unknown) => reason);
    expect(isFinal(error)).toBe(false);
    await giveUpAnalysis(id, describeFailure(error), 3);
    expect(await getAnalysis(ann.client, id)).toMatchObject({
      status: "failed",
      error: { code: "provider_unavailable", message: expect.stringContaining("Try again later") as string },
    });
    const letters =
      await supabase.sql`select source, name, cause, attempts from private.dead_letters where subject_id = ${id}`;
    expect(letters).toMatchObject([
      { source: "job", name: "analyse-repository", attempts: 3, cause: expect.stringContaining("503") as string },
    ]);
    expect((await events(id)).map((event) => event.name)).toEqual(["analysis/requested", "analysis/failed"]);
  });

  it("that needs more than it may have says which limit it was, whatever the cause says besides", async () => {
    const words = ["more than 120 s", "more than 240 s of processor time", "more than 768 MB of memory"];
    for (const [index, limit] of words.entries()) {
      const { id } = await start(ann, host.add(`limit-${count}-${index}`, FILES));
      const failure = new ScanFailed(`reading the repository took ${limit} (ended at its limit (time))`);
      await giveUpAnalysis(id, describeFailure(failure), 3);
      const { error } = await getAnalysis(ann.client, id);
      expect(error).toMatchObject({
        code: "internal",
        message: expect.stringContaining(`took ${limit}, which`) as string,
      });
    }
  });

  it("is estimated by the last time of its repository, by the number of its files, or by what is usual", async () => {
    await supabase.sql`delete from private.analysis_runs`;
    expect((await start(ann)).estimatedSeconds).toBe(15);
    await supabase.sql`
      insert into private.analysis_runs (analysis_id, repo_url, engine, outcome, files, total_ms)
      select a.id, 'https://git.test/some/other', 1, 'completed', 1000, 20000 from public.analyses a where a.repo_url = ${url}`;
    const other = await start(ann, host.add(`estimate-${count}`, FILES));
    expect(other.estimatedSeconds).toBe(20);
    const [row] = await supabase.sql<{ small: number; large: number; known: number }[]>`
      select private.estimate_analysis_seconds('https://git.test/a/b', 100) as small,
        private.estimate_analysis_seconds('https://git.test/a/b', 10000) as large,
        private.estimate_analysis_seconds('https://git.test/some/other', 10000) as known`;
    expect(row).toEqual({ small: 22, large: 220, known: 20 });
    await supabase.sql`delete from private.analysis_runs`;
  });

  it("is listed for its askers alone, page by page, newest first", async () => {
    const ids: string[] = [];
    for (const name of ["x", "y", "z"])
      ids.unshift((await start(ann, host.add(`page-${count}-${name}`, { a: "1" }))).id);
    const first = await pageOfAnalyses(ann.client, 2);
    expect(first.items.map((item) => item.id)).toEqual(ids.slice(0, 2));
    const second = await pageOfAnalyses(ann.client, 2, first.nextCursor ?? "");
    expect(second).toMatchObject({ items: [{ id: ids[2] }], nextCursor: null });
    expect((await pageOfAnalyses(bob.client, 10)).items).toEqual([]);
    await expect(pageOfAnalyses(ann.client, 2, "bm9uc2Vuc2U")).rejects.toMatchObject({ code: "invalid_request" });
  });
});

describe("a private repository", () => {
  beforeEach(() => host.protect(`repo-${count}`, "gho_ann"));

  it("is not there for who gave no access to private repositories, and says how to", async () => {
    await expect(start(ann)).rejects.toMatchObject({
      code: "repository_not_accessible",
      extra: { consentUrl: "/auth/github/consent" },
    });
    await keepToken(ann.id, { token: "gho_ann", scopes: ["read:user"] }, "ann");
    await expect(start(ann)).rejects.toMatchObject({ code: "repository_not_accessible" });
  });

  it("is read with its owner's token, and its result is that person's alone", async () => {
    await keepToken(ann.id, { token: "gho_ann", scopes: ["read:user", "repo"] }, "ann");
    await keepToken(bob.id, { token: "gho_bob", scopes: ["repo"] }, "bob");
    const mine = await start(ann);
    expect(await runAll(mine.id)).toBe("done");
    expect(await getAnalysis(ann.client, mine.id)).toMatchObject({ private: true, status: "completed" });
    expect((await start(ann)).outcome).toBe("cached");
    await expect(start(bob)).rejects.toMatchObject({ code: "repository_not_accessible" });
    host.protect(`repo-${count}`, "gho_bob");
    const theirs = await start(bob);
    expect(theirs).toMatchObject({ outcome: "started" });
    expect(theirs.id).not.toBe(mine.id);
    await expect(start(ann)).rejects.toMatchObject({ code: "repository_not_accessible" });
  });

  it("whose access was taken away meanwhile ends with the reason, and not as a dead letter", async () => {
    await keepToken(ann.id, { token: "gho_ann", scopes: ["repo"] }, "ann");
    const { id } = await start(ann);
    await supabase.sql`delete from private.github_tokens where user_id = ${ann.id}`;
    const error: unknown = await scanRepository(id, openToken).catch((reason: unknown) => reason);
    expect(isFinal(error)).toBe(true);
  });
});

describe("addresses", () => {
  it.each([
    ["nonsense", "repository_url_invalid"],
    ["https://github.com/only-owner", "repository_url_invalid"],
    ["https://github.com/a/b/tree/main", "repository_url_invalid"],
    ["https://github.com/../etc", "repository_url_invalid"],
    ["https://github.com/a/--upload-pack=id", "repository_url_invalid"],
    ["https://evil.test/a/b", "host_not_allowed"],
    ["http://169.254.169.254/latest/meta-data", "host_not_allowed"],
  ])("%s is refused before anything is written", async (address, code) => {
    await expect(start(ann, address)).rejects.toMatchObject({ code });
    expect(await supabase.sql`select 1 from public.analysis_askers where user_id = ${ann.id}`).toHaveLength(0);
  });

  it.each(["--upload-pack=id", "a..b", "-x", "a b", "refs/heads/x.lock", "@{1}"])(
    "the ref %j is refused",
    async (ref) => {
      await expect(start(ann, url, { ref })).rejects.toMatchObject({ code: "invalid_request" });
    },
  );
});

describe("the database", () => {
  it("lets nobody but the server write, or read another's token", async () => {
    const { id } = await start(ann);
    for (const client of [ann.client, supabase.asAnon()]) {
      expect((await client.from("analyses").update({ status: "completed" }).eq("id", id)).error).not.toBeNull();
      expect(
        (await client.from("analysis_askers").insert({ analysis_id: id, user_id: bob.id, how: "joined" })).error,
      ).not.toBeNull();
      for (const call of [
        client.rpc("read_analysis_job", { p_analysis: id }),
        client.rpc("read_github_token", { p_user: ann.id }),
        client.rpc("complete_analysis", { p_analysis: id, p_commit: "a".repeat(40), p_result: {} }),
        client.rpc("claim_outbox", {}),
        client.rpc("settle_outbox", { p_outcomes: [] }),
      ]) {
        expect((await call).error).not.toBeNull();
      }
    }
  });
});

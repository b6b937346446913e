import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { storeGithubToken } from "@/lib/account/github-connection";
import { allowOwnCode, disallowOwnCode, ownCodeOfAnalysis } from "@/lib/learning/own-code/consent";
import { CONSENT } from "@/lib/learning/own-code/rules";
import { drainOutbox } from "@/lib/platform/outbox/outbox";
import { startInngest } from "../../../devstack/inngest/server.ts";
import { freePort } from "../../../devstack/ports.ts";
import type { RunningService } from "../../../devstack/service.ts";
import { eventually } from "../../support/eventually.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";
import { startGitHost } from "../analysis/git-host.ts";
import { analysedBy, CLAMP, runOf } from "./own-code-rows.ts";

const KEYS = { eventKey: "test", signingKey: `signkey-test-${"0".repeat(32)}` };
const HELD = 4_712;
const host = await startGitHost();
const appPort = await freePort();
const temp = mkdtempSync(path.join(tmpdir(), "devmentor-test-own-code-"));
const supabase = useSupabase();
let inngest: RunningService;
let app: ChildProcess;

beforeAll(async () => {
  inngest = await startInngest({
    port: 0,
    databaseUrl: supabase.databaseUrl,
    ...KEYS,
    apps: [`http://127.0.0.1:${appPort}/api/inngest`],
    backoff: () => 200,
    log: () => undefined,
  });
});
useProductEnv({
  supabase,
  further: () => ({
    DEVSTACK_GIT_ORIGIN: host.origin,
    INNGEST_BASE_URL: inngest.url,
    INNGEST_EVENT_KEY: KEYS.eventKey,
    INNGEST_SIGNING_KEY: KEYS.signingKey,
  }),
});

async function startApp(): Promise<void> {
  const hostFile = path.join(import.meta.dirname, "../analysis/functions-host.ts");
  app = spawn(process.execPath, ["--conditions=react-server", "--import", "tsx", hostFile], {
    env: { ...process.env, PORT: String(appPort), TMPDIR: temp },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (app.stdout) await once(app.stdout, "data");
  expect((await fetch(`${inngest.url}/v0/apps/sync`, { method: "POST" })).status).toBe(200);
}

async function killApp(): Promise<void> {
  const ended = once(app, "exit");
  app.kill("SIGKILL");
  await ended;
}

beforeAll(async () => {
  await startApp();
  // Whoever keeps an exercise of a held run waits for a lock that the test holds.
  await supabase.sql.unsafe(`
    create table private.test_held_run (run_id uuid);
    create function private.test_hold_item() returns trigger language plpgsql security definer set search_path = '' as $$
    begin
      if exists (select 1 from private.test_held_run h where h.run_id = new.run_id) then
        perform pg_advisory_xact_lock_shared(${HELD});
      end if;
      return new;
    end $$;
    create trigger test_hold_item before insert on public.own_code_items
      for each row execute function private.test_hold_item()`);
});
beforeEach(() => host.misbehave(null));
afterAll(async () => {
  await killApp();
  await inngest.close();
  await host.close();
  rmSync(temp, { recursive: true, force: true });
});

const SLOW = { timeout: 60_000, interval: 100 };
let count = 0;

/** A repository at the test's own host, analysed at the commit that it has now. */
async function analysed(
  user: TestUser,
  files: Readonly<Record<string, string>>,
  of: { readonly private?: boolean } = {},
) {
  count += 1;
  const name = `own-${count}`;
  const repoUrl = host.add(name, files);
  const commit = host.git(name, ["rev-parse", "main"]);
  return { name, commit, analysisId: await analysedBy(supabase, [user], { repoUrl, commit, ...of }) };
}

async function until(user: TestUser, analysisId: string, status: string) {
  await expect.poll(async () => (await runOf(supabase, user.id, analysisId))?.status, SLOW).toBe(status);
  return ownCodeOfAnalysis(user.client, analysisId);
}

const SOURCES = {
  "src/clamp.ts": CLAMP,
  "src/gap.js": CLAMP.replaceAll(/: number(?: \| null)?/g, "")
    .replaceAll("clamp", "gap")
    .replaceAll("twice", "thrice"),
  "test/clamp.test.ts": CLAMP.replaceAll("clamp", "inTest"),
  "README.md": "# Clamp\n",
};
const leftover = async (runId: string) =>
  (await supabase.sql`select from private.own_code_functions where run_id = ${runId}`).length;

test("a word that is given later has what was analysed read again, at that commit, and leaves no clone", async () => {
  const user = await supabase.asUser();
  const { name, analysisId } = await analysed(user, SOURCES);
  // The branch has gone on, and has nothing of it any more.
  const empty = host.git(name, ["mktree"], "");
  host.git(name, ["update-ref", "refs/heads/main", host.git(name, ["commit-tree", empty, "-m", "Later"])]);
  await allowOwnCode(user.id, CONSENT.version, null);
  await drainOutbox();
  const { run, items } = await until(user, analysisId, "done");
  expect(run).toMatchObject({ functions: { found: 4 }, because: null });
  expect(new Set(items.map((item) => item.path))).toEqual(new Set(["src/clamp.ts", "src/gap.js"]));
  expect(items.find((item) => item.name === "clamp")).toMatchObject({ line: 1, endLine: 5, concepts: ["null-safety"] });
  const { id = "" } = (await runOf(supabase, user.id, analysisId)) ?? {};
  expect(await leftover(id)).toBe(0);
  const clones = readdirSync(temp).filter((each) => each.startsWith("devmentor-git-"));
  expect(clones.flatMap((root) => readdirSync(path.join(temp, root)))).toEqual([]);
});

test("an analysis that comes to its end after the word was given is read for those who gave it", async () => {
  const [user, silent] = [await supabase.asUser(), await supabase.asUser()];
  await allowOwnCode(user.id, CONSENT.version, null);
  const { analysisId } = await analysed(user, SOURCES);
  await supabase.sql`
    insert into public.analysis_askers (analysis_id, user_id, how) values (${analysisId}, ${silent.id}, 'joined')`;
  await supabase.sql`
    select private.append_outbox('analysis', ${analysisId}, 'analysis/completed',
      ${supabase.sql.json({ analysisId, userIds: [user.id, silent.id], fromCache: false })})`;
  await drainOutbox();
  // The first workflow writes the event of the second.
  await eventually(async () => expect(await runOf(supabase, user.id, analysisId)).not.toBeNull());
  await drainOutbox();
  expect((await until(user, analysisId, "done")).items.length).toBeGreaterThan(0);
  expect(await runOf(supabase, silent.id, analysisId)).toBeNull();
});

test("a repository with no usable function says why there is nothing", async () => {
  const user = await supabase.asUser();
  const none = await analysed(user, { "main.py": "print(1)\n", "README.md": "# No code of that kind\n" });
  const useless = await analysed(user, {
    "src/now.ts": "export function later(ms: number): number {\n  const then = Date.now() + ms;\n  return then;\n}\n",
    "src/endless.ts":
      "export function spin(a: number): number {\n  let b = a ?? 0;\n  while (b !== b + 1) b = b + 0;\n  return b - a;\n}\n",
  });
  const untaught = await analysed(user, {
    "src/area.ts": "export function area(a: number, b: number): number {\n  const c = a * b;\n  return c + 1;\n}\n",
  });
  await allowOwnCode(user.id, CONSENT.version, null);
  await drainOutbox();
  const nothing = await until(user, none.analysisId, "done");
  expect(nothing).toMatchObject({ items: [], run: { functions: { found: 0, tried: 0 } } });
  expect(nothing.run?.because).toContain("No function of this repository can stand alone");
  const tried = await until(user, useless.analysisId, "done");
  expect(tried).toMatchObject({ items: [], run: { functions: { found: 1, tried: 1, used: 0 } } });
  expect(tried.run?.because).toContain("none gave results that could be checked");
  const unfit = await until(user, untaught.analysisId, "done");
  expect(unfit).toMatchObject({ items: [], run: { functions: { found: 1, tried: 0, used: 0 } } });
  expect(unfit.run?.because).toContain("none shows what a lesson here is about");
});

test("a private repository is read with its owner's token as it is now, and not without", async () => {
  const user = await supabase.asUser();
  const { name, analysisId } = await analysed(user, SOURCES, { private: true });
  host.protect(name, "gho_now");
  await storeGithubToken({ userId: user.id, token: "gho_now", scopes: "repo" });
  await allowOwnCode(user.id, CONSENT.version, null);
  await drainOutbox();
  expect((await until(user, analysisId, "done")).items.length).toBeGreaterThan(0);

  const other = await supabase.asUser();
  const second = await analysed(other, SOURCES, { private: true });
  host.protect(second.name, "gho_other");
  await allowOwnCode(other.id, CONSENT.version, null);
  await drainOutbox();
  const refused = await until(other, second.analysisId, "failed");
  expect(refused.run?.because).toContain("no access to your private repositories any more");
  // It was public, and is not any more: nobody's token is used for it.
  const third = await analysed(other, SOURCES);
  host.protect(third.name, "gho_other");
  await supabase.sql`delete from public.own_code_consents where user_id = ${other.id}`;
  await allowOwnCode(other.id, CONSENT.version, null);
  await drainOutbox();
  expect((await until(other, third.analysisId, "failed")).items).toEqual([]);
  expect(
    await supabase.sql`
    select from private.dead_letters d join public.own_code_runs r on r.id = d.subject_id where r.user_id = ${other.id}`,
  ).toHaveLength(0);
});

test("killed while it keeps an exercise, it goes on, makes nothing twice and leaves nothing behind", async () => {
  const user = await supabase.asUser();
  const { analysisId } = await analysed(user, SOURCES);
  await allowOwnCode(user.id, CONSENT.version, null);
  const { id = "" } = (await runOf(supabase, user.id, analysisId)) ?? {};
  await supabase.sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${HELD})`;
    await supabase.sql`insert into private.test_held_run (run_id) values (${id})`;
    await drainOutbox();
    await expect
      .poll(
        () => supabase.sql`select from pg_locks where locktype = 'advisory' and not granted and objid = ${HELD}`,
        SLOW,
      )
      .not.toHaveLength(0);
    await killApp();
    await supabase.sql`delete from private.test_held_run`;
  });
  await startApp();
  const { items, run } = await until(user, analysisId, "done");
  expect(items.length).toBeGreaterThan(0);
  expect(new Set(items.map((item) => `${item.path}:${item.line} ${item.about}`)).size).toBe(items.length);
  expect(run?.functions).toMatchObject({ found: 4, tried: 4 });
  expect(await leftover(id)).toBe(0);
});

test("taken back while it is under way, it comes to its end and keeps nothing", async () => {
  const user = await supabase.asUser();
  const { analysisId } = await analysed(user, SOURCES);
  host.misbehave("hang");
  await allowOwnCode(user.id, CONSENT.version, null);
  const before = host.requests.length;
  await drainOutbox();
  await expect.poll(() => host.requests.length, SLOW).toBeGreaterThan(before);
  await disallowOwnCode(user.id);
  host.misbehave(null);
  // Another learner's run comes after it, one at a time.
  const next = await supabase.asUser();
  const after = await analysed(next, SOURCES);
  await allowOwnCode(next.id, CONSENT.version, null);
  await drainOutbox();
  await until(next, after.analysisId, "done");
  expect(await runOf(supabase, user.id, analysisId)).toBeNull();
  expect(await supabase.sql`select from public.own_code_items where user_id = ${user.id}`).toHaveLength(0);
}, 120_000);

test("a host that does not answer is asked again, then the run says so and stands in the dead letters", async () => {
  const user = await supabase.asUser();
  const { analysisId } = await analysed(user, SOURCES);
  host.misbehave("refuse");
  await allowOwnCode(user.id, CONSENT.version, null);
  const { id = "" } = (await runOf(supabase, user.id, analysisId)) ?? {};
  await drainOutbox();
  await expect
    .poll(async () => (await runOf(supabase, user.id, analysisId))?.status, { timeout: 100_000 })
    .toBe("failed");
  expect((await runOf(supabase, user.id, analysisId))?.because).toContain("several times in a row");
  expect(await supabase.sql`select attempts, cause from private.dead_letters where subject_id = ${id}`).toMatchObject([
    { attempts: 5, cause: expect.stringContaining("provider_unavailable") },
  ]);
}, 120_000);

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cancelAnalysis, getAnalysis } from "@/lib/analysis/read-analyses";
import { startAnalysis } from "@/lib/analysis/start-analysis";
import { openToken } from "@/lib/platform/github/token-store";
import { readPatterns } from "@/lib/learning/patterns/store";
import { drainOutbox } from "@/lib/platform/outbox/outbox";
import { startInngest } from "../../../devstack/inngest/server.ts";
import { freePort } from "../../../devstack/ports.ts";
import type { RunningService } from "../../../devstack/service.ts";
import { eventually } from "../../support/eventually.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";
import { startGitHost } from "./git-host";

const KEYS = { eventKey: "test", signingKey: `signkey-test-${"0".repeat(32)}` };
const host = await startGitHost();
const appPort = await freePort();
const temp = mkdtempSync(path.join(tmpdir(), "devmentor-test-durable-"));
const supabase = useSupabase();
let inngest: RunningService;
let app: ChildProcess;
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
  app = spawn(
    process.execPath,
    ["--conditions=react-server", "--import", "tsx", path.join(import.meta.dirname, "functions-host.ts")],
    {
      env: { ...process.env, PORT: String(appPort), TMPDIR: temp },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  if (app.stdout) await once(app.stdout, "data");
  // An event that comes before the functions are known starts none of them.
  const synced = await fetch(`${inngest.url}/v0/apps/sync`, { method: "POST" });
  expect(synced.status).toBe(200);
}

async function killApp(): Promise<void> {
  const ended = once(app, "exit");
  app.kill("SIGKILL");
  await ended;
}

beforeAll(async () => {
  await startApp();
  ann = await supabase.asUser();
});
beforeEach(() => host.misbehave(null));
afterAll(async () => {
  await killApp();
  await inngest.close();
  await host.close();
  rmSync(temp, { recursive: true, force: true });
});

const SLOW = { timeout: 40_000, interval: 100 };
const HELD = 4_711;
/** Holds who records that a phase is over, for as long as the phase stands in a table and a lock is held. */
beforeAll(async () => {
  await supabase.sql.unsafe(`
    create table private.test_held_phase (phase text);
    create function private.test_hold() returns trigger language plpgsql security definer set search_path = '' as $$
    begin
      if exists (select 1 from private.test_held_phase h where h.phase = new.phase) then
        perform pg_advisory_xact_lock_shared(${HELD});
      end if;
      return new;
    end $$;
    create trigger test_hold before insert or update on public.analysis_events
      for each row when (new.type = 'progress') execute function private.test_hold()`);
});

let count = 0;
async function begin(): Promise<string> {
  count += 1;
  const url = host.add(`durable-${count}`, { "a.ts": "export const a = 1;\n", "b.py": "print(1)\n" });
  const { id } = await startAnalysis({ userId: ann.id, repoUrl: url, traceparent: null }, openToken);
  return id;
}

const statusOf = async (id: string) => (await getAnalysis(ann.client, id)).status;
async function until(id: string, status: string): Promise<void> {
  await expect.poll(() => statusOf(id), SLOW).toBe(status);
}
const eventNames = async (id: string) =>
  (
    await supabase.sql<
      { name: string }[]
    >`select name from private.outbox where aggregate_id = ${id} order by created_at`
  ).map((row) => row.name);

describe("the durable analysis", () => {
  it("goes from the outbox through Inngest to the result, and leaves no clone", async () => {
    const id = await begin();
    expect((await drainOutbox()).published).toBeGreaterThan(0);
    await until(id, "completed");
    expect((await getAnalysis(ann.client, id)).result?.languages.map((language) => language.name)).toEqual([
      "TypeScript",
      "Python",
    ]);
    expect(clones()).toEqual([]);
  });

  it("feeds the patterns of whoever asked, of one who is answered from the cache too", async () => {
    const code = "export async function load(url) {\n  const answer = await fetch(url);\n  return answer.json();\n}\n";
    const url = host.add("remembered", { "src/load.js": code });
    const ask = (userId: string) => startAnalysis({ userId, repoUrl: url, traceparent: null }, openToken);
    const { id } = await ask(ann.id);
    await drainOutbox();
    await until(id, "completed");
    await drainOutbox();
    const bob = await supabase.asUser();
    expect((await ask(bob.id)).outcome).toBe("cached");
    await drainOutbox();
    for (const { id: user } of [ann, bob]) {
      const seen = await eventually(async () => {
        const found = (await readPatterns(user)).flatMap(({ pattern, sightings }) =>
          sightings.filter(({ analysisId }) => analysisId === id).map((sighting) => ({ pattern, ...sighting })),
        );
        expect(found).not.toEqual([]);
        return found;
      });
      expect(seen).toContainEqual(
        expect.objectContaining({
          pattern: "async-await",
          count: 1,
          good: 1,
          repoUrl: url,
          commit: expect.stringMatching(/^[0-9a-f]{40}$/),
          places: [expect.objectContaining({ path: "src/load.js", line: 2 })],
        }),
      );
    }
  });

  it("is not run twice when its event is published twice", async () => {
    const id = await begin();
    await drainOutbox();
    await supabase.sql`update private.outbox set published_at = null, next_attempt_at = now() where aggregate_id = ${id} and name = 'analysis/requested'`;
    await drainOutbox();
    await until(id, "completed");
    expect(await eventNames(id)).toEqual(["analysis/requested", "analysis/completed"]);
  });

  it("finishes after the app was killed in the middle of cloning, and sweeps what that left", async () => {
    const id = await begin();
    const before = host.requests.length;
    host.misbehave("hang");
    await drainOutbox();
    await until(id, "running");
    await expect.poll(() => host.requests.length, { timeout: 20_000 }).toBeGreaterThan(before);
    await killApp();
    expect(clones()).toHaveLength(1);
    host.misbehave(null);
    await startApp();
    await until(id, "completed");
    expect(clones()).toEqual([]);
    expect(await eventNames(id)).toEqual(["analysis/requested", "analysis/completed"]);
  });

  it.each(["languages", "patterns", "security", "insights", "store"] as const)(
    "finishes after the app was killed in the phase %s",
    async (phase) => {
      const id = await begin();
      // Whoever tells that the phase is over waits for a lock that the test holds.
      await supabase.sql.begin(async (tx) => {
        await tx`select pg_advisory_xact_lock(${HELD})`;
        await supabase.sql`insert into private.test_held_phase (phase) values (${phase})`;
        await drainOutbox();
        await expect
          .poll(() => supabase.sql`select 1 from pg_locks where locktype = 'advisory' and not granted`, SLOW)
          .not.toHaveLength(0);
        await killApp();
        await supabase.sql`delete from private.test_held_phase`;
      });
      await startApp();
      await until(id, "completed");
      const { result } = await getAnalysis(ann.client, id);
      expect(result?.languages.map(({ name }) => name)).toEqual(["TypeScript", "Python"]);
      expect(result?.phases).toMatchObject({ patterns: { files: 2 }, security: { checked: { secrets: 2 } } });
      expect(clones()).toEqual([]);
      expect(await eventNames(id)).toEqual(["analysis/requested", "analysis/completed"]);
    },
  );

  it("gives up after three attempts, two and four seconds apart, with a dead letter", async () => {
    const id = await begin();
    host.misbehave("refuse");
    const started = Date.now();
    await drainOutbox();
    await until(id, "failed");
    expect(Date.now() - started).toBeGreaterThanOrEqual(6_000);
    const letters = await supabase.sql`select attempts, cause from private.dead_letters where subject_id = ${id}`;
    expect(letters).toMatchObject([{ attempts: 3, cause: expect.stringContaining("provider_unavailable") as string }]);
    expect((await getAnalysis(ann.client, id)).error?.code).toBe("provider_unavailable");
  });

  it("ends at once, without a dead letter, when the repository is gone", async () => {
    const id = await begin();
    host.protect(`durable-${count}`, "gho_nobody");
    await drainOutbox();
    await until(id, "failed");
    expect((await getAnalysis(ann.client, id)).error?.code).toBe("repository_not_accessible");
    expect(await supabase.sql`select 1 from private.dead_letters where subject_id = ${id}`).toHaveLength(0);
  });

  it("stays canceled, whatever its workflow was doing", async () => {
    const id = await begin();
    host.misbehave("hang");
    await drainOutbox();
    await until(id, "running");
    await cancelAnalysis(ann.client, id);
    await drainOutbox();
    host.misbehave(null);
    const next = await begin();
    await drainOutbox();
    await until(next, "completed");
    expect(await statusOf(id)).toBe("canceled");
    expect(await eventNames(id)).toEqual(["analysis/requested", "analysis/canceled"]);
  });
});

/** Clones that are there now. */
function clones(): string[] {
  return readdirSync(temp)
    .filter((name) => name.startsWith("devmentor-git-"))
    .flatMap((root) => readdirSync(path.join(temp, root)));
}

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { createClient } from "@supabase/supabase-js";
import postgres from "postgres";
import { Resend } from "resend";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { DEMO_ACCOUNTS, DEMO_PASSWORD, seedDemoAccounts } from "../../../devstack/demo/accounts.ts";
import { type Devstack, startDevstack } from "../../../devstack/start.ts";
import { migrate } from "../../../devstack/supabase/migrate.ts";
import { signInWithGithub } from "./github-sign-in.ts";
import { temporaryState } from "./running-cli.ts";

// Whole stacks start in here, and the machine may be busy with other things.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const git = promisify(execFile);
let stack: Devstack;
let state: Awaited<ReturnType<typeof temporaryState>>;
let work: string;

beforeAll(async () => {
  state = await temporaryState();
  work = await mkdtemp(path.join(tmpdir(), "devmentor-clones-"));
  stack = await startDevstack({
    stateDir: state.folder,
    ports: "free",
    environment: {},
    appUrl: "http://127.0.0.1:3999",
  });
});
afterAll(async () => {
  await stack?.close();
  await state.remove();
  await rm(work, { recursive: true, force: true });
});

const env = (name: string) => {
  const value = stack.env[name];
  if (!value) throw new Error(`The stack gives no ${name}`);
  return value;
};
const service = (name: string) => {
  const found = stack.services.find((each) => each.name === name);
  if (!found) throw new Error(`There is no service ${name}`);
  return found;
};
const anonymous = () =>
  createClient(env("SUPABASE_URL"), env("SUPABASE_PUBLISHABLE_KEY"), {
    auth: { persistSession: false, autoRefreshToken: false },
  });
const github = (pathname: string, token?: string, init: RequestInit = {}) =>
  fetch(`${env("GITHUB_API_URL")}${pathname}`, {
    ...init,
    headers: { ...init.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) },
  });

describe("accounts", () => {
  it("signs every demo account in, with its roles", async () => {
    const sql = postgres(stack.databaseUrl ?? "", { max: 1 });
    for (const account of DEMO_ACCOUNTS) {
      const { data, error } = await anonymous().auth.signInWithPassword({
        email: account.email,
        password: DEMO_PASSWORD,
      });
      expect({ email: account.email, error }).toEqual({ email: account.email, error: null });
      const roles = await sql<
        { role: string }[]
      >`select role::text from public.user_roles where user_id = ${data.user?.id ?? ""}`;
      expect(roles.map((row) => row.role).sort()).toEqual(["member", ...account.roles].sort());
    }
    await sql.end();
  });

  it("refuses demo accounts on a database that is not its own", async () => {
    const sql = postgres(stack.databaseUrl ?? "", { max: 1 });
    await sql.unsafe("create database someone_elses");
    await sql.end();
    const foreign = (stack.databaseUrl ?? "").replace(/\/postgres$/, "/someone_elses");
    await migrate(foreign);
    await expect(
      seedDemoAccounts({
        databaseUrl: foreign,
        supabaseUrl: env("SUPABASE_URL"),
        publishableKey: env("SUPABASE_PUBLISHABLE_KEY"),
        stackId: "any",
        log: () => {},
      }),
    ).rejects.toThrow("not the embedded stack's own");
  });

  it("takes nobody without a key, and no key that is not its own", async () => {
    const without = await fetch(`${env("SUPABASE_URL")}/rest/v1/profiles`);
    expect(without.status).toBe(401);
    const wrong = await fetch(`${env("SUPABASE_URL")}/rest/v1/profiles`, {
      headers: { apikey: "sb_secret_0000000000000000000000_00000000" },
    });
    expect(wrong.status).toBe(401);
  });
});

describe("the Data API", () => {
  it("changes no grant: what migrations revoke stays revoked", async () => {
    const sql = postgres(stack.databaseUrl ?? "", { max: 1 });
    const grants = () =>
      sql`select c.relname, c.relacl::text from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('public', 'private') order by 1`;
    const before = await grants();
    const { data } = await anonymous().auth.signInWithPassword({
      email: "learner@devmentor.test",
      password: DEMO_PASSWORD,
    });
    const asUser = createClient(env("SUPABASE_URL"), env("SUPABASE_PUBLISHABLE_KEY"), {
      global: { headers: { Authorization: `Bearer ${data.session?.access_token}` } },
    });
    const own = await asUser.from("profiles").select("id");
    expect(own.data).toEqual([{ id: data.user?.id }]);
    expect(await grants()).toEqual(before);
    await sql.end();
  });
});

describe("GitHub", () => {
  it("signs in with PKCE through Supabase Auth and gives a token that works", async () => {
    const { user, providerToken } = await signInWithGithub({ env, login: "octo-learner" });
    expect(user.email).toBe("octo-learner@devmentor.test");
    expect(user.app_metadata["provider"]).toBe("github");
    const me = await github("/user", providerToken);
    expect(((await me.json()) as { login: string }).login).toBe("octo-learner");
  });

  it("refuses a code that was used before", async () => {
    const first = await signInWithGithub({ env, login: "octo-newcomer" });
    const replay = await first.exchangeAgain();
    expect(replay.error?.message).toBeTruthy();
    expect(replay.data.session).toBeNull();
  });

  it("shows private repositories only to a token with the scope `repo`", async () => {
    const small = await signInWithGithub({ env, login: "octo-learner" });
    const names = async (token: string) =>
      ((await (await github("/user/repos?per_page=100", token)).json()) as { name: string }[]).map(
        (repository) => repository.name,
      );
    expect(await names(small.providerToken)).not.toContain("socket-notes");
    expect((await github("/repos/octo-learner/socket-notes", small.providerToken)).status).toBe(404);
    const wide = await signInWithGithub({ env, login: "octo-learner", scopes: "repo" });
    expect(await names(wide.providerToken)).toContain("socket-notes");
    const one = await github("/repos/octo-learner/socket-notes", wide.providerToken);
    expect(((await one.json()) as { clone_url: string }).clone_url).toBe(
      `${env("DEVSTACK_GIT_ORIGIN")}/octo-learner/socket-notes.git`,
    );
    expect((await github("/repos/octo-maintainer/realtime-internal", wide.providerToken)).status).toBe(404);
  });

  it("ends a token through /applications/{client_id}/grant", async () => {
    const { providerToken } = await signInWithGithub({ env, login: "octo-maintainer" });
    const basic = Buffer.from(`${env("GITHUB_CLIENT_ID")}:${env("GITHUB_CLIENT_SECRET")}`).toString("base64");
    const revocation = `/applications/${env("GITHUB_CLIENT_ID")}/grant`;
    const body = JSON.stringify({ access_token: providerToken });
    expect((await github(revocation, undefined, { method: "DELETE", body })).status).toBe(401);
    expect(
      (await github(revocation, undefined, { method: "DELETE", body, headers: { authorization: `Basic ${basic}` } }))
        .status,
    ).toBe(204);
    expect((await github("/user", providerToken)).status).toBe(401);
  });
});

describe("git", () => {
  const url = (name: string, userinfo = "") =>
    `${env("DEVSTACK_GIT_ORIGIN").replace("http://", `http://${userinfo}`)}/${name}.git`;
  const quiet = {
    env: {
      PATH: process.env["PATH"],
      GIT_TERMINAL_PROMPT: "0",
      GIT_CONFIG_NOSYSTEM: "1",
      HOME: "/nonexistent",
    } as unknown as NodeJS.ProcessEnv,
  };

  it("clones seeded repositories of real size, TypeScript and JavaScript, licence included", async () => {
    for (const [name, suffix, least] of [
      ["octo-learner/zod", ".ts", 100],
      ["octo-maintainer/pino", ".js", 50],
    ] as const) {
      const target = path.join(work, name.replace("/", "-"));
      await git(
        "git",
        ["clone", "--quiet", "--bare", "--depth", "1", "--filter=blob:limit=1m", url(name), target],
        quiet,
      );
      const { stdout } = await git("git", ["-C", target, "ls-tree", "-r", "--name-only", "HEAD"], quiet);
      const files = stdout.split("\n");
      expect(files.filter((file) => file.endsWith(suffix)).length).toBeGreaterThan(least);
      expect(files).toContain("LICENSE");
    }
  });

  it("makes the same commits on every machine", async () => {
    const { stdout } = await git("git", ["ls-remote", url("octo-learner/zod"), "HEAD"], quiet);
    const { stdout: date } = await git(
      "git",
      ["-C", path.join(state.folder, "git", "octo-learner", "zod.git"), "log", "-1", "--format=%at %ct", "main"],
      {
        env: {
          ...quiet.env,
          GIT_CONFIG_GLOBAL: path.join(state.folder, "git", "gitconfig"),
        } as unknown as NodeJS.ProcessEnv,
      },
    );
    expect(stdout).toMatch(/^[0-9a-f]{40}\tHEAD/);
    expect(date.trim()).toBe("1767225600 1767225600");
  });

  it("asks for a token before it gives a private repository, and says nothing about what it does not show", async () => {
    await expect(git("git", ["ls-remote", url("octo-learner/socket-notes")], quiet)).rejects.toThrow(
      /could not read Username|Authentication failed/,
    );
    await expect(git("git", ["ls-remote", url("octo-learner/no-such-thing")], quiet)).rejects.toThrow(
      /could not read Username|Authentication failed/,
    );
    const stranger = await signInWithGithub({ env, login: "octo-newcomer", scopes: "repo" });
    await expect(
      git("git", ["ls-remote", url("octo-learner/socket-notes", `x-access-token:${stranger.providerToken}@`)], quiet),
    ).rejects.toThrow(/not found/);
    const owner = await signInWithGithub({ env, login: "octo-learner", scopes: "repo" });
    const { stdout } = await git(
      "git",
      ["ls-remote", url("octo-learner/socket-notes", `x-access-token:${owner.providerToken}@`)],
      quiet,
    );
    expect(stdout).toContain("refs/heads/main");
  });

  it("takes no push and serves nothing outside its folder", async () => {
    const push = await fetch(`${env("DEVSTACK_GIT_ORIGIN")}/octo-learner/zod.git/info/refs?service=git-receive-pack`);
    expect(push.status).toBe(403);
    const outside = await fetch(
      `${env("DEVSTACK_GIT_ORIGIN")}/..%2f..%2fpostgres/x.git/info/refs?service=git-upload-pack`,
    );
    expect(outside.status).toBe(404);
    const dumb = await fetch(`${env("DEVSTACK_GIT_ORIGIN")}/octo-learner/zod.git/HEAD`);
    expect(dumb.status).toBe(404);
  });
});

describe("mail", () => {
  it("is sent with Resend's own client, and read in the inbox", async () => {
    const resend = new Resend(env("RESEND_API_KEY"), { baseUrl: env("RESEND_BASE_URL") });
    const { error } = await resend.emails.send({
      from: env("MAIL_FROM"),
      to: "someone@example.org",
      subject: "Seen in the inbox",
      text: "hello",
    });
    expect(error).toBeNull();
    const inbox = await (await fetch(`${env("RESEND_BASE_URL")}/inbox`)).text();
    expect(inbox).toContain("Seen in the inbox");
    const stranger = await fetch(`${env("RESEND_BASE_URL")}/emails`, {
      method: "POST",
      body: "{}",
      headers: { authorization: "Bearer re_wrong", "content-type": "application/json" },
    });
    expect(stranger.status).toBe(401);
  });
});

describe("every HTTP service", () => {
  it("answers no other Host, so that no page can rebind its name to it", async () => {
    for (const name of ["supabase", "upstash", "github", "git", "resend", "inngest", "stripe"]) {
      const { port } = new URL(service(name).url);
      const status = await new Promise<number>((resolve, reject) => {
        const call = request(
          { host: "127.0.0.1", port, path: "/", headers: { host: "attacker.example" } },
          (response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
          },
        );
        call.on("error", reject);
        call.end();
      });
      expect({ name, refused: status === 403 || status === 421, status }).toEqual({ name, refused: true, status });
    }
  });
});

describe("a native service that dies", () => {
  it("PostgreSQL is started again on its port, and the API answers again", async () => {
    const { data } = await anonymous().auth.signInWithPassword({
      email: "learner@devmentor.test",
      password: DEMO_PASSWORD,
    });
    const asUser = createClient(env("SUPABASE_URL"), env("SUPABASE_PUBLISHABLE_KEY"), {
      global: { headers: { Authorization: `Bearer ${data.session?.access_token}` } },
    });
    const before = service("postgres");
    process.kill(before.pid ?? 0, "SIGKILL");
    const meanwhile = await asUser.from("profiles").select("id");
    // A query that was quicker than the kill is answered; any other says that the database is away.
    expect([200, 503]).toContain(meanwhile.status);
    const deadline = Date.now() + 20_000;
    let answer = meanwhile;
    while (Date.now() < deadline && (service("postgres").restarts === 0 || answer.error)) {
      await sleep(100);
      answer = await asUser.from("profiles").select("id");
    }
    expect(answer.data).toEqual([{ id: data.user?.id }]);
    expect(service("postgres")).toMatchObject({ url: before.url, restarts: 1, ready: true });
    expect(service("postgres").pid).not.toBe(before.pid);
    expect(await readFile(path.join(state.folder, "logs", "postgres.log"), "utf8")).toContain("ended unexpectedly");
  });

  it("Redis is started again on its port", async ({ skip }) => {
    const before = service("redis");
    if (before.pid === process.pid)
      skip("Redis runs inside the supervisor here: there is no redis-server or valkey-server on this machine");
    process.kill(before.pid ?? 0, "SIGKILL");
    const deadline = Date.now() + 20_000;
    const ping = () =>
      fetch(`${env("UPSTASH_REDIS_REST_URL")}/ping`, {
        headers: { authorization: `Bearer ${env("UPSTASH_REDIS_REST_TOKEN")}` },
      });
    while (Date.now() < deadline && (service("redis").restarts === 0 || !(await ping()).ok)) await sleep(100);
    expect((await ping()).status).toBe(200);
    expect(service("redis")).toMatchObject({ url: before.url, restarts: 1, ready: true });
  });
});

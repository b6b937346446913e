import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { NextRequest } from "next/server";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { GET as callback } from "@/app/auth/callback/route";
import { githubAction } from "@/app/(site)/login/actions";
import { UNTOUCHED } from "@/app/_http/form-state";
import { freePort } from "../../../devstack/ports.ts";
import { type RunningGithub, startGithub } from "../../../devstack/github/server.ts";
import type { RunningService } from "../../../devstack/service.ts";
import { startSupabase } from "../../../devstack/supabase/server.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { TEST_APP_URL, useDatabase } from "../../support/supabase.ts";
import { scope } from "./request-scope.ts";

vi.mock("next/headers", async () => (await import("./request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("./request-scope.ts")).nextServer(original));

const database = useDatabase();
const keys = {
  publishableKey: `sb_publishable_${randomBytes(16).toString("hex")}`,
  secretKey: `sb_secret_${randomBytes(16).toString("hex")}`,
  jwtSecret: randomBytes(32).toString("hex"),
};
const oauth = { clientId: "test-client", secret: "test-secret" };
let github: RunningGithub;
let supabase: RunningService;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "devmentor-github-"));
  const port = await freePort();
  github = await startGithub({
    port: 0,
    clientId: oauth.clientId,
    clientSecret: oauth.secret,
    redirectUris: [`http://127.0.0.1:${port}/auth/v1/callback`],
    repositories: [],
    gitOrigin: "http://127.0.0.1:9",
    grantsFile: path.join(folder, "grants.json"),
    runDir: folder,
    log: () => {},
  });
  supabase = await startSupabase({
    port,
    databaseUrl: database.url,
    ...keys,
    siteUrl: TEST_APP_URL,
    github: { clientId: oauth.clientId, secret: oauth.secret, url: github.url },
    log: () => {},
    poolSize: 4,
  });
});
afterAll(async () => {
  await supabase.close();
  await github.close();
  await rm(folder, { recursive: true, force: true });
});

useProductEnv({
  further: () => ({
    SUPABASE_URL: supabase.url,
    SUPABASE_PUBLISHABLE_KEY: keys.publishableKey,
    SUPABASE_SECRET_KEY: keys.secretKey,
    GITHUB_URL: github.url,
    GITHUB_API_URL: `${github.url}/api/v3`,
    GITHUB_CLIENT_ID: oauth.clientId,
    GITHUB_CLIENT_SECRET: oauth.secret,
  }),
});

beforeEach(() => scope.jar.clear());

/** Where a redirect of an action leads. */
async function leadsTo(action: Promise<unknown>): Promise<URL> {
  const error = await action.then(
    (state) => new Error(`no redirect but ${JSON.stringify(state)}`),
    (thrown: unknown) => thrown,
  );
  const digest = (error as { digest?: string }).digest ?? "";
  if (!digest.startsWith("NEXT_REDIRECT")) throw error;
  return new URL(digest.split(";").slice(2, -2).join(";"), TEST_APP_URL);
}

async function begin(next = ""): Promise<URL> {
  const form = new FormData();
  if (next) form.set("next", next);
  return leadsTo(githubAction(UNTOUCHED, form));
}

/** The browser's trip: Auth → GitHub → somebody agrees → Auth → us. */
async function agree(start: URL, login: string): Promise<URL> {
  const authorize = await fetch(start, { redirect: "manual" });
  const consent = new URL(authorize.headers.get("location") ?? "");
  const answer = await fetch(new URL("/login/oauth/callback", github.url), {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({
      login,
      redirect_uri: consent.searchParams.get("redirect_uri") ?? "",
      scope: consent.searchParams.get("scope") ?? "",
      state: consent.searchParams.get("state") ?? "",
      client_id: consent.searchParams.get("client_id") ?? "",
    }),
  });
  const back = await fetch(answer.headers.get("location") ?? "", { redirect: "manual" });
  return new URL(back.headers.get("location") ?? "", supabase.url);
}

async function comeBack(url: URL): Promise<string> {
  const response = await callback(new NextRequest(url));
  expect(response.status).toBe(303);
  return (response.headers.get("location") ?? "").replace(TEST_APP_URL, "");
}

const signIn = async (login: string, next = "") => comeBack(await agree(await begin(next), login));

describe("signing in with GitHub", () => {
  it("makes an account with a confirmed address the first time, and finds it again", async () => {
    expect(await signIn("octo-learner")).toBe("/onboarding");
    const [account] = await database.sql`
      select p.id, p.email_verified_at is not null as verified, u.encrypted_password,
             (select array_agg(provider) from auth.identities i where i.user_id = p.id) as providers
      from public.profiles p join auth.users u on u.id = p.id where u.email = 'octo-learner@devmentor.test'`;
    expect(account).toMatchObject({ verified: true, providers: ["github"] });
    scope.jar.clear();
    await signIn("octo-learner");
    const events =
      await database.sql`select 1 from private.outbox where aggregate_id = ${account?.["id"] as string} and name = 'user/created'`;
    expect(events).toHaveLength(1);
  });

  it("goes on with what was wanted, on our own pages alone", async () => {
    expect(await signIn("octo-maintainer", "/settings?x=1")).toBe("/settings?x=1");
    scope.jar.clear();
    expect(await signIn("octo-maintainer", "https://evil.test/")).toMatch(/^\/(onboarding|learn)$/);
    scope.jar.clear();
    expect(await signIn("octo-maintainer", "//evil.test")).toMatch(/^\/(onboarding|learn)$/);
  });

  it("never leads to another host, whatever Auth is asked", async () => {
    const start = await begin();
    start.searchParams.set("redirect_to", "https://evil.test/steal");
    const back = await agree(start, "octo-learner");
    expect(back.origin).toBe(TEST_APP_URL);
  });

  it("takes a code once", async () => {
    const back = await agree(await begin(), "octo-learner");
    const cookies = scope.jar.getAll();
    expect(await comeBack(back)).not.toContain("problem");
    for (const { name, value } of cookies) scope.jar.set(name, value);
    expect(await comeBack(back)).toBe("/login?problem=used");
  });

  it("takes a code only in the browser that began", async () => {
    const back = await agree(await begin(), "octo-learner");
    scope.jar.clear();
    expect(await comeBack(back)).toBe("/login?problem=used");
    expect(scope.jar.getAll().filter(({ name }) => /auth-token(\.\d+)?$/.test(name))).toEqual([]);
  });

  it("refuses a forged state and says so", async () => {
    for (const state of ["forged", randomUUID()]) {
      const answer = await fetch(`${supabase.url}/auth/v1/callback?code=abc&state=${state}`, { redirect: "manual" });
      const explained = new URL(answer.headers.get("location") ?? "");
      expect(explained.origin).toBe(TEST_APP_URL);
      explained.pathname = "/auth/callback"; // Where proxy.ts takes it.
      expect(await comeBack(explained)).toBe("/login?problem=state");
    }
    expect(await comeBack(new URL("/auth/callback", TEST_APP_URL))).toBe("/login?problem=state");
    expect(await comeBack(new URL("/auth/callback?error=access_denied", TEST_APP_URL))).toBe("/login?problem=denied");
  });
});

describe("an address that somebody else registered before", () => {
  const registerFirst = async (email: string) => {
    const answer = await fetch(`${supabase.url}/auth/v1/signup`, {
      method: "POST",
      headers: { apikey: keys.publishableKey, "content-type": "application/json" },
      body: JSON.stringify({ email, password: "the waiting attacker" }),
    });
    return (await answer.json()) as { access_token: string; refresh_token: string; user: { id: string } };
  };

  it("belongs to whom GitHub vouches for: password and sessions of the other go", async () => {
    const squatter = await registerFirst("octo-newcomer@devmentor.test");
    await signIn("octo-newcomer");
    const [account] = await database.sql`
      select u.id, u.encrypted_password, p.email_verified_at is not null as verified
      from auth.users u join public.profiles p on p.id = u.id where u.email = 'octo-newcomer@devmentor.test'`;
    expect(account).toEqual({ id: squatter.user.id, encrypted_password: null, verified: true });
    const stillIn = await fetch(`${supabase.url}/rest/v1/rpc/my_access`, {
      method: "POST",
      headers: {
        apikey: keys.publishableKey,
        authorization: `Bearer ${squatter.access_token}`,
        "content-type": "application/json",
      },
      body: "{}",
    });
    expect(await stillIn.json()).toMatchObject({ sessionLive: false });
    const refreshed = await fetch(`${supabase.url}/auth/v1/token?grant_type=refresh_token`, {
      method: "POST",
      headers: { apikey: keys.publishableKey, "content-type": "application/json" },
      body: JSON.stringify({ refresh_token: squatter.refresh_token }),
    });
    expect(refreshed.ok).toBe(false);
  });

  it.each([
    ["GitHub has not verified it", { email_verified: false }],
    ["GitHub says nothing about it", {}],
    ["GitHub vouches for another one", { email: "elsewhere@devmentor.test", email_verified: true }],
  ])("is not joined when %s", async (_, claim) => {
    const email = `victim-${randomUUID()}@devmentor.test`;
    const victim = await registerFirst(email);
    const linking = database.sql`
      insert into auth.identities (id, provider, provider_id, user_id, identity_data)
      values (${randomUUID()}, 'github', ${randomUUID()}, ${victim.user.id}, ${database.sql.json({ email, ...claim })})`;
    await expect(linking).rejects.toThrow("GitHub has not verified that this address is yours");
    const [account] =
      await database.sql`select encrypted_password is not null as keeps from auth.users where id = ${victim.user.id}`;
    expect(account).toEqual({ keeps: true });
  });

  it("keeps its password when it was confirmed before GitHub came", async () => {
    const email = `owner-${randomUUID()}@devmentor.test`;
    const owner = await registerFirst(email);
    await database.sql`update public.profiles set email_verified_at = now() where id = ${owner.user.id}`;
    await database.sql`
      insert into auth.identities (id, provider, provider_id, user_id, identity_data)
      values (${randomUUID()}, 'github', ${randomUUID()}, ${owner.user.id}, ${database.sql.json({ email, email_verified: true })})`;
    const [account] = await database.sql`
      select encrypted_password is not null as keeps, (select count(*)::int from auth.sessions where user_id = u.id) as sessions
      from auth.users u where id = ${owner.user.id}`;
    expect(account).toEqual({ keeps: true, sessions: 1 });
  });

  it("is unconfirmed again once it changes", async () => {
    const owner = await registerFirst(`mover-${randomUUID()}@devmentor.test`);
    await database.sql`update public.profiles set email_verified_at = now() where id = ${owner.user.id}`;
    await database.sql`update auth.users set email = ${`moved-${randomUUID()}@devmentor.test`} where id = ${owner.user.id}`;
    const [profile] = await database.sql`select email_verified_at from public.profiles where id = ${owner.user.id}`;
    expect(profile).toEqual({ email_verified_at: null });
  });
});

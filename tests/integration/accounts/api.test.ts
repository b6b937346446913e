import { createHmac, randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { PUT as grantRole, DELETE as removeRole } from "@/app/api/v1/admin/users/[id]/roles/[role]/route";
import { DELETE as deleteMe, GET as getMe, PATCH as patchMe } from "@/app/api/v1/me/route";
import { GET as exportMe } from "@/app/api/v1/me/export/route";
import { POST as onboard } from "@/app/api/v1/me/onboarding/route";
import { PATCH as patchPreferences } from "@/app/api/v1/me/preferences/route";
import { GET as listNotices } from "@/app/api/v1/notifications/route";
import { POST as readNotices } from "@/app/api/v1/notifications/read/route";
import { POST as logIn } from "@/app/api/v1/users/login/route";
import { POST as logOut } from "@/app/api/v1/users/logout/route";
import { POST as refresh } from "@/app/api/v1/users/refresh/route";
import { POST as register } from "@/app/api/v1/users/register/route";
import { withinOneWindow } from "../../support/limit-window.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useRedis } from "../../support/redis.ts";
import { useSupabase } from "../../support/supabase.ts";
import { call, type Reply } from "./calls.ts";
import { scope } from "./request-scope.ts";

vi.mock("next/headers", async () => (await import("./request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("./request-scope.ts")).nextServer(original));

const supabase = useSupabase();
const redis = useRedis();
useProductEnv({ supabase, redis });

const PASSWORD = "four quiet brown owls";
const newEmail = () => `ada-${randomUUID()}@devmentor.test`;
const signUp = (email = newEmail(), more: Record<string, unknown> = {}) =>
  call(register, { method: "POST", json: { email, password: PASSWORD, displayName: "Ada", ...more } });
const tokenOf = (reply: Reply) => String(reply.body["accessToken"]);
const idOf = (reply: Reply) => (reply.body["user"] as { id: string }).id;

beforeEach(() => scope.jar.clear());

describe("registering", () => {
  it("opens an account with all that belongs to it, and signs in", async () => {
    const email = newEmail();
    const reply = await signUp(email.toUpperCase());
    expect(reply.status).toBe(201);
    expect(reply.body).toMatchObject({ user: { email, displayName: "Ada", emailVerified: false, isNewUser: true } });
    expect(Date.parse(String(reply.body["expiresAt"]))).toBeGreaterThan(Date.now());
    const made = await supabase.sql`
      select (select count(*)::int from public.profiles where id = ${idOf(reply)}) as profile,
             (select count(*)::int from public.preferences where user_id = ${idOf(reply)}) as preferences,
             (select count(*)::int from public.learning_profiles where user_id = ${idOf(reply)}) as learning,
             (select count(*)::int from public.pattern_spaces where user_id = ${idOf(reply)}) as patterns,
             (select array_agg(name) from private.outbox where aggregate_id = ${idOf(reply)}) as events`;
    expect(made[0]).toEqual({ profile: 1, preferences: 1, learning: 1, patterns: 1, events: ["user/created"] });
    const me = await call(getMe, { token: tokenOf(reply) });
    expect(me.body).toMatchObject({
      user: { email },
      roles: ["member"],
      emailVerified: false,
      isNewUser: true,
      preferences: { theme: "system" },
    });
  });

  it("says 409 for a taken address, in any spelling", async () => {
    const email = newEmail();
    await signUp(email);
    const again = await signUp(`  ${email.toUpperCase()} `);
    expect([again.status, again.body.code]).toEqual([409, "email_taken"]);
  });

  it.each([
    ["a short password", { password: "short" }, 422, "weak_password"],
    ["everybody's password", { password: "password123" }, 422, "weak_password"],
    ["no name", { displayName: "  " }, 422, "rule_broken"],
    ["no address", { email: "ada" }, 422, "rule_broken"],
    ["an unknown field", { role: "operator" }, 400, "invalid_request"],
    ["a wrong type", { password: 12345678901 }, 400, "invalid_request"],
  ])("refuses %s", async (_, change, status, code) => {
    const reply = await signUp(newEmail(), change);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
    expect(reply.headers.get("content-type")).toBe("application/problem+json");
  });

  it("refuses an address for a password", async () => {
    const email = newEmail();
    expect((await signUp(email, { password: email })).body.code).toBe("weak_password");
  });

  it("refuses bad JSON, another media type and ten megabytes, without reading them to the end", async () => {
    expect((await call(register, { method: "POST", raw: '{"email"' })).status).toBe(400);
    expect(
      (await call(register, { method: "POST", raw: "email=a", headers: { "content-type": "text/plain" } })).status,
    ).toBe(415);
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536;
        if (sent > 10_485_760) controller.close();
        else controller.enqueue(new Uint8Array(65_536).fill(97));
      },
    });
    const reply = await call(register, { method: "POST", raw: endless });
    expect([reply.status, reply.body.code]).toEqual([413, "payload_too_large"]);
    expect(sent).toBeLessThan(1_048_576);
  });

  it("lets twenty an hour through from one address, and says when to come back", async () => {
    const headers = { "x-devmentor-socket-address": "198.51.100.77", "x-forwarded-for": "1.1.1.1" };
    const statuses: number[] = [];
    let last: Reply | undefined;
    for (let attempt = 0; attempt < 21; attempt += 1) {
      last = await call(register, {
        method: "POST",
        json: { email: newEmail(), password: "short", displayName: "Ada" },
        headers,
      });
      statuses.push(last.status);
    }
    // A request that breaks a rule never reaches the limiter, so count well-formed ones.
    expect(new Set(statuses)).toEqual(new Set([422]));
    statuses.length = 0;
    const email = newEmail();
    await signUp(email);
    await withinOneWindow(3600);
    for (let attempt = 0; attempt < 21; attempt += 1) {
      last = await call(register, {
        method: "POST",
        json: { email: newEmail(), password: PASSWORD, displayName: "Ada" },
        headers: { ...headers, "x-forwarded-for": `1.1.1.${attempt}` },
      });
      statuses.push(last.status);
    }
    expect(statuses.filter((status) => status === 201)).toHaveLength(20);
    expect([last?.status, last?.body.code]).toEqual([429, "rate_limited"]);
    expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(last?.headers.get("ratelimit")).toMatch(/^"register-ip";r=0;t=\d+$/);
  });
});

describe("signing in", () => {
  it("never says which part was wrong", async () => {
    const email = newEmail();
    await signUp(email);
    const [wrong, nobody, right] = await Promise.all([
      call(logIn, { method: "POST", json: { email, password: "not the password" } }),
      call(logIn, { method: "POST", json: { email: newEmail(), password: "not the password" } }),
      call(logIn, { method: "POST", json: { email, password: PASSWORD } }),
    ]);
    expect([wrong.status, nobody.status, right.status]).toEqual([401, 401, 200]);
    expect([wrong.body["code"], wrong.body["detail"]]).toEqual([nobody.body["code"], nobody.body["detail"]]);
  });

  it("is limited by address of mail too, from wherever the calls come", async () => {
    const email = newEmail();
    const statuses: number[] = [];
    await withinOneWindow(600);
    for (let attempt = 0; attempt < 11; attempt += 1)
      statuses.push((await call(logIn, { method: "POST", json: { email, password: "guess" } })).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.at(-1)).toBe(429);
  });

  it("refuses tampered, foreign, expired and malformed tokens", async () => {
    const token = tokenOf(await signUp());
    const [head = "", payload = "", signature = ""] = token.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const sign = (value: unknown, key: string) => {
      const body = `${head}.${encode(value)}`;
      return `${body}.${createHmac("sha256", key).update(body).digest("base64url")}`;
    };
    const other = await supabase.asUser();
    const forged = {
      otherSubject: `${head}.${encode({ ...claims, sub: other.id })}.${signature}`,
      otherKey: sign(claims, "another key of thirty-two characters"),
      expired: sign({ ...claims, exp: Math.floor(Date.now() / 1000) - 1 }, supabase.jwtSecret),
      unsigned: `${encode({ alg: "none", typ: "JWT" })}.${payload}.`,
      none: "nonsense",
    };
    expect((await call(getMe, { token })).status).toBe(200);
    for (const [name, bad] of Object.entries(forged)) {
      const reply = await call(getMe, { token: bad });
      expect([name, reply.status, reply.body.code]).toEqual([name, 401, "unauthenticated"]);
    }
  });

  it("gains nothing from a forged x-middleware-subrequest", async () => {
    const reply = await call(getMe, { headers: { "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy" } });
    expect(reply.status).toBe(401);
  });
});

describe("refreshing", () => {
  const refreshWith = (refreshToken: unknown) => call(refresh, { method: "POST", json: { refreshToken } });

  it("rotates, and ends the family of a token that was used before", async () => {
    const first = await signUp();
    const second = await refreshWith(first.body["refreshToken"]);
    expect(second.status).toBe(200);
    expect(second.body["refreshToken"]).not.toBe(first.body["refreshToken"]);
    // Within ten seconds a repeat is a lost answer, afterwards it is a copy.
    expect((await refreshWith(first.body["refreshToken"])).status).toBe(200);
    await supabase.sql`update auth.refresh_tokens set updated_at = now() - interval '11 seconds' where token = ${String(first.body["refreshToken"])}`;
    const replayed = await refreshWith(first.body["refreshToken"]);
    expect([replayed.status, replayed.body.code]).toEqual([401, "session_ended"]);
    expect((await refreshWith(second.body["refreshToken"])).status).toBe(401);
    expect((await call(exportMe, { token: tokenOf(second) })).status).toBe(401);
  });

  it.each(["nonsense", randomUUID()])("refuses %s", async (token) => {
    expect((await refreshWith(token)).status).toBe(401);
  });
});

describe("signing out", () => {
  it("takes effect at once, here or everywhere", async () => {
    const email = newEmail();
    const one = await signUp(email);
    const two = await call(logIn, { method: "POST", json: { email, password: PASSWORD } });
    const three = await call(logIn, { method: "POST", json: { email, password: PASSWORD } });
    for (const each of [one, two, three]) expect((await call(getMe, { token: tokenOf(each) })).status).toBe(200);
    expect((await call(logOut, { method: "POST", token: tokenOf(one) })).status).toBe(204);
    expect((await call(exportMe, { token: tokenOf(one) })).status).toBe(401);
    expect((await call(getMe, { token: tokenOf(one) })).status).toBe(401);
    expect((await call(exportMe, { token: tokenOf(two) })).status).toBe(200);
    expect((await call(logOut, { method: "POST", token: tokenOf(two), json: { everywhere: true } })).status).toBe(204);
    expect((await call(exportMe, { token: tokenOf(three) })).status).toBe(401);
  });
});

describe("the account", () => {
  it("changes what it is asked to, and nothing else", async () => {
    const token = tokenOf(await signUp());
    expect((await call(patchMe, { method: "PATCH", token, json: { displayName: "Ada L." } })).body).toMatchObject({
      profile: { displayName: "Ada L." },
    });
    expect((await call(patchPreferences, { method: "PATCH", token, json: { theme: "dark" } })).body).toMatchObject({
      preferences: { theme: "dark", notifyGiving: true },
    });
    expect((await call(getMe, { token })).body).toMatchObject({
      profile: { displayName: "Ada L." },
      preferences: { theme: "dark" },
    });
    expect((await call(patchMe, { method: "PATCH", token, json: { emailVerified: true } })).status).toBe(400);
    expect((await call(patchMe, { method: "PATCH", token, json: {} })).status).toBe(422);
    expect((await call(patchMe, { method: "PATCH", token, json: { avatarUrl: "javascript:alert(1)" } })).status).toBe(
      422,
    );
    const skipped = await call(onboard, { method: "POST", token, json: { step: "skip" } });
    expect(skipped.body).toMatchObject({ isNewUser: false });
  });

  it("exports everything that hangs on it, and is gone once deleted", async () => {
    const email = newEmail();
    const opened = await signUp(email);
    const token = tokenOf(opened);
    const exported = await call(exportMe, { token });
    expect(exported.body).toMatchObject({
      account: { email },
      profile: { display_name: "Ada" },
      signInMethods: [{ provider: "email" }],
    });
    expect(Object.keys(exported.body["data"] as object)).toEqual(
      expect.arrayContaining(["preferences", "learning_profiles", "pattern_spaces", "notifications", "user_roles"]),
    );
    const unconfirmed = await call(deleteMe, {
      method: "DELETE",
      token,
      json: { confirmEmail: "other@devmentor.test" },
    });
    expect(unconfirmed.status).toBe(422);
    expect((await call(deleteMe, { method: "DELETE", token, json: { confirmEmail: email } })).status).toBe(204);
    expect((await call(getMe, { token })).status).toBe(401);
    const left =
      await supabase.sql`select 1 from auth.users where id = ${idOf(opened)} union all select 1 from public.profiles where id = ${idOf(opened)}`;
    expect(left).toHaveLength(0);
  });

  it("lists notices newest first, page by page, and marks them", async () => {
    const ann = await supabase.asUser();
    const bob = await supabase.asUser();
    for (let n = 1; n <= 5; n += 1)
      await supabase.sql`select private.notify(${ann.id}, 'account.test', ${`Notice ${n}`}, '', '/settings')`;
    const first = await call(listNotices, { path: "/api/v1/notifications?limit=3", token: ann.accessToken });
    expect((first.body["items"] as { title: string }[]).map((item) => item.title)).toEqual([
      "Notice 5",
      "Notice 4",
      "Notice 3",
    ]);
    expect(first.body["unread"]).toBe(5);
    const second = await call(listNotices, {
      path: `/api/v1/notifications?limit=3&cursor=${String(first.body["nextCursor"])}`,
      token: ann.accessToken,
    });
    expect((second.body["items"] as { title: string }[]).map((item) => item.title)).toEqual(["Notice 2", "Notice 1"]);
    expect(second.body["nextCursor"]).toBeNull();
    expect((await call(readNotices, { method: "POST", token: bob.accessToken, json: { upTo: 5 } })).body).toEqual({
      marked: 0,
    });
    expect((await call(readNotices, { method: "POST", token: ann.accessToken, json: { upTo: 4 } })).body).toEqual({
      marked: 4,
    });
    expect((await call(listNotices, { path: "/api/v1/notifications?limit=500", token: ann.accessToken })).status).toBe(
      422,
    );
    expect((await call(listNotices, { path: "/api/v1/notifications?cursor=x", token: ann.accessToken })).status).toBe(
      400,
    );
  });
});

describe("roles", () => {
  const role = (token: string, id: string, name: string, handler: typeof grantRole, method: string) =>
    call(handler, { method, token, params: { id, role: name } });

  it("are given by operators, never to oneself, and taken at once", async () => {
    const operator = await supabase.asUser({ roles: ["operator"] });
    const helper = await supabase.asUser();
    expect((await role(helper.accessToken, helper.id, "operator", grantRole, "PUT")).status).toBe(403);
    expect((await role(operator.accessToken, operator.id, "campaign_admin", grantRole, "PUT")).status).toBe(403);
    expect((await role(operator.accessToken, helper.id, "operator", grantRole, "PUT")).status).toBe(204);
    expect((await role(operator.accessToken, randomUUID(), "operator", grantRole, "PUT")).status).toBe(404);
    expect((await role(helper.accessToken, operator.id, "campaign_admin", grantRole, "PUT")).status).toBe(204);
    expect((await role(operator.accessToken, helper.id, "operator", removeRole, "DELETE")).status).toBe(204);
    // The same token, a moment later.
    expect((await role(helper.accessToken, operator.id, "campaign_admin", removeRole, "DELETE")).status).toBe(403);
    const direct = await helper.client.from("user_roles").insert({ user_id: helper.id, role: "operator" });
    expect(direct.error?.code).toBe("42501");
    const verified = await helper.client
      .from("profiles")
      .update({ email_verified_at: new Date().toISOString() })
      .eq("id", helper.id);
    expect(verified.error?.code).toBe("42501");
  });

  it("never leave the product without an operator", async () => {
    await supabase.sql`delete from public.user_roles where role = 'operator'`;
    const last = await supabase.asUser({ roles: ["operator"] });
    expect((await role(last.accessToken, last.id, "operator", removeRole, "DELETE")).status).toBe(409);
    expect(
      (await call(deleteMe, { method: "DELETE", token: last.accessToken, json: { confirmEmail: last.email } })).status,
    ).toBe(409);
  });
});

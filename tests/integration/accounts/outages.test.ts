import { randomBytes, randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { GET as exportMe } from "@/app/api/v1/me/export/route";
import { GET as getMe, PATCH as patchMe } from "@/app/api/v1/me/route";
import { POST as logIn } from "@/app/api/v1/users/login/route";
import { POST as logOut } from "@/app/api/v1/users/logout/route";
import { POST as register } from "@/app/api/v1/users/register/route";
import { freePort } from "../../../devstack/ports.ts";
import { removeCluster, type RunningPostgres, startPostgres } from "../../../devstack/postgres/server.ts";
import type { RunningService } from "../../../devstack/service.ts";
import { migrate } from "../../../devstack/supabase/migrate.ts";
import { startSupabase } from "../../../devstack/supabase/server.ts";
import { withinOneWindow } from "../../support/limit-window.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useRedis } from "../../support/redis.ts";
import { TEST_APP_URL } from "../../support/supabase.ts";
import { call } from "./calls.ts";
import { eventually } from "../../support/eventually.ts";

vi.mock("next/headers", async () => (await import("./request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("./request-scope.ts")).nextServer(original));

const keys = {
  publishableKey: `sb_publishable_${randomBytes(16).toString("hex")}`,
  secretKey: `sb_secret_${randomBytes(16).toString("hex")}`,
  jwtSecret: randomBytes(32).toString("hex"),
};
const log = () => {};
let folder: string;
let port: number;
let postgres: RunningPostgres;
let supabase: RunningService;

const startDatabase = () => startPostgres({ port, dataDir: path.join(folder, "data"), log, durable: false });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "devmentor-outage-"));
  await chmod(folder, 0o711); // The account that PostgreSQL runs under must get through.
  port = await freePort();
  postgres = await startDatabase();
  await migrate(postgres.databaseUrl());
  supabase = await startSupabase({
    port: 0,
    databaseUrl: postgres.databaseUrl(),
    ...keys,
    siteUrl: TEST_APP_URL,
    github: null,
    log,
    poolSize: 4,
  });
});
afterAll(async () => {
  await supabase.close();
  await postgres.close();
  await removeCluster(path.join(folder, "data"));
  await rm(folder, { recursive: true, force: true });
});

const redis = useRedis();
useProductEnv({
  redis,
  further: () => ({
    SUPABASE_URL: supabase.url,
    SUPABASE_PUBLISHABLE_KEY: keys.publishableKey,
    SUPABASE_SECRET_KEY: keys.secretKey,
  }),
});

const email = `ada-${randomUUID()}@devmentor.test`;
const password = "four quiet brown owls";
const signIn = () => call(logIn, { method: "POST", json: { email, password } });

// In this order: the one after leaves Redis dead for good.
describe("with Postgres gone", () => {
  it("answers 503 as a problem document, and recovers without a restart", async () => {
    const opened = await call(register, { method: "POST", json: { email, password, displayName: "Ada" } });
    expect(opened.status).toBe(201);
    const token = String(opened.body["accessToken"]);
    expect((await call(getMe, { token })).status).toBe(200);

    await postgres.close();
    for (const answer of [
      await call(exportMe, { token }),
      await call(patchMe, { method: "PATCH", token, json: { displayName: "Lost" } }),
      await signIn(),
    ]) {
      expect(answer.status).toBe(503);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(JSON.stringify(answer.body)).not.toMatch(/ECONN|postgres|127\.0\.0\.1/i);
    }

    postgres = await startDatabase();
    await eventually(async () => expect((await call(exportMe, { token })).status).toBe(200));
    expect((await call(getMe, { token })).body).toMatchObject({ profile: { displayName: "Ada" } });
    expect((await signIn()).status).toBe(200);
  });
});

describe("with Redis gone", () => {
  it("goes on working, limits still hold, and what changed is seen", async () => {
    const token = String((await signIn()).body["accessToken"]);
    expect((await call(getMe, { token })).status).toBe(200);
    await redis.stopRedis();

    expect((await call(getMe, { token })).status).toBe(200);
    expect((await call(patchMe, { method: "PATCH", token, json: { displayName: "Ada L." } })).status).toBe(200);
    expect((await call(getMe, { token })).body).toMatchObject({ profile: { displayName: "Ada L." } });

    const stranger = `guess-${randomUUID()}@devmentor.test`;
    const statuses: number[] = [];
    await withinOneWindow(600);
    for (let attempt = 0; attempt < 12; attempt += 1)
      statuses.push((await call(logIn, { method: "POST", json: { email: stranger, password: "guess" } })).status);
    expect(statuses.slice(0, 10)).toEqual(Array<number>(10).fill(401));
    expect(statuses.slice(10)).toEqual([429, 429]);

    expect((await call(logOut, { method: "POST", token })).status).toBe(204);
    expect((await call(exportMe, { token })).status).toBe(401);
    expect((await call(getMe, { token })).status).toBe(401);
  });
});

import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { GET as exportMe } from "@/app/api/v1/me/export/route";
import { GET as getMe, PATCH as patchMe } from "@/app/api/v1/me/route";
import { POST as logIn } from "@/app/api/v1/users/login/route";
import { POST as logOut } from "@/app/api/v1/users/logout/route";
import { POST as register } from "@/app/api/v1/users/register/route";
import { useFallibleDatabase } from "../../support/fallible-database.ts";
import { withinOneWindow } from "../../support/limit-window.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useRedis } from "../../support/redis.ts";
import { call } from "./calls.ts";
import { eventually } from "../../support/eventually.ts";

vi.mock("next/headers", async () => (await import("./request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("./request-scope.ts")).nextServer(original));

const database = useFallibleDatabase({});
const redis = useRedis();
useProductEnv({ redis, further: () => database.env() });

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

    await database.stop();
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

    await database.start();
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

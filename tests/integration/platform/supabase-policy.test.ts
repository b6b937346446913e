import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { breakerStates } from "@/lib/platform/resilience/resilience";
import { unwrap } from "@/lib/platform/supabase/failure";
import { bearerClient } from "@/lib/platform/supabase/server";
import { eventually } from "../../support/eventually.ts";
import { useProductEnv } from "../../support/product-env.ts";

/** Answers as Supabase's gateway does, well or with its database away. */
let gateway: Server;
let answer = { status: 200, body: "[]" };
/** Queries; the breaker's own pings are not among them. */
let calls = 0;
let pings = 0;

beforeAll(async () => {
  gateway = createServer((request, response) => {
    if (request.url?.endsWith("limit=1")) pings += 1;
    else calls += 1;
    response.writeHead(answer.status, { "Content-Type": "application/json" }).end(answer.body);
  });
  await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  gateway.closeAllConnections();
  await new Promise((resolve) => gateway.close(resolve));
});

useProductEnv({ further: () => ({ SUPABASE_URL: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}` }) });

const AWAY = {
  status: 503,
  body: '{"code":"PGRST002","message":"Could not query the database for the schema cache. Retrying.","details":null,"hint":null}',
};
const state = () => breakerStates().find(({ policy }) => policy === "supabase")?.state;
const ask = async () => unwrap(await bearerClient().from("profiles").select("id"));

test("one query's own failures leave the breaker alone", async () => {
  answer = { status: 500, body: '{"code":"XX000","message":"odd","details":null,"hint":null}' };
  for (let n = 0; n < 10; n++) await expect(ask()).rejects.toMatchObject({ code: "internal", status: 500 });
  answer = { status: 409, body: '{"code":"23505","message":"duplicate","details":null,"hint":null}' };
  for (let n = 0; n < 10; n++) await expect(ask()).rejects.toMatchObject({ status: 500 });
  expect(state()).toBe("closed");
});

test("a database that is away is 503 while it answers so, while the breaker is open, and well again soon after", async () => {
  answer = AWAY;
  calls = 0;
  for (let n = 0; n < 2; n++)
    await expect(ask()).rejects.toMatchObject({ code: "database_unavailable", status: 503, retryAfterSeconds: 5 });
  // Three attempts of the first, and two of the second: the fifth failure opens it.
  expect(calls).toBe(5);
  expect(state()).toBe("open");
  calls = 0;
  await expect(ask()).rejects.toMatchObject({ code: "database_unavailable", status: 503 });
  await eventually(() => expect(pings).toBe(1));
  expect(calls).toBe(0);

  answer = { status: 200, body: "[]" };
  await eventually(async () => {
    await ask().catch(() => undefined);
    expect(state()).toBe("closed");
  });
  expect(await ask()).toEqual([]);
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { createHash } from "node:crypto";
import { request } from "node:http";
import { Inngest, type InngestFunction } from "inngest";
import { compileExpression, holds } from "../../../devstack/inngest/expressions.ts";
import { canonicalJson, hashedSigningKey, sign } from "../../../devstack/inngest/signing.ts";
import type { RunningService } from "../../../devstack/service.ts";
import {
  clientFor,
  endedRun,
  register,
  getJson,
  runsOf,
  serveApp,
  SIGNING_KEY,
  startExecutor,
  until,
  type TestApp,
} from "./inngest-harness.ts";
import { startTestDatabase, type TestDatabase } from "./inngest-database.ts";

/** The SDK's own reader of requests; the package exports it to nobody, so it is loaded by its file. */
const sdkReader = new URL("../../../node_modules/inngest/helpers/functions.js", import.meta.url).href;
const { parseFnData } = (await import(/* @vite-ignore */ sdkReader)) as {
  parseFnData: (
    data: unknown,
    headerVersion: undefined,
    logger: unknown,
  ) => { version: number; sdkDecided: boolean; ctx: Record<string, unknown> };
};

/** Who is believed, what is refused, and the shape of what goes over the wire. */

let database: TestDatabase;
let executor: RunningService & { lines: string[] };
let app: TestApp;
let client: Inngest;

beforeAll(async () => {
  database = await startTestDatabase();
  executor = await startExecutor(database.url);
  client = clientFor(executor.url);
  app = await serveApp(client, [
    client.createFunction({ id: "shape", triggers: [{ event: "p/shape" }] }, async ({ step, event }) => {
      await step.run("one", () => ({ ok: true }));
      await step.run("bad", () => Promise.reject(new Error("recorded"))).catch(() => null);
      await step.sleep("nap", "1s");
      return event.data["big"] === true ? (await step.run("big", () => "x".repeat(5_000_000))).length : "small";
    }),
    client.createFunction({ id: "page", retries: 0, triggers: [{ event: "p/page" }] }, async ({ step }) => {
      await step.run("<b>bold</b>", () => "<script>alert(1)</script>");
      throw new Error("<i>broken</i>");
    }),
    client.createFunction({ id: "large", triggers: [{ event: "p/large" }] }, async ({ step }) => {
      const [a, b] = await Promise.all([
        step.run("a", () => "x".repeat(3_000_000)),
        step.run("b", () => "y".repeat(3_000_000)),
      ]);
      return a.length + b.length;
    }),
  ]);
  await register(app);
});

afterAll(async () => {
  await executor?.close();
  await app?.close();
  await database?.close();
});

/** Tries to register one function. */
async function registering(options: Record<string, unknown>): Promise<{ status: number; text: string }> {
  const other = clientFor(executor.url, { id: "other" });
  const make = other.createFunction.bind(other) as (
    options: Record<string, unknown>,
    handler: () => null,
  ) => InngestFunction.Any;
  const served = await serveApp(other, [
    make({ id: "fine", triggers: [{ event: "o/fine" }] }, () => null),
    make({ id: "odd", triggers: [{ event: "o/x" }], ...options }, () => null),
  ]);
  try {
    const answer = await fetch(served.url, { method: "PUT" });
    return { status: answer.status, text: await answer.text() };
  } finally {
    await served.close();
  }
}

test.each([
  ["rateLimit", { rateLimit: { limit: 1, period: "1m" } }, "rateLimit"],
  ["throttle", { throttle: { limit: 1, period: "1m" } }, "throttle"],
  ["debounce", { debounce: { period: "1m" } }, "debounce"],
  ["priority", { priority: { run: "100" } }, "priority"],
  ["singleton", { singleton: { mode: "skip" } }, "singleton"],
  ["timeouts", { timeouts: { finish: "1m" } }, "timeouts"],
  ["cron jitter", { triggers: [{ cron: "0 * * * *", jitter: "5m" }] }, "jitter"],
  ["a malformed cron", { triggers: [{ cron: "61 * * * *" }] }, "61"],
  [
    "an expression outside the subset",
    { triggers: [{ event: "o/x", if: "event.data.list.exists(x, x > 1)" }] },
    "exists()",
  ],
  ["a variable that is not there", { triggers: [{ event: "o/x", if: "async.data.x == 1" }] }, "async"],
])("registration refuses %s, naming the function and the feature, and stores nothing", async (_, options, named) => {
  const { status, text } = await registering(options);
  expect(status).toBe(400);
  expect(text).toContain("other-odd");
  expect(text).toContain(named);
  const { items } = await getJson<{ items: { id: string }[] }>(`${executor.url}/v0/functions`);
  expect(items.map((fn) => fn.id).filter((id) => id.startsWith("other"))).toEqual([]);
});

test("a registration with another signing key is refused", async () => {
  const stranger = clientFor(executor.url, { id: "stranger", signingKey: `signkey-test-${"cd".repeat(32)}` });
  const served = await serveApp(stranger, [
    stranger.createFunction({ id: "fn", triggers: [{ event: "s/x" }] }, () => null),
  ]);
  const answer = await fetch(served.url, { method: "PUT" });
  await served.close();
  expect(answer.status).toBe(401);
  expect(await answer.text()).toContain("INNGEST_SIGNING_KEY");
});

test("the SDK refuses a request whose signature is wrong, old or missing, and takes a right one", async () => {
  const body = canonicalJson({
    version: 2,
    event: { name: "p/page", data: {} },
    events: [{ name: "p/page", data: {} }],
    steps: {},
    ctx: {
      run_id: "r",
      attempt: 0,
      disable_immediate_execution: true,
      use_api: false,
      stack: { stack: [], current: 0 },
    },
  });
  const post = (signature?: string) =>
    fetch(`${app.url}?fnId=app-page&stepId=step`, {
      method: "POST",
      headers: signature ? { "x-inngest-signature": signature } : {},
      body,
    });
  expect((await post()).status).toBe(401);
  expect((await post(sign(body, `signkey-test-${"cd".repeat(32)}`))).status).toBe(401);
  expect((await post(sign(body, SIGNING_KEY, Date.now() - 3_600_000))).status).toBe(401);
  expect((await post(sign(body, SIGNING_KEY))).status).toBe(206);
});

test("an executor with another key gets nothing from the app, and says which variable differs", async () => {
  const other = await startExecutor(database.url, {
    schema: "other_key",
    signingKey: `signkey-test-${"cd".repeat(32)}`,
    apps: [app.url],
  });
  const line = await until(() => other.lines.find((each) => each.startsWith("sync:")));
  await other.close();
  expect(line).toContain("refused our signature (401)");
  expect(line).toContain("INNGEST_SIGNING_KEY");
});

test("an app in the SDK's dev mode does not sign what it says, and is not believed", async () => {
  const careless = clientFor(executor.url, { id: "careless", isDev: true });
  const served = await serveApp(careless, [
    careless.createFunction({ id: "fn", triggers: [{ event: "c/x" }] }, () => null),
  ]);
  const other = await startExecutor(database.url, { schema: "dev_mode", apps: [served.url] });
  const line = await until(() => other.lines.find((each) => each.startsWith("sync:")));
  const { items } = await getJson<{ items: unknown[] }>(`${other.url}/v0/functions`);
  await other.close();
  await served.close();
  expect(line).toContain("INNGEST_DEV unset");
  expect(items).toEqual([]);
});

test("the listed apps are synced at start, waited for while away, and again on demand", async () => {
  const later = clientFor(executor.url, { id: "later" });
  const probe = await serveApp(later, []);
  const { port } = probe;
  await probe.close();
  const other = await startExecutor(database.url, {
    schema: "late_app",
    apps: [`http://127.0.0.1:${port}/api/inngest`],
  });
  await until(() => other.lines.find((each) => each.includes("nothing listens there")));
  const served = await serveApp(
    later,
    [later.createFunction({ id: "fn", triggers: [{ event: "l/x" }] }, () => null)],
    port,
  );
  const synced = await until(async () => {
    const { items } = await getJson<{ items: { id: string }[] }>(`${other.url}/v0/functions`);
    return items.length > 0 && items;
  });
  expect(synced.map((fn) => fn.id)).toEqual(["later-fn"]);
  const onDemand = await fetch(`${other.url}/v0/apps/sync`, { method: "POST" });
  expect(onDemand.status).toBe(200);
  await served.close();
  expect((await fetch(`${other.url}/v0/apps/sync`, { method: "POST" })).status).toBe(502);
  await other.close();
});

test("every request has the shape that the SDK itself parses, and carries what is recorded", async () => {
  const { ids } = await client.send({ name: "p/shape", data: { big: false }, ts: 1_790_000_000_000 });
  const ended = await endedRun(executor.url, ids[0] ?? "", "app-shape");
  const mine = app.requests
    .map((each) => ({ ...each, parsed: JSON.parse(each.body) as Parsed }))
    .filter((each) => each.parsed.ctx.run_id === ended.id);
  expect(mine.length).toBeGreaterThanOrEqual(2);
  const silent = { warn: () => undefined, error: () => undefined, info: () => undefined, debug: () => undefined };
  for (const each of mine) {
    const read = parseFnData(each.parsed, undefined, silent);
    expect(read).toMatchObject({
      version: 2,
      sdkDecided: false,
      ctx: { fn_id: "app-shape", max_attempts: 4, use_api: false },
    });
    expect(Object.keys(each.parsed).sort()).toEqual(["ctx", "event", "events", "steps", "version"]);
    expect(each.body).toBe(canonicalJson(each.parsed));
    expect(each.headers).toMatchObject({
      "x-run-id": ended.id,
      "x-inngest-signature": expect.stringMatching(/^t=\d+&s=[0-9a-f]{64}$/),
    });
  }
  const last = mine.at(-1)?.parsed;
  const hash = (id: string) => createHash("sha1").update(id).digest("hex");
  expect(last?.event).toMatchObject({ name: "p/shape", data: { big: false }, ts: 1_790_000_000_000, id: ids[0] });
  expect(last?.ctx.stack.stack).toEqual([hash("one"), hash("bad"), hash("nap")]);
  expect(last?.steps[hash("one")]).toEqual({ type: "data", data: { ok: true } });
  expect(last?.steps[hash("bad")]).toMatchObject({ type: "error", error: { name: "Error", message: "recorded" } });
  expect(last?.steps[hash("nap")]).toEqual({ type: "data", data: null });
});

interface Parsed {
  readonly event: Record<string, unknown>;
  readonly steps: Record<string, unknown>;
  readonly ctx: { readonly run_id: string; readonly stack: { readonly stack: string[] } };
}

test("steps too large for a request are fetched by the SDK", async () => {
  const { ids } = await client.send({ name: "p/large" });
  expect((await endedRun(executor.url, ids[0] ?? "", "app-large")).output).toBe(6_000_000);
  const fetched = app.requests.filter((each) => each.body.includes('"use_api":true'));
  expect(fetched.length).toBeGreaterThan(0);
  expect((await fetch(`${executor.url}/v0/runs/anything/actions`)).status).toBe(401);
});

test("a checkpoint of another dispatch, or without the key, is not taken", async () => {
  const post = (authorization: string) =>
    fetch(`${executor.url}/v1/checkpoint/01ABC/async`, {
      method: "POST",
      headers: { authorization },
      body: JSON.stringify({ run_id: "01ABC", fn_id: "x", qi_id: "gone", steps: [] }),
    });
  expect((await post(`Bearer ${hashedSigningKey(SIGNING_KEY)}`)).status).toBe(409);
  expect((await post("Bearer wrong")).status).toBe(401);
});

test("the pages show runs, steps, errors and events, escape what came from outside, and replay with a form", async () => {
  const { ids } = await client.send({ name: "p/page", data: { note: "<u>x</u>" } });
  const ended = await endedRun(executor.url, ids[0] ?? "", "app-page");
  const page = async (path: string) => (await fetch(executor.url + path)).text();
  expect(await page("/?status=failed")).toContain(`/runs/${ended.id}`);
  expect(await page("/?status=cancelled")).toContain("No runs here");
  const run = await page(`/runs/${ended.id}`);
  for (const shown of [
    "&lt;b&gt;bold",
    "&lt;script&gt;alert",
    "&lt;i&gt;broken",
    "&lt;u&gt;x",
    "inngest-protocol.test.ts",
  ])
    expect(run).toContain(shown);
  for (const raw of ["<b>bold", "<script>", "<i>broken"]) expect(run).not.toContain(raw);
  expect(await page("/functions")).toContain("p/page");
  expect(await page("/events")).toContain(ids[0]);
  const replay = await fetch(`${executor.url}/runs/${ended.id}/replay`, { method: "POST", redirect: "manual" });
  expect(replay.status).toBe(303);
  expect(await page(replay.headers.get("location") ?? "")).toContain("Replay of");
  const sent = await fetch(`${executor.url}/events`, {
    method: "POST",
    body: new URLSearchParams({ event: '{"name":"p/page"}' }),
    redirect: "manual",
  });
  expect(sent.status).toBe(303);
  const bad = await fetch(`${executor.url}/events`, { method: "POST", body: new URLSearchParams({ event: "{oops" }) });
  expect([bad.status, (await bad.text()).includes("no JSON")]).toEqual([400, true]);
  expect((await fetch(`${executor.url}/runs/none`)).status).toBe(404);
});

test("a wrong Host header and a POST from another site are refused", async () => {
  const status = await new Promise<number>((resolve, reject) => {
    request(`${executor.url}/`, { headers: { host: "evil.example" } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });
  expect(status).toBe(421);
  const before = (await runsOf(executor.url, {})).length;
  const [run] = await runsOf(executor.url, { function: "app-page" });
  const foreign = await fetch(`${executor.url}/runs/${run?.id}/replay`, {
    method: "POST",
    headers: { origin: "http://evil.example" },
  });
  expect(foreign.status).toBe(403);
  expect((await runsOf(executor.url, {})).length).toBe(before);
});

test.each<[string, boolean]>([
  ["event.data.a == 1 && event.data.b != 'x'", true],
  ["event.data.missing == async.data.missing", false],
  ["event.data.missing == null", true],
  ["event.data.missing != null", false],
  ["!has(event.data.missing) && has(event.data.a)", true],
  ['event.data["odd key"].startsWith("va") && event.data.list[1] == "two"', true],
  ["'two' in event.data.list && !('three' in event.data.list)", true],
  ["size(event.data.list) == 2 && event.data.a + 1 * 2 == 3", true],
  ["(event.data.a > 5 ? 'big' : 'small') == \"small\"", true],
  ["event.data.a < 'x'", false],
  ["event.data.__proto__ == null && event.data.constructor == null", true],
])("the expression %s is %s", (source, expected) => {
  const event = { data: { a: 1, b: "y", "odd key": "value", list: ["one", "two"] } };
  expect(holds(source, ["event", "async"], { event, async: { data: {} } })).toBe(expected);
});

test.each([
  "event.data.a ==",
  "event.data.a = 1",
  "foo == 1",
  "event.data.x.matches('a')",
  "event.data.a == 'open",
  "1 +",
  "(1",
  "[1, 2",
  "event..a",
])("the expression %s is refused", (source) => {
  expect(() => compileExpression(source, ["event"])).toThrow(/supported|read/);
});

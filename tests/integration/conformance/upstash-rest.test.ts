import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ratelimit } from "@upstash/ratelimit";
import { Redis } from "@upstash/redis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startRedis, type RedisKind, type RunningRedis } from "../../../devstack/upstash/redis.ts";
import { startUpstash } from "../../../devstack/upstash/server.ts";
import type { RunningService } from "../../../devstack/service.ts";
import { eventually } from "../../support/eventually.ts";

const TOKEN = "token-for-tests";
const KINDS: readonly RedisKind[] = (await hasNative()) ? ["redis-server", "js-redis-server"] : ["js-redis-server"];

async function hasNative(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "devmentor-redis-"));
  const probe = await startRedis({ port: 0, dataDir: folder, log: () => undefined });
  await probe.close();
  await rm(folder, { recursive: true, force: true });
  return probe.kind === "redis-server";
}

describe.each(KINDS)("Upstash REST over %s", (kind) => {
  let folder: string;
  let native: RunningRedis;
  let service: RunningService;
  let redis: Redis;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "devmentor-redis-"));
    native = await startRedis({ port: 0, dataDir: folder, log: () => undefined, use: kind });
    service = await startUpstash({ port: 0, redisUrl: native.url, token: TOKEN, log: () => undefined });
    redis = new Redis({ url: service.url, token: TOKEN, enableTelemetry: false });
  });
  afterAll(async () => {
    await service?.close();
    await native?.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await redis.flushdb();
  });

  const post = (
    path: string,
    body: unknown,
    headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` },
  ): Promise<Response> =>
    fetch(`${service.url}${path}`, {
      method: "POST",
      headers,
      body: typeof body === "string" ? body : JSON.stringify(body),
    });

  it.each(["base64", undefined] as const)("keeps every kind of value, with %s encoding", async (encoding) => {
    const client = new Redis({
      url: service.url,
      token: TOKEN,
      enableTelemetry: false,
      responseEncoding: encoding ?? false,
    });
    expect(await client.set("text", "Grüße ✓ OK")).toBe("OK");
    expect(await client.get("text")).toBe("Grüße ✓ OK");
    await client.set("object", { a: [1, "zwei", null], b: { c: true } });
    expect(await client.get("object")).toEqual({ a: [1, "zwei", null], b: { c: true } });
    await client.set("ok", "OK");
    expect(await client.get("ok")).toBe("OK");
    expect(await client.get("absent")).toBeNull();
    expect(await client.incrby("n", 5)).toBe(5);
    expect(await client.rpush("list", "OK", "b")).toBe(2);
    expect(await client.lrange("list", 0, -1)).toEqual(["OK", "b"]);
    await client.hset("hash", { x: 1, y: "OK" });
    expect(await client.hgetall("hash")).toEqual({ x: 1, y: "OK" });
    await client.zadd("zset", { score: 1.5, member: "m" });
    expect(await client.zrange("zset", 0, -1, { withScores: true })).toEqual(["m", 1.5]);
    expect(await client.mget("text", "absent")).toEqual(["Grüße ✓ OK", null]);
    expect(await client.set("text", "again", { nx: true })).toBeNull();
    const [cursor, keys] = await client.scan(0, { match: "te*" });
    expect([String(cursor), keys]).toEqual(["0", ["text"]]);
    expect(await client.pexpire("text", 60_000)).toBe(1);
    expect(await client.pttl("text")).toBeGreaterThan(50_000);
  });

  it("runs pipelines command by command and transactions as one", async () => {
    expect(await redis.pipeline().set("a", 1).incr("a").get("a").exec()).toEqual(["OK", 2, 2]);
    await redis.set("text", "no number");
    const kept = await redis.pipeline().incr("text").set("b", 2).exec({ keepErrors: true });
    expect(kept[0]?.error).toContain("not an integer");
    expect(kept[1]).toMatchObject({ result: "OK" });
    await expect(redis.pipeline().incr("text").exec()).rejects.toThrow("Command 1 [ incr ] failed");
    expect(await redis.multi().incr("c").incr("c").mget("c", "absent").exec()).toEqual([1, 2, [2, null]]);
  });

  it("keeps transactions of parallel requests apart", async () => {
    await Promise.all(Array.from({ length: 30 }, () => redis.multi().incr("x").incr("x").exec()));
    const pairs = (await Promise.all(
      Array.from({ length: 30 }, () => redis.multi().incr("y").incr("y").exec()),
    )) as number[][];
    expect(await redis.get("x")).toBe(60);
    for (const [first, second] of pairs) expect(second).toBe((first ?? 0) + 1);
  });

  it("discards a transaction with a wrong command, and none of it happens", async () => {
    const answer = await post("/multi-exec", [
      ["set", "t", "1"],
      ["set", "t"],
    ]);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { error: string }).error).toMatch(/EXECABORT/);
    expect(await redis.get("t")).toBeNull();
    const refused = await post("/multi-exec", [["set", "t", "1"], ["exec"], ["shutdown"]]);
    expect(refused.status).toBe(400);
    expect(await redis.get("t")).toBeNull();
  });

  it("answers an unknown script with NOSCRIPT and a known one by its hash", async () => {
    const script = "return {KEYS[1], ARGV[1], 7, 'OK'}";
    const sha = await redis.scriptLoad(script);
    expect(await redis.evalsha(sha, ["k"], ["v"])).toEqual(["k", "v", 7, "OK"]);
    expect(await redis.scriptExists(sha, "0".repeat(40))).toEqual([1, 0]);
    await redis.scriptFlush();
    await expect(redis.evalsha(sha, ["k"], ["v"])).rejects.toThrow("NOSCRIPT");
    const byHash = redis.createScript<unknown[]>(script);
    expect(await byHash.exec(["k"], ["v"])).toEqual(["k", "v", 7, "OK"]);
  });

  it("knows Upstash's own script flag by the hash of the text that was sent", async () => {
    const script = "#!lua flags=allow-key-locking\nreturn ARGV[1]";
    const sha = await redis.scriptLoad(script);
    expect(await redis.scriptExists(sha)).toEqual([1]);
    expect(await redis.evalsha(sha, [], ["still here"])).toBe("still here");
    expect(await redis.eval(script, [], ["and evaluated"])).toBe("and evaluated");
  });

  it.each([
    ["fixed window", () => Ratelimit.fixedWindow(3, "60 s")],
    ["sliding window", () => Ratelimit.slidingWindow(3, "60 s")],
    ["token bucket", () => Ratelimit.tokenBucket(3, "60 s", 3)],
  ])("carries @upstash/ratelimit: %s", async (_name, limiter) => {
    const limit = new Ratelimit({ redis, limiter: limiter(), ephemeralCache: false, prefix: "test" });
    const answers = [];
    for (let n = 0; n < 4; n += 1) answers.push(await limit.limit("somebody"));
    expect(answers.map((answer) => answer.success)).toEqual([true, true, true, false]);
    expect(answers.map((answer) => answer.remaining)).toEqual([2, 1, 0, 0]);
    expect((await limit.limit("somebody else")).success).toBe(true);
    // A reason would mean that it let the call through because Redis did not answer in time.
    expect(answers.map((answer) => answer.reason)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("takes commands from the path, the query and the body", async () => {
    const get = async (path: string): Promise<unknown> =>
      (await fetch(`${service.url}${path}`, { headers: { authorization: `Bearer ${TOKEN}` } })).json();
    expect(await get("/set/foo/b%2Far%20%C3%BC?EX=100")).toEqual({ result: "OK" });
    expect(await get("/get/foo")).toEqual({ result: "b/ar ü" });
    expect(await get("/ttl/foo")).toEqual({ result: 100 });
    expect(await (await post("/set/body?EX=50", "from a body")).json()).toEqual({ result: "OK" });
    expect(await get(`/get/body?_token=${encodeURIComponent(TOKEN)}`)).toEqual({ result: "from a body" });
    const encoded = await fetch(`${service.url}/get/foo`, {
      headers: { authorization: `Bearer ${TOKEN}`, "upstash-encoding": "base64" },
    });
    expect(await encoded.json()).toEqual({ result: Buffer.from("b/ar ü").toString("base64") });
    expect(encoded.headers.get("upstash-sync-token")).toBeTruthy();
  });

  it("asks for the token on each path", async () => {
    const paths = [
      "/",
      "/pipeline",
      "/multi-exec",
      "/get/foo",
      "/set/foo/bar",
      "/subscribe/a",
      "/psubscribe/a",
      "/nothing",
    ];
    const tries = [
      {},
      { authorization: "Bearer wrong" },
      { authorization: `Basic ${TOKEN}` },
      { authorization: "Bearer" },
    ] as Record<string, string>[];
    for (const path of paths) {
      for (const headers of tries) {
        const answer = await post(path, [["set", "stolen", "1"]], headers);
        expect([path, answer.status]).toEqual([path, 401]);
        expect(((await answer.json()) as { error: string }).error).toMatch(/^WRONGPASS invalid or missing auth token/);
      }
      expect((await fetch(`${service.url}${path}?_token=wrong`)).status).toBe(401);
    }
    const wrong = new Redis({ url: service.url, token: "wrong", enableTelemetry: false });
    await expect(wrong.get("foo")).rejects.toThrow("WRONGPASS");
    expect(await redis.get("stolen")).toBeNull();
  });

  it.each([
    ["SHUTDOWN", ["SHUTDOWN", "NOSAVE"]],
    ["CONFIG", ["config", "set", "dir", "/"]],
    ["a bare MULTI", ["multi"]],
    ["a blocking pop", ["blpop", "q", "0"]],
    ["a blocking read", ["xread", "block", "0", "streams", "s", "$"]],
    ["SUBSCRIBE outside a stream", ["subscribe", "c"]],
    ["DEBUG", ["debug", "sleep", "100"]],
    ["MODULE", ["module", "load", "/tmp/x.so"]],
    ["REPLICAOF", ["replicaof", "127.0.0.1", "1"]],
  ])("does not offer %s", async (_name, command) => {
    const single = await post("/", command);
    expect(single.status).toBe(400);
    expect(((await single.json()) as { error: string }).error).toContain("not available");
    const [piped] = (await (await post("/pipeline", [command])).json()) as { error: string }[];
    expect(piped?.error).toContain("not available");
    // In capitals, since /subscribe/<channel> does exist, as a stream.
    const byPath = await post(`/${command.map((part) => encodeURIComponent(part.toUpperCase())).join("/")}`, "");
    expect(byPath.status).toBe(400);
    expect(await redis.ping()).toBe("PONG");
  });

  it.each([
    ["no JSON", "{", 400],
    ["an empty command", [], 400],
    ["no list", { set: 1 }, 400],
    ["a null argument", ["set", "a", null], 400],
    ["an unknown command", ["frobnicate"], 400],
    ["too few arguments", ["set", "a"], 400],
    ["more than 10 MB", ["set", "big", "x".repeat(10 * 1024 * 1024)], 413],
  ])("refuses %s", async (_name, body, status) => {
    const answer = await post("/", body);
    expect(answer.status).toBe(status);
    expect(((await answer.json()) as { error: string }).error).toMatch(/^ERR /i);
  });

  it("streams what is published, by channel and by pattern", async () => {
    const byChannel = redis.subscribe<{ n: number }>(["news"]);
    const byPattern = redis.psubscribe<{ n: number }>(["ne*"]);
    const seen: unknown[] = [];
    let ready = 0;
    byChannel.on("subscribe", () => (ready += 1));
    byPattern.on("psubscribe", () => (ready += 1));
    byChannel.on("message", ({ channel, message }) => seen.push([channel, message]));
    byPattern.on("pmessage", ({ pattern, channel, message }) => seen.push([pattern, channel, message]));
    await eventually(() => expect(ready).toBeGreaterThanOrEqual(1));
    await eventually(async () => {
      await redis.publish("news", { n: 1 });
      expect(seen).toContainEqual(["news", { n: 1 }]);
      expect(seen).toContainEqual(["ne*", "news", { n: 1 }]);
    });
    await byChannel.unsubscribe();
    await byPattern.unsubscribe();
    await eventually(async () => expect(await redis.publish("news", { n: 2 })).toBe(0));
  });

  it("listens on 127.0.0.1 and on no other address", async () => {
    const reaches = (host: string, port: number): Promise<boolean> =>
      new Promise((resolve) => {
        const socket = createConnection({ host, port, timeout: 1_000 });
        const done = (reached: boolean) => () => {
          socket.destroy();
          resolve(reached);
        };
        socket.once("connect", done(true)).once("error", done(false)).once("timeout", done(false));
      });
    for (const port of [native.port, service.port]) {
      expect([port, await reaches("127.0.0.1", port)]).toEqual([port, true]);
      // Also this machine's (on Linux), so whoever listened on every address would answer.
      expect([port, await reaches("127.0.0.2", port)]).toEqual([port, false]);
    }
  });

  it("answers only to this machine's names", async () => {
    const status = await new Promise<number>((resolve) => {
      const call = request(
        `${service.url}/get/foo`,
        { headers: { host: "evil.example", authorization: `Bearer ${TOKEN}` } },
        (res) => resolve(res.statusCode ?? 0),
      );
      call.end();
    });
    expect(status).toBe(403);
  });
});

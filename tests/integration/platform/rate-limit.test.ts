import { randomUUID } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { Redis } from "@upstash/redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AppError } from "@/lib/kernel/errors";
import { limit } from "@/lib/platform/rate-limit/limit";
import { RateLimiter, type CountedBy } from "@/lib/platform/rate-limit/limiter";
import { RATE_POLICIES, type RatePolicyName } from "@/lib/platform/rate-limit/policies";
import { limitTables, type LimitTruth } from "@/lib/platform/rate-limit/store";
import { useFallibleRedis } from "../../support/fallible-redis.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase } from "../../support/supabase.ts";

const supabase = useSupabase();
const redis = useFallibleRedis();
useProductEnv({ supabase, redis });

/** A Redis that takes connections and never says a word. */
let mute: Server;
const held: Socket[] = [];
beforeAll(async () => {
  mute = createServer((socket) => held.push(socket.on("error", () => undefined)));
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  for (const socket of held) socket.destroy();
  mute.close();
});
const muteUrl = () => `http://127.0.0.1:${(mute.address() as AddressInfo).port}`;

/** A process's limiter, and who counted its calls. */
function limiter(options: { url?: string; tables?: LimitTruth } = {}) {
  const by: CountedBy[] = [];
  const made = new RateLimiter({
    redis: () =>
      new Redis({
        url: options.url ?? redis.url,
        token: redis.token,
        retry: false,
      }),
    tables: options.tables ?? limitTables,
    // What answers at all is waited for on the slowest machine; what never answers costs the test no time.
    timeoutsMs: { redis: options.url ? 100 : 20_000, postgres: options.tables ? 100 : 20_000 },
    onCount: (_policy, _outcome, who) => by.push(who),
    log: { warn: () => undefined },
  });
  const call = (policy: RatePolicyName, subject: string) =>
    made.limit([{ policy, subject }]).then(
      () => "allowed",
      (error: unknown) => (error instanceof AppError ? error.code : String(error)),
    );
  return { made, by, call };
}

async function calls(times: number, call: () => Promise<string>): Promise<string[]> {
  const answers: string[] = [];
  while (answers.length < times) answers.push(await call());
  return answers;
}

const someone = () => `${randomUUID()}@devmentor.test`;
/** `password-reset-email`: three an hour, closed. `export-user`: ten an hour, open. */
const THREE_THEN_NO = ["allowed", "allowed", "allowed", "rate_limited"];

test("one limit for all processes while Redis counts, with headers that say how it stands", async () => {
  const [a, b] = [limiter(), limiter()];
  const subject = someone();
  const counts = [{ policy: "password-reset-email", subject }] as const;
  expect(await a.made.limit(counts)).toEqual({
    "RateLimit-Policy": '"password-reset-email";q=3;w=3600',
    RateLimit: expect.stringMatching(/^"password-reset-email";r=2;t=\d+$/),
  });
  await b.made.limit(counts);
  await a.made.limit(counts);
  const refusal = await b.made.limit(counts).catch((error: unknown) => error as AppError);
  expect(refusal).toMatchObject({ code: "rate_limited", headers: { RateLimit: expect.stringContaining("r=0") } });
  expect((refusal as AppError).retryAfterSeconds).toBeGreaterThan(0);
  expect([...a.by, ...b.by]).toEqual(["redis", "redis", "redis", "redis"]);
  // What is counted cannot be read from the keys.
  expect((await redis.resp.keys("*")).join(" ")).not.toContain(subject.split("@")[0]);
});

describe("a Redis that never answers", () => {
  test("is not waited for: a closed policy is counted by Postgres, an open one by the process", async () => {
    const hung = limiter({ url: muteUrl() });
    // Nothing else would end these calls: the client has no time limit here, and Redis keeps the connection.
    expect(await hung.call("password-reset-email", someone())).toBe("allowed");
    expect(await hung.call("export-user", randomUUID())).toBe("allowed");
    expect(hung.by).toEqual(["postgres", "process"]);
    // The library itself would have let every call through.
    const subject = someone();
    expect(await calls(4, () => hung.call("password-reset-email", subject))).toEqual(THREE_THEN_NO);
  });

  test("holds a closed limit across processes", async () => {
    const processes = [limiter({ url: muteUrl() }), limiter({ url: muteUrl() })];
    const subject = someone();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => processes[n % 2]?.call("password-reset-email", subject)),
    );
    expect(answers.filter((answer) => answer === "allowed")).toHaveLength(3);
    expect(answers.filter((answer) => answer === "rate_limited")).toHaveLength(17);
  });

  test("with Postgres hanging too, this process counts", async () => {
    const never: LimitTruth = { take: () => new Promise(() => undefined), readBlocks: () => Promise.resolve([]) };
    const hung = limiter({ url: muteUrl(), tables: never });
    const subject = someone();
    expect(await calls(4, () => hung.call("password-reset-email", subject))).toEqual(THREE_THEN_NO);
    expect(hung.by).toEqual(["process", "process", "process", "process"]);
  });
});

describe("the table", () => {
  const policy = { limit: 25, windowSeconds: 3600, by: "ip", fails: "closed" } as const;

  test("lets exactly the limit through, however many ask at once", async () => {
    const subject = randomUUID();
    const verdicts = await Promise.all(Array.from({ length: 100 }, () => limitTables.take("at-once", subject, policy)));
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(25);
    expect(new Set(verdicts.filter(({ allowed }) => allowed).map(({ remaining }) => remaining)).size).toBe(25);
  });

  test("lets the last window fade rather than end", async () => {
    const subject = randomUUID();
    const index = Math.floor(Date.now() / 3_600_000);
    // A last window so full that whatever of it overlaps fills this one.
    await supabase.sql`
      insert into private.rate_limits values ('fade', ${subject}, ${index - 1}, 1000000000, now() + interval '1 hour')`;
    expect(await limitTables.take("fade", subject, policy)).toMatchObject({ allowed: false, remaining: 0 });
    await supabase.sql`update private.rate_limits set window_index = ${index - 2} where subject = ${subject}`;
    expect(await limitTables.take("fade", subject, policy)).toMatchObject({ allowed: true, remaining: 24 });
  });

  test("is cleared of what is over", async () => {
    await supabase.sql`
      insert into private.rate_limits
      select 'old', 'subject ' || n, 1, 1, now() - interval '1 minute' from generate_series(1, 500) n`;
    const left = async () =>
      Number((await supabase.sql`select count(*) as n from private.rate_limits where policy = 'old'`)[0]?.["n"]);
    for (let call = 0; call < 5_000 && (await left()) > 0; call += 50) {
      await supabase.sql`
        select public.take_rate_limit('clearing', 'subject ' || n, 5, 3600) from generate_series(1, 50) n`;
    }
    expect(await left()).toBe(0);
  });
});

describe("the block list", () => {
  const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString();
  const put = async (kind: string, subject: string) => {
    const operator = await supabase.asUser({ roles: ["operator"] });
    const args = { p_kind: kind, p_subject: subject, p_reason: "card testing", p_expires_at: tomorrow() };
    const { data, error } = await operator.client.rpc("block_caller", args);
    return { operator, id: data ?? "", error };
  };

  test("shuts out networks, addresses and people, and lets them in again", async () => {
    const person = await supabase.asUser();
    const email = someone();
    await put("ip", "198.51.100.0/24");
    await put("ip", "2001:db8:77:1::5");
    await put("email", email.toUpperCase());
    const { operator, id } = await put("user", person.id);
    const { call } = limiter();
    expect(await call("login-ip", "198.51.100.200")).toBe("forbidden");
    expect(await call("login-ip", "198.51.101.200")).toBe("allowed");
    // A single IPv6 address stands for its /64, as callers do.
    expect(await call("login-ip", "2001:db8:77:1::/64")).toBe("forbidden");
    expect(await call("login-email", email)).toBe("forbidden");
    expect(await call("export-user", person.id)).toBe("forbidden");
    expect((await operator.client.rpc("lift_block", { p_id: id })).data).toBe(true);
    expect((await operator.client.rpc("lift_block", { p_id: id })).data).toBe(false);
    expect(await limiter().call("export-user", person.id)).toBe("allowed");

    const { data } = await operator.client.rpc("list_blocks");
    expect(data).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id, reason: "card testing", createdBy: operator.id, liftedBy: operator.id }),
        expect.objectContaining({ kind: "ip", network: "198.51.100.0/24", liftedAt: null }),
      ]),
    );
    expect(JSON.stringify(data)).not.toContain(email);
  });

  test("is in operators' hands alone", async () => {
    const member = await supabase.asUser();
    const args = { p_kind: "ip", p_subject: "192.0.2.1", p_reason: "spite", p_expires_at: tomorrow() };
    expect((await member.client.rpc("block_caller", args)).error?.hint).toBe("forbidden");
    expect((await member.client.rpc("list_blocks")).error?.hint).toBe("forbidden");
    expect((await member.client.rpc("lift_block", { p_id: randomUUID() })).error?.hint).toBe("forbidden");
  });

  test.each([
    ["ip", "not an address"],
    ["ip", "0.0.0.0/0"],
    ["ip", "::/0"],
    ["email", "nobody"],
    ["planet", "earth"],
  ])("refuses a block of %s %s", async (kind, subject) => {
    expect((await put(kind, subject)).error?.hint).toBe("rule_broken");
  });
});

// Last: Redis stays dead.
test("with Redis killed the product's own limiter goes on, closed on Postgres", async () => {
  await limit({ policy: "login-ip", subject: "192.0.2.9" });
  await redis.kill();
  const subject = someone();
  const answers = await calls(4, () =>
    limit({ policy: "password-reset-email", subject }).then(
      () => "allowed",
      (error: unknown) => (error as AppError).code,
    ),
  );
  expect(answers).toEqual(THREE_THEN_NO);
  const rows =
    await supabase.sql`select count from private.rate_limits where policy = 'password-reset-email' and count = 3`;
  expect(rows.length).toBeGreaterThan(0);
  expect(RATE_POLICIES["password-reset-email"].limit).toBe(3);
});

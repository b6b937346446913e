import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { useDatabase } from "../../support/supabase.ts";
import {
  addAnalysis,
  addUser,
  collect,
  joined,
  KEYS,
  signedIn,
  signToken,
  startGateway,
  subscribe,
  type TestGateway,
} from "./realtime-for-tests.ts";
import { eventually } from "../../support/eventually.ts";

const database = useDatabase();
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway(database.url);
});

afterAll(async () => {
  await gateway?.close();
});

const PRIVATE = { config: { private: true } };

async function privateChannel(topic: string, token?: string) {
  const client = gateway.client(token ? { token } : {});
  return (await signedIn(client)).channel(topic, PRIVATE);
}

describe("who may join", () => {
  it("lets people onto their own channel, and nobody onto a stranger's", async () => {
    const me = randomUUID();
    await joined(await privateChannel(`user:${me}`, signToken({ sub: me })));
    const stranger = await subscribe(await privateChannel(`user:${me}`, signToken({ sub: randomUUID() })));
    expect(stranger).toMatchObject({
      status: "CHANNEL_ERROR",
      message: expect.stringContaining("do not have permissions to read") as string,
    });
    const anonymous = await subscribe(await privateChannel(`user:${me}`));
    expect(anonymous.status).toBe("CHANNEL_ERROR");
  });

  it("lets those who asked for an analysis onto its channel", async () => {
    const me = randomUUID();
    const analysis = await addAnalysis(database.sql, me);
    await joined(await privateChannel(`analysis:${analysis}`, signToken({ sub: me })));
    expect((await subscribe(await privateChannel(`analysis:${analysis}`, signToken({})))).status).toBe("CHANNEL_ERROR");
  });

  it("lets operators with a live session onto admin:giving, and no longer once either is gone", async () => {
    const [me, session] = [randomUUID(), randomUUID()];
    const token = signToken({ sub: me, session_id: session });
    await addUser(database.sql, me);
    const attempt = async () => (await subscribe(await privateChannel("admin:giving", token))).status;
    expect(await attempt()).toBe("CHANNEL_ERROR");
    await database.sql`insert into public.user_roles (user_id, role) values (${me}, 'operator')`;
    expect(await attempt()).toBe("CHANNEL_ERROR");
    await database.sql`insert into auth.sessions (id, user_id) values (${session}, ${me})`;
    expect(await attempt()).toBe("SUBSCRIBED");
    await database.sql`delete from public.user_roles where user_id = ${me}`;
    expect(await attempt()).toBe("CHANNEL_ERROR");
  });

  it("lets a campaign admin with a live session onto the channel of their own campaigns, and onto no other", async () => {
    const [me, other, session] = [randomUUID(), randomUUID(), randomUUID()];
    const token = signToken({ sub: me, session_id: session });
    await addUser(database.sql, me);
    await addUser(database.sql, other);
    const attempt = async (topic: string) => (await subscribe(await privateChannel(topic, token))).status;
    await database.sql`insert into auth.sessions (id, user_id) values (${session}, ${me})`;
    expect(await attempt(`giving:${me}`)).toBe("CHANNEL_ERROR");
    await database.sql`insert into public.user_roles ${database.sql([
      { user_id: me, role: "campaign_admin" },
      { user_id: other, role: "campaign_admin" },
    ])}`;
    expect(await attempt(`giving:${me}`)).toBe("SUBSCRIBED");
    expect(await attempt(`giving:${other}`)).toBe("CHANNEL_ERROR");
    expect(await attempt("admin:giving")).toBe("CHANNEL_ERROR");
    await database.sql`delete from auth.sessions where id = ${session}`;
    expect(await attempt(`giving:${me}`)).toBe("CHANNEL_ERROR");
    await database.sql`insert into auth.sessions (id, user_id) values (${session}, ${me})`;
    await database.sql`delete from public.user_roles where user_id = ${me}`;
    expect(await attempt(`giving:${me}`)).toBe("CHANNEL_ERROR");
  });

  it("tells a campaign's owner and operators of it, and no other campaign admin", async () => {
    const [owner, other, operator] = await Promise.all(
      ["campaign_admin", "campaign_admin", "operator"].map(async (role) => {
        const [id, session] = [randomUUID(), randomUUID()];
        await addUser(database.sql, id);
        await database.sql`insert into public.user_roles (user_id, role) values (${id}, ${role})`;
        await database.sql`insert into auth.sessions (id, user_id) values (${session}, ${id})`;
        const topic = role === "operator" ? "admin:giving" : `giving:${id}`;
        const channel = await privateChannel(topic, signToken({ sub: id, session_id: session }));
        const heard = collect(channel, "totals");
        await joined(channel);
        return { id, heard };
      }),
    );
    const campaignOf = async (id = ""): Promise<string> => {
      const campaign = { title: `Of ${id}`, summary: "A well.", story: "A story.", goalMinor: 100, currency: "EUR" };
      const [made] = await database.sql<{ id: string }[]>`
        select public.create_campaign(${id}, ${database.sql.json(campaign)}, '') #>> '{campaign,id}' as id`;
      return made?.id ?? "";
    };
    const tell = async (campaign: string, version: number) =>
      database.sql`select public.publish_to_administration(${campaign}, 'totals', ${database.sql.json({ campaign })}, ${version})`;
    const [mine, theirs] = [await campaignOf(owner?.id), await campaignOf(other?.id)];
    await tell(mine, 1);
    await tell(theirs, 2);
    const named = (heard: readonly Record<string, unknown>[] = []) =>
      heard.map((message) => (message["payload"] as { data: { campaign: string } }).data.campaign);
    await eventually(() => {
      expect(named(operator?.heard)).toEqual([mine, theirs]);
      expect(named(other?.heard)).toEqual([theirs]);
    });
    expect(named(owner?.heard)).toEqual([mine]);
    // Whoever is no campaign admin any more hears nothing, though the campaign is still theirs.
    await database.sql`delete from public.user_roles where user_id = ${owner?.id ?? ""}`;
    await tell(mine, 3);
    await tell(theirs, 4);
    await eventually(() => expect(named(other?.heard)).toEqual([theirs, theirs]));
    expect(named(owner?.heard)).toEqual([mine]);
  });

  it.each([
    "user:",
    "user:*",
    "user:' or true --",
    "USER:{me}",
    "user:{me}:more",
    "user:{me} ",
    "user:{me}\nuser:{me}",
    "analysis:{me}",
    "session:{me}",
    "lesson:",
    "lesson:No-Lesson",
    "lesson:a b",
    "admin:giving",
    "admin:other",
    "giving:{me}",
    "giving:all",
    "giving:",
    "realtime:user:{me}",
    "",
  ])("refuses the forged topic %j", async (form) => {
    const me = randomUUID();
    const { status } = await subscribe(await privateChannel(form.replaceAll("{me}", me), signToken({ sub: me })));
    expect(status).toBe("CHANNEL_ERROR");
  });

  it("shows who is at the same lesson to whoever is signed in, and carries nothing else", async () => {
    const there = async () => {
      const channel = (await signedIn(gateway.client({ token: signToken({}) }))).channel("lesson:promises", {
        config: { private: true, presence: { enabled: true } },
      });
      channel.on("presence", { event: "sync" }, () => undefined);
      await joined(channel);
      return channel;
    };
    const [one, other] = [await there(), await there()];
    const heard = collect(other, "forged");
    expect(await one.track({ userId: randomUUID(), since: new Date().toISOString() })).toBe("ok");
    await eventually(() => expect(Object.values(other.presenceState()).flat()).toHaveLength(1));
    await one.send({ type: "broadcast", event: "forged", payload: {} });
    expect(await one.untrack()).toBe("ok");
    await eventually(() => expect(Object.values(other.presenceState()).flat()).toHaveLength(0));
    expect(heard).toEqual([]);
    const anonymous = await subscribe(await privateChannel("lesson:promises"));
    expect(anonymous.status).toBe("CHANNEL_ERROR");
  });

  it("shows presence in a session to who may see it", async () => {
    const [me, session] = [randomUUID(), randomUUID()];
    const token = signToken({ sub: me });
    expect((await subscribe(await privateChannel(`session:${session}`, token))).status).toBe("CHANNEL_ERROR");
    await database.sql
      .unsafe(`create or replace function private.may_see_session(p_session uuid, p_user uuid) returns boolean language sql stable
      as $$ select p_session = '${session}' and p_user = '${me}' $$`);
    const channel = await privateChannel(`session:${session}`, token);
    channel.on("presence", { event: "sync" }, () => undefined);
    await joined(channel);
    expect(await channel.track({ active: true })).toBe("ok");
    await eventually(() => expect(Object.values(channel.presenceState())).toMatchObject([[{ active: true }]]));
    expect((await subscribe(await privateChannel(`session:${session}`, signToken({})))).status).toBe("CHANNEL_ERROR");
    const mine = await privateChannel(`user:${me}`, token);
    await joined(mine);
    expect(await mine.track({ active: true })).toBe("error");
  });

  it("lets nobody but the database broadcast on a private channel", async () => {
    const me = randomUUID();
    const token = signToken({ sub: me });
    const listener = await privateChannel(`user:${me}`, token);
    const notices = collect(listener, "notice");
    await joined(listener);
    const client = await signedIn(gateway.client({ token }));
    const forger = client.channel(`user:${me}`, { config: { private: true, broadcast: { ack: true } } });
    await joined(forger);
    expect(await forger.send({ type: "broadcast", event: "notice", payload: { forged: true } })).toBe("error");
    await expect(forger.httpSend("notice", { forged: true })).rejects.toThrow("permissions to write");
    const onPublic = gateway.client({ token }).channel(`user:${me}`, { config: { broadcast: { ack: true } } });
    await joined(onPublic);
    expect(await onPublic.send({ type: "broadcast", event: "notice", payload: { forged: true } })).toBe("ok");
    await database.sql`select realtime.send('{"real": true}'::jsonb, 'notice', ${`user:${me}`}, true)`;
    await eventually(() => expect(notices).toHaveLength(1));
    expect(notices[0]?.["payload"]).toMatchObject({ real: true });
  });
});

describe("tokens", () => {
  const me = randomUUID();
  const [head, body, signature] = signToken({ sub: me }).split(".") as [string, string, string];
  const other = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString("base64url");

  it.each([
    ["expired", signToken({ sub: me, expiresIn: -1 }), "Token has expired"],
    ["signed with another secret", signToken({ sub: me }, "another secret"), "Failed to validate JWT signature"],
    [
      "with changed claims",
      `${head}.${other({ sub: me, role: "service_role", exp: 9e9 })}.${signature}`,
      "Failed to validate JWT signature",
    ],
    ["with alg none", `${other({ alg: "none" })}.${body}.x`, "algorithm is not HS256"],
    ["without a signature", `${head}.${body}.`, "not a valid JWT"],
    ["of a role that is none of Supabase's", signToken({ sub: me, role: "postgres" }), "is not known"],
    ["that is no token", "hello", "not a valid JWT"],
    ["that is a wrong API key", "sb_secret_guess", "API key provided is not valid"],
  ])("refuses one %s", async (_case, token, reason) => {
    const answer = await subscribe(await privateChannel(`user:${me}`, token));
    expect(answer.status).toBe("CHANNEL_ERROR");
    expect(answer.message).toContain(reason);
  });

  it("closes the channel when the token expires, and says so", async () => {
    const user = randomUUID();
    const channel = await privateChannel(`user:${user}`, signToken({ sub: user, expiresIn: 4 }));
    const said: string[] = [];
    channel.on("system", {}, (payload: { message?: string }) => said.push(payload.message ?? ""));
    const statuses: string[] = [];
    channel.subscribe((status) => statuses.push(status));
    await eventually(() => expect(statuses).toEqual(["SUBSCRIBED", "CLOSED"]));
    expect(said.join()).toContain("Token has expired");
  });

  it("goes on when the token is refreshed in time, and ends when the new one may not read", async () => {
    const user = randomUUID();
    let token = signToken({ sub: user, expiresIn: 4 });
    const client = gateway.client();
    client.accessToken = () => Promise.resolve(token);
    await client.setAuth();
    const channel = client.channel(`user:${user}`, PRIVATE);
    const notices = collect(channel, "notice");
    const statuses: string[] = [];
    channel.subscribe((status) => statuses.push(status));
    await eventually(() => expect(statuses).toEqual(["SUBSCRIBED"]));
    token = signToken({ sub: user, expiresIn: 60 });
    await client.setAuth();
    await new Promise((resolve) => setTimeout(resolve, 4_200));
    await database.sql`select realtime.send('{"n": 1}'::jsonb, 'notice', ${`user:${user}`}, true)`;
    await eventually(() => expect(notices).toHaveLength(1));
    token = signToken({});
    await client.setAuth();
    await eventually(() => expect(statuses).toEqual(["SUBSCRIBED", "CLOSED"]));
  });

  it("refuses a connection without the right API key, with another Host, or of an unknown version", async () => {
    const base = gateway.httpUrl.replace("http", "ws");
    const statusOf = (path: string, headers: Record<string, string> = {}): Promise<number> =>
      new Promise((resolve) => {
        const socket = new WebSocket(`${base}${path}`, { headers });
        socket.on("unexpected-response", (req, res) => {
          resolve(res.statusCode ?? 0);
          req.destroy();
        });
        socket.on("open", () => {
          resolve(101);
          socket.close();
        });
        socket.on("error", () => undefined);
      });
    const path = "/realtime/v1/websocket";
    expect(await statusOf(`${path}?vsn=2.0.0`)).toBe(401);
    expect(await statusOf(`${path}?apikey=wrong&vsn=2.0.0`)).toBe(401);
    expect(await statusOf(`${path}?apikey=${KEYS.publishableKey}&vsn=9`)).toBe(400);
    expect(await statusOf(`${path}?apikey=${KEYS.publishableKey}`, { host: "evil.example" })).toBe(403);
    expect(await statusOf(`${path}?apikey=${KEYS.publishableKey}`)).toBe(101);
    const rest = await new Promise<number>((resolve) => {
      const call = request(
        `${gateway.httpUrl}/realtime/v1/api/broadcast`,
        { method: "POST", headers: { host: "evil.example" } },
        (res) => resolve(res.statusCode ?? 0),
      );
      call.end();
    });
    expect(rest).toBe(403);
  });
});

describe("limits", () => {
  it("ends a connection that floods, and one that sends too big a frame", async () => {
    const open = async (): Promise<{ socket: WebSocket; closed: Promise<number> }> => {
      const socket = new WebSocket(
        `${gateway.httpUrl.replace("http", "ws")}/realtime/v1/websocket?apikey=${KEYS.publishableKey}&vsn=2.0.0`,
      );
      await new Promise((resolve) => socket.once("open", resolve));
      return { socket, closed: new Promise((resolve) => socket.once("close", resolve)) };
    };
    const flood = await open();
    for (let n = 0; n < 500; n += 1) flood.socket.send(JSON.stringify([null, String(n), "phoenix", "heartbeat", {}]));
    expect(await flood.closed).toBe(1008);
    const big = await open();
    big.socket.send("x".repeat(400_000));
    expect(await big.closed).toBe(1009);
    const garbage = await open();
    garbage.socket.send("not json");
    expect(await garbage.closed).toBe(1002);
  });

  it("lets one connection join a hundred channels", async () => {
    const client = gateway.client();
    const outcomes: string[] = [];
    for (let n = 0; n < 101; n += 1) {
      // Joins count as messages: stay below the rate.
      if (n % 40 === 39) await new Promise((resolve) => setTimeout(resolve, 200));
      outcomes.push((await subscribe(client.channel(`many:${n}`))).status);
    }
    expect(outcomes.filter((status) => status === "SUBSCRIBED")).toHaveLength(100);
    expect(outcomes.at(-1)).toBe("CHANNEL_ERROR");
  });
});

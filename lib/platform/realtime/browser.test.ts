import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { subscribe, type LiveState, type Subscription } from "./browser";
import type { ChannelMessage } from "./channels";
import type { RealtimeConnection } from "./shared-channel";

type Status = "SUBSCRIBED" | "CLOSED" | "CHANNEL_ERROR" | "TIMED_OUT";

const unheard = (): void => {};

/** Stands where Supabase's client does; the test plays the server. */
class FakeRealtime {
  readonly joins: {
    topic: string;
    private: boolean;
    report: (status: Status) => void;
    send: (payload: unknown) => void;
    removed: boolean;
  }[] = [];
  authorised = 0;
  readonly realtime = {
    setAuth: () => {
      this.authorised += 1;
      return Promise.resolve();
    },
  };

  channel(topic: string, options: { config: { private?: boolean } }) {
    const join = {
      topic,
      private: options.config.private ?? false,
      report: unheard as (status: Status) => void,
      send: unheard as (payload: unknown) => void,
      removed: false,
    };
    this.joins.push(join);
    const channel = {
      join,
      on: (_kind: string, _filter: object, callback: (message: { payload: unknown }) => void) => {
        join.send = (payload) => callback({ payload });
        return channel;
      },
      subscribe: (callback: (status: Status) => void) => {
        join.report = callback;
        return channel;
      },
    };
    return channel;
  }

  removeChannel(channel: { join: { removed: boolean } }) {
    channel.join.removed = true;
    return Promise.resolve("ok");
  }

  get last() {
    const join = this.joins.at(-1);
    if (!join) throw new Error("nobody has joined");
    return join;
  }
}

interface Snapshot {
  readonly version: number;
}

let server: FakeRealtime;
let seen: string[];
let states: LiveState[];
let version: number;
const ends: (() => void)[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeRealtime();
  seen = [];
  states = [];
  version = 1;
});
afterEach(() => {
  for (const end of ends.splice(0)) end();
  vi.useRealTimers();
});

const connect = (): Promise<RealtimeConnection> => Promise.resolve(server as unknown as RealtimeConnection);
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const progress = (at: number) => ({
  type: "progress",
  version: at,
  at: "2026-11-23T10:00:00Z",
  data: { phase: "scan", progress: at },
});

function listen(over: Partial<Subscription<"analysis", Snapshot>> = {}): () => void {
  const end = subscribe<"analysis", Snapshot>(
    {
      channel: "analysis",
      id: "a",
      fetchSnapshot: () => Promise.resolve({ version }),
      versionOf: (snapshot) => snapshot.version,
      onSnapshot: (snapshot) => seen.push(`snapshot ${snapshot.version}`),
      onMessage: (message: ChannelMessage<"analysis">) => seen.push(`${message.type} ${message.version}`),
      onState: (state) => states.push(state),
      ...over,
    },
    connect,
  );
  ends.push(end);
  return end;
}

it("fetches the snapshot once it is subscribed, and then shows only what is newer", async () => {
  version = 4;
  listen();
  await settle();
  expect(server.last).toMatchObject({ topic: "analysis:a", private: true });
  expect(server.authorised).toBe(1);
  expect(seen).toEqual([]);
  server.last.report("SUBSCRIBED");
  server.last.send(progress(5));
  server.last.send(progress(3));
  await settle();
  server.last.send(progress(4));
  server.last.send(progress(6));
  server.last.send({ type: "unheard of", version: 7 });
  expect(seen).toEqual(["snapshot 4", "progress 5", "progress 6"]);
  expect(states).toEqual(["live"]);
});

it("fetches the snapshot again after each reconnect", async () => {
  listen();
  await settle();
  server.last.report("SUBSCRIBED");
  await settle();
  server.last.report("CHANNEL_ERROR");
  version = 9;
  server.last.report("SUBSCRIBED");
  await settle();
  expect(states).toEqual(["live", "reconnecting", "live"]);
  expect(seen).toEqual(["snapshot 1", "snapshot 9"]);
});

it("joins anew with a fresh token when the server has closed the channel", async () => {
  listen();
  await settle();
  server.last.report("SUBSCRIBED");
  server.last.report("CLOSED");
  await vi.advanceTimersByTimeAsync(600);
  expect(server.joins.map((join) => join.removed)).toEqual([true, false]);
  expect(server.authorised).toBe(2);
  server.last.report("SUBSCRIBED");
  expect(states).toEqual(["live", "reconnecting", "live"]);
});

it("polls while there is no socket, and stops when there is one", async () => {
  listen();
  await settle();
  server.last.report("TIMED_OUT");
  await vi.advanceTimersByTimeAsync(4_000);
  version = 2;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(states).toEqual(["polling"]);
  expect(seen).toEqual(["snapshot 1", "snapshot 2"]);
  server.last.report("SUBSCRIBED");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(states).toEqual(["polling", "live"]);
  expect(seen).toEqual(["snapshot 1", "snapshot 2", "snapshot 2"]);
});

it("polls when even the client cannot be made, and keeps trying", async () => {
  let tries = 0;
  ends.push(
    subscribe<"analysis", Snapshot>(
      {
        channel: "analysis",
        id: "a",
        fetchSnapshot: () => Promise.resolve({ version }),
        versionOf: (snapshot) => snapshot.version,
        onSnapshot: () => seen.push("snapshot"),
        onState: (state) => states.push(state),
      },
      () => {
        tries += 1;
        return tries < 5 ? Promise.reject(new Error("offline")) : connect();
      },
    ),
  );
  await vi.advanceTimersByTimeAsync(20_000);
  server.last.report("SUBSCRIBED");
  await settle();
  expect(states).toEqual(["polling", "live"]);
  expect(seen.length).toBeGreaterThanOrEqual(4);
});

it("keeps messages back while the snapshot cannot be fetched, and says why", async () => {
  const errors: unknown[] = [];
  let fails = true;
  listen({
    fetchSnapshot: () => (fails ? Promise.reject(new Error("503")) : Promise.resolve({ version: 1 })),
    onError: (error) => errors.push(error),
  });
  await settle();
  server.last.report("SUBSCRIBED");
  server.last.send(progress(2));
  await settle();
  expect(seen).toEqual([]);
  expect(errors).toEqual([new Error("503")]);
  fails = false;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(seen).toEqual(["snapshot 1", "progress 2"]);
});

it("takes messages of a public channel as hints alone", async () => {
  version = 10;
  ends.push(
    subscribe<"campaign", Snapshot>(
      {
        channel: "campaign",
        id: "c",
        fetchSnapshot: () => Promise.resolve({ version }),
        versionOf: (snapshot) => ({ totals: snapshot.version }),
        onSnapshot: (snapshot) => seen.push(`snapshot ${snapshot.version}`),
        onMessage: () => seen.push("a message that anybody can forge"),
      },
      connect,
    ),
  );
  await settle();
  expect(server.last.private).toBe(false);
  server.last.report("SUBSCRIBED");
  await settle();
  const totals = (at: number) => ({
    type: "totals",
    version: at,
    at: "2026-11-23T10:00:00Z",
    data: { raisedMinor: 1e9 },
  });
  server.last.send(totals(9));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(seen).toEqual(["snapshot 10"]);
  // A forged version from far ahead must not hide the true ones that follow.
  server.last.send(totals(1_000_000));
  server.last.send(totals(1_000_001));
  await vi.advanceTimersByTimeAsync(1_000);
  version = 11;
  server.last.send(totals(11));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(seen).toEqual(["snapshot 10", "snapshot 10", "snapshot 11"]);
});

it("shares one channel among those who listen on a topic, until the last has gone", async () => {
  const endFirst = listen();
  await settle();
  server.last.report("SUBSCRIBED");
  await settle();
  const endSecond = listen();
  await settle();
  expect(server.joins).toHaveLength(1);
  expect(seen).toEqual(["snapshot 1", "snapshot 1"]);
  endFirst();
  server.last.send(progress(2));
  expect(seen).toEqual(["snapshot 1", "snapshot 1", "progress 2"]);
  expect(server.last.removed).toBe(false);
  endSecond();
  expect(server.last.removed).toBe(true);
  server.last.send(progress(3));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(seen).toHaveLength(3);
  expect(server.joins).toHaveLength(1);
});

it("calls nothing back after its end, whatever was under way", async () => {
  let answer: ((snapshot: Snapshot) => void) | undefined;
  let signal: AbortSignal | undefined;
  const end = listen({
    fetchSnapshot: (given) => {
      signal = given;
      return new Promise((resolve) => (answer = resolve));
    },
  });
  await settle();
  server.last.report("SUBSCRIBED");
  end();
  answer?.({ version: 1 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(signal?.aborted).toBe(true);
  expect(seen).toEqual([]);
  expect(states).toEqual(["live"]);
});

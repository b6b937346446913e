import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "../../support/supabase.ts";
import { collect, joined, KEYS, startGateway, subscribe, type TestGateway } from "./realtime-for-tests.ts";
import { eventually } from "../../support/eventually.ts";

const database = useDatabase();
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway(database.url);
});

afterAll(async () => {
  await gateway?.close();
});

describe.each(["1.0.0", "2.0.0"] as const)("public channels in protocol %s", (vsn) => {
  it("carries broadcasts to others, and to the sender only when it asks", async () => {
    const topic = `campaign:${randomUUID()}`;
    const sender = gateway.client({ vsn }).channel(topic, { config: { broadcast: { ack: true } } });
    const selfish = gateway.client({ vsn }).channel(topic, { config: { broadcast: { ack: true, self: true } } });
    const atSender = collect(sender, "totals");
    const atSelfish = collect(selfish, "totals");
    await Promise.all([joined(sender), joined(selfish)]);

    expect(await sender.send({ type: "broadcast", event: "totals", payload: { raised: 1, text: "Grüße ✓" } })).toBe(
      "ok",
    );
    expect(await selfish.send({ type: "broadcast", event: "totals", payload: { raised: 2 } })).toBe("ok");
    await eventually(() => {
      expect(atSelfish.map((message) => message["payload"])).toEqual([{ raised: 1, text: "Grüße ✓" }, { raised: 2 }]);
      expect(atSender.map((message) => message["payload"])).toEqual([{ raised: 2 }]);
    });
  });

  it("shows presence to everyone and takes it away when somebody leaves", async () => {
    const topic = `room:${randomUUID()}`;
    const watching = (key: string) => {
      const client = gateway.client({ vsn });
      const channel = client.channel(topic, { config: { presence: { key } } });
      channel.on("presence", { event: "sync" }, () => undefined);
      return { client, channel };
    };
    const ada = watching("ada");
    const bob = watching("bob");
    await joined(ada.channel);
    expect(await ada.channel.track({ typing: false })).toBe("ok");
    await joined(bob.channel);
    expect(await bob.channel.track({ typing: true })).toBe("ok");
    await eventually(() => {
      expect(ada.channel.presenceState()).toMatchObject({ ada: [{ typing: false }], bob: [{ typing: true }] });
      expect(bob.channel.presenceState()).toMatchObject({ ada: [{ typing: false }], bob: [{ typing: true }] });
    });

    expect(await ada.channel.track({ typing: true })).toBe("ok");
    await eventually(() => expect(bob.channel.presenceState()["ada"]).toMatchObject([{ typing: true }]));
    expect(await ada.channel.untrack()).toBe("ok");
    await eventually(() => expect(Object.keys(bob.channel.presenceState())).toEqual(["bob"]));

    await bob.client.disconnect();
    await eventually(() => expect(ada.channel.presenceState()).toEqual({}));
  });

  it("leaves a channel, hears nothing more and joins it again", async () => {
    const client = gateway.client({ vsn });
    const topic = `campaign:${randomUUID()}`;
    const first = client.channel(topic);
    const missed = collect(first, "totals");
    await joined(first);
    expect(await client.removeChannel(first)).toBe("ok");
    await restBroadcast([{ topic, event: "totals", payload: { n: 1 } }]);
    const second = client.channel(topic);
    const heard = collect(second, "totals");
    await joined(second);
    await restBroadcast([{ topic, event: "totals", payload: { n: 2 } }]);
    await eventually(() => expect(heard.map((message) => message["payload"])).toEqual([{ n: 2 }]));
    expect(missed).toEqual([]);
  });

  it("answers heartbeats", async () => {
    const client = gateway.client({ vsn });
    await joined(client.channel(`campaign:${randomUUID()}`));
    const beats: string[] = [];
    client.onHeartbeat((status) => beats.push(status));
    await client.sendHeartbeat();
    await eventually(() => expect(beats).toContain("ok"));
  });

  it("refuses postgres_changes and says what to use instead", async () => {
    const channel = gateway.client({ vsn }).channel(`x:${randomUUID()}`);
    channel.on("postgres_changes", { event: "*", schema: "public", table: "analyses" }, () => undefined);
    const { status, message } = await subscribe(channel);
    expect(status).toBe("CHANNEL_ERROR");
    expect(message).toContain("realtime.send");
  });
});

it("carries bytes between clients of protocol 2.0.0", async () => {
  const topic = `campaign:${randomUUID()}`;
  const sender = gateway.client().channel(topic, { config: { broadcast: { ack: true } } });
  const receiver = gateway.client().channel(topic);
  const seen = collect(receiver, "bytes");
  await Promise.all([joined(sender), joined(receiver)]);
  expect(await sender.send({ type: "broadcast", event: "bytes", payload: new Uint8Array([0, 255, 7]).buffer })).toBe(
    "ok",
  );
  await eventually(() =>
    expect(new Uint8Array(seen[0]?.["payload"] as ArrayBuffer)).toEqual(new Uint8Array([0, 255, 7])),
  );
});

describe("REST broadcasts", () => {
  it("come from the client's own httpSend", async () => {
    const topic = `campaign:${randomUUID()}`;
    const receiver = gateway.client().channel(topic);
    const seen = collect(receiver, "totals");
    await joined(receiver);
    await expect(gateway.client().channel(topic).httpSend("totals", { raised: 5 })).resolves.toEqual({ success: true });
    await eventually(() => expect(seen.map((message) => message["payload"])).toEqual([{ raised: 5 }]));
  });

  it.each([
    ["no key", {}, [{ topic: "t", event: "e", payload: {} }], 401],
    ["a wrong key", { apikey: "sb_publishable_wrong" }, [{ topic: "t", event: "e", payload: {} }], 401],
    [
      "a forged token",
      { apikey: KEYS.publishableKey, authorization: "Bearer a.b.c" },
      [{ topic: "t", event: "e", payload: {} }],
      401,
    ],
    ["no messages", { apikey: KEYS.publishableKey }, [], 422],
    ["a message without a topic", { apikey: KEYS.publishableKey }, [{ event: "e", payload: {} }], 422],
    ["too much", { apikey: KEYS.publishableKey }, [{ topic: "t", event: "e", payload: "x".repeat(300_000) }], 422],
    [
      "far too much",
      { apikey: KEYS.publishableKey },
      [{ topic: "t", event: "e", payload: "x".repeat(2_000_000) }],
      413,
    ],
    [
      "a private topic without a right to it",
      { apikey: KEYS.publishableKey },
      [{ topic: "user:1", event: "e", payload: {}, private: true }],
      403,
    ],
  ])("refuses %s", async (_case, headers, messages, status) => {
    const response = await fetch(`${gateway.httpUrl}/realtime/v1/api/broadcast`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ messages }),
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toHaveProperty("error");
  });
});

async function restBroadcast(messages: readonly object[]): Promise<void> {
  const response = await fetch(`${gateway.httpUrl}/realtime/v1/api/broadcast`, {
    method: "POST",
    headers: { apikey: KEYS.publishableKey, "content-type": "application/json" },
    body: JSON.stringify({ messages }),
  });
  expect(response.status).toBe(202);
}

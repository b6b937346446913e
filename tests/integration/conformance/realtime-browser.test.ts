import { randomUUID } from "node:crypto";
import { createClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, expect, it } from "vitest";
import { subscribe, type LiveState } from "@/lib/platform/realtime/browser";
import type { RealtimeConnection } from "@/lib/platform/realtime/shared-channel";
import { useDatabase } from "../../support/supabase.ts";
import { addAnalysis, KEYS, signToken, startGateway, type TestGateway } from "./realtime-for-tests.ts";
import { eventually } from "../../support/eventually.ts";

const database = useDatabase();
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway(database.url);
});
afterAll(async () => {
  await gateway?.close();
});

/** As private.notify and private.emit_analysis send it. */
const emit = (topic: string, version: number) =>
  database.sql`select realtime.send(${database.sql.json({ type: "progress", version, at: new Date().toISOString(), data: { phase: "scan", progress: version } })}, 'progress', ${topic}, true)`;

function watch(analysis: string, token: () => string) {
  const seen: string[] = [];
  const states: LiveState[] = [];
  const now = { version: 0 };
  const client = createClient(gateway.httpUrl, KEYS.publishableKey, {
    accessToken: () => Promise.resolve(token()),
    realtime: { reconnectAfterMs: () => 100 },
  });
  const end = subscribe<"analysis", { version: number }>(
    {
      channel: "analysis",
      id: analysis,
      fetchSnapshot: () => Promise.resolve({ ...now }),
      versionOf: (snapshot) => snapshot.version,
      onSnapshot: (snapshot) => seen.push(`snapshot ${snapshot.version}`),
      onMessage: (message) => seen.push(`${message.type} ${message.version}`),
      onState: (state) => states.push(state),
    },
    () => Promise.resolve(client as unknown as RealtimeConnection),
  );
  return {
    seen,
    states,
    now,
    end: async () => {
      end();
      await client.removeAllChannels();
    },
  };
}

async function myAnalysis(): Promise<{ me: string; analysis: string }> {
  const me = randomUUID();
  return { me, analysis: await addAnalysis(database.sql, me) };
}

it("shows the snapshot and then the database's messages, each newer one once", async () => {
  const { me, analysis } = await myAnalysis();
  const page = watch(analysis, () => signToken({ sub: me }));
  await eventually(() => expect(page.seen).toEqual(["snapshot 0"]));
  for (const version of [1, 2, 2, 1, 3]) await emit(`analysis:${analysis}`, version);
  await eventually(() => expect(page.seen).toEqual(["snapshot 0", "progress 1", "progress 2", "progress 3"]));
  expect(page.states).toEqual(["live"]);
  await page.end();
});

it("comes back after the gateway was away, with what was missed in its snapshot", async () => {
  const { me, analysis } = await myAnalysis();
  const page = watch(analysis, () => signToken({ sub: me }));
  await eventually(() => expect(page.states).toEqual(["live"]));
  const port = Number(new URL(gateway.httpUrl).port);
  await gateway.close();
  await eventually(() => expect(page.states).toEqual(["live", "reconnecting"]));
  await emit(`analysis:${analysis}`, 1);
  page.now.version = 1;
  gateway = await startGateway(database.url, port);
  await eventually(() => expect(page.states).toEqual(["live", "reconnecting", "live"]));
  await emit(`analysis:${analysis}`, 2);
  await eventually(() => expect(page.seen).toEqual(["snapshot 0", "snapshot 1", "progress 2"]));
  await page.end();
});

it("rejoins with the refreshed session when its token has run out", async () => {
  const { me, analysis } = await myAnalysis();
  let life = 4;
  const page = watch(analysis, () => signToken({ sub: me, expiresIn: life }));
  await eventually(() => expect(page.states).toEqual(["live"]));
  life = 60;
  await eventually(() => expect(page.states).toEqual(["live", "reconnecting", "live"]));
  await emit(`analysis:${analysis}`, 1);
  await eventually(() => expect(page.seen.at(-1)).toBe("progress 1"));
  await page.end();
});

it("polls where the policies refuse the channel, and shows nothing that was sent on it", async () => {
  const { analysis } = await myAnalysis();
  const page = watch(analysis, () => signToken({}));
  await eventually(() => expect(page.states).toEqual(["polling"]));
  await emit(`analysis:${analysis}`, 1);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(page.seen).toEqual(["snapshot 0"]);
  await page.end();
});

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "inngest/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inngest as client } from "@/inngest/client";
import { watchSessions } from "@/inngest/learning/watch-session";
import { endOverdueSessions } from "@/lib/learning/session/watch-session";
import { startSession } from "@/lib/learning/session/start-session";
import { touchSession } from "@/lib/learning/session/store";
import { serverEnv } from "@/lib/env/server";
import { drainOutbox } from "@/lib/platform/outbox/outbox";
import { startInngest } from "../../../devstack/inngest/server.ts";
import type { RunningService } from "../../../devstack/service.ts";
import { eventually } from "../../support/eventually.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase } from "../../support/supabase.ts";

const KEYS = { eventKey: "test", signingKey: `signkey-test-${"0".repeat(32)}` };
const supabase = useSupabase();
useProductEnv({ supabase });
const state: { executor?: RunningService; app?: Server } = {};

beforeAll(async () => {
  // More checks than any test needs: what decides is how old the rows say that the session is.
  const functions = [watchSessions(Array.from({ length: 200 }, () => "1s"))];
  state.app = createServer(serve({ client, functions, servePath: "/api/inngest" }));
  await new Promise<void>((resolve) => state.app?.listen(0, "127.0.0.1", resolve));
  const { port } = state.app.address() as AddressInfo;
  state.executor = await startInngest({
    port: 0,
    databaseUrl: supabase.databaseUrl,
    ...KEYS,
    apps: [`http://127.0.0.1:${port}/api/inngest`],
    backoff: () => 200,
    log: () => undefined,
  });
  process.env["INNGEST_BASE_URL"] = state.executor.url;
  Object.assign(serverEnv(), { INNGEST_BASE_URL: state.executor.url });
  await eventually(async () => {
    expect((await fetch(`${state.executor?.url}/v0/apps/sync`, { method: "POST" })).status).toBe(200);
  });
});
afterAll(async () => {
  await state.executor?.close();
  state.app?.closeAllConnections();
  state.app?.close();
});

async function watched() {
  const user = await supabase.asUser();
  const { session } = await startSession(user.id, { topic: "promises" }, null);
  const { id } = session;
  await drainOutbox();
  /** As if so much time had gone by. */
  const wait = (silent: string, whole: string) =>
    supabase.sql`
      update public.learning_sessions
      set seen_at = seen_at - ${silent}::interval, started_at = started_at - ${whole}::interval where id = ${id}`;
  const status = async () =>
    (await supabase.sql<{ status: string }[]>`select status from public.learning_sessions where id = ${id}`)[0]?.status;
  const told = async () =>
    (
      await supabase.sql<{ type: string }[]>`
        select payload ->> 'type' as type from realtime.messages where topic = ${`session:${id}`}
        order by (payload ->> 'version')::bigint`
    ).map(({ type }) => type);
  return { user, id, wait, status, told };
}

describe("a session that is watched", () => {
  test("is told of its silence once, wakes up, and is ended after its hour with a summary", async () => {
    const { user, id, wait, status, told } = await watched();
    await wait("6 minutes", "6 minutes");
    await eventually(async () => expect(await told()).toEqual(["session:inactive"]));
    await touchSession(user.id, id);
    await wait("6 minutes", "6 minutes");
    await eventually(async () => expect(await told()).toEqual(["session:inactive", "session:inactive"]));
    await wait("0 minutes", "49 minutes");
    await eventually(async () => expect(await status()).toBe("expired"));
    expect(await told()).toEqual(["session:inactive", "session:inactive", "session:completed"]);
    const [row] = await supabase.sql<{ summary: { answered: number } }[]>`
      select summary from public.learning_sessions where id = ${id}`;
    expect(row?.summary).toMatchObject({ answered: 0, concepts: [] });
  });

  test("that somebody is in is left alone", async () => {
    const { wait, status, told } = await watched();
    const other = await watched();
    await wait("4 minutes", "30 minutes");
    await other.wait("6 minutes", "6 minutes");
    // Once the other was told, this one has been looked at as well.
    await eventually(async () => expect(await other.told()).toEqual(["session:inactive"]));
    expect([await status(), await told()]).toEqual(["active", []]);
  });
});

test("what nobody watched is ended all the same, and nothing else is", async () => {
  const [late, early] = [await watched(), await watched()];
  await supabase.sql`
    update public.learning_sessions set started_at = started_at - interval '2 hours' where id = ${late.id}`;
  await endOverdueSessions();
  await eventually(async () => expect(await late.status()).toBe("expired"));
  expect([await early.status(), await late.told()]).toEqual(["active", ["session:completed"]]);
});

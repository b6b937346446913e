import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "inngest/node";
import { afterAll, beforeAll, expect } from "vitest";
import { inngest as client } from "@/inngest/client";
import { startInngest } from "../../../devstack/inngest/server.ts";
import type { RunningService } from "../../../devstack/service.ts";
import { eventually } from "../../support/eventually.ts";
import type { Giving } from "./giving-harness.ts";

const KEYS = { eventKey: "test", signingKey: `signkey-test-${"0".repeat(32)}` };

interface Executor {
  /** A cron's moment has come: its function runs as soon as the executor looks. */
  tick(functionId: string): Promise<void>;
  /** Runs of a function that have ended so far, with what they answered, oldest first. */
  answersOf(functionId: string): Promise<unknown[]>;
}

/** The workflow executor with these functions on it, told of the product's events by its outbox. */
export function useExecutor(giving: Giving, functions: Parameters<typeof serve>[0]["functions"]): Executor {
  const state: { executor?: RunningService; app?: Server } = {};
  beforeAll(async () => {
    state.app = createServer(serve({ client, functions, servePath: "/api/inngest" }));
    await new Promise<void>((resolve) => state.app?.listen(0, "127.0.0.1", resolve));
    const { port } = state.app.address() as AddressInfo;
    state.executor = await startInngest({
      port: 0,
      databaseUrl: giving.supabase.databaseUrl,
      ...KEYS,
      apps: [`http://127.0.0.1:${port}/api/inngest`],
      backoff: () => 200,
      log: () => undefined,
    });
    process.env["INNGEST_BASE_URL"] = state.executor.url;
    const { serverEnv } = await import("@/lib/env/server");
    Object.assign(serverEnv(), { INNGEST_BASE_URL: state.executor.url });
    await eventually(async () => {
      expect((await fetch(`${state.executor?.url}/v0/apps/sync`, { method: "POST" })).status).toBe(200);
    });
  });
  afterAll(async () => {
    await state.executor?.close();
    state.app?.closeAllConnections();
  });
  return {
    tick: async (functionId) => {
      const ticked = await giving.supabase.sql`
        update devstack_inngest.ticks set next_at = now() where function_id like ${`%-${functionId}`} returning 1`;
      expect(ticked, `${functionId} has a cron`).toHaveLength(1);
      // Whatever is sent wakes it.
      const sent = await fetch(`${state.executor?.url}/e/${KEYS.eventKey}`, {
        method: "POST",
        body: JSON.stringify({ name: "test/wake", data: {} }),
      });
      expect(sent.status).toBe(200);
    },
    answersOf: async (functionId) => {
      const runs = await giving.supabase.sql<{ output: unknown }[]>`
        select output from devstack_inngest.runs
        where function_id like ${`%-${functionId}`} and status = 'completed' order by ended_at`;
      return runs.map(({ output }) => output);
    },
  };
}

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "inngest/node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { inngest as client } from "@/inngest/client";
import { gradeOpenCriteriaFunction } from "@/inngest/learning/grade-open-criteria";
import { serverEnv } from "@/lib/env/server";
import { drainOutbox } from "@/lib/platform/outbox/outbox";
import { startInngest } from "../../../devstack/inngest/server.ts";
import type { RunningService } from "../../../devstack/service.ts";
import { eventually } from "../../support/eventually.ts";
import { useModels } from "../../support/models.ts";
import { useSupabase } from "../../support/supabase.ts";
import { QUOTE, RIGHT, useOpenAnswers } from "./open-answers.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const KEYS = { eventKey: "test", signingKey: `signkey-test-${"0".repeat(32)}` };
const supabase = useSupabase();
const models = await useModels(supabase);
const { answered, says, kept, notices, settledMessages } = useOpenAnswers(supabase, models);
const state: { executor?: RunningService; app?: Server } = {};

beforeAll(async () => {
  state.app = createServer(serve({ client, functions: [gradeOpenCriteriaFunction], servePath: "/api/inngest" }));
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

/** The same event once more, as a relay that lost an acknowledgement would send it. */
const sendAgain = async (id: string) => {
  await supabase.sql`
      insert into private.outbox (aggregate_type, aggregate_id, name, data)
      select aggregate_type, aggregate_id, name, data from private.outbox
      where data ->> 'responseId' = ${id} and name = 'learning/response.graded' limit 1`;
  await drainOutbox();
};

test("the workflow grades after the reply, once for the same event twice", async () => {
  const { learner, session, id } = await answered();
  says(true, [QUOTE]);
  await drainOutbox();
  await eventually(async () => expect((await kept(id)).standing).toBe("final"));
  await sendAgain(id);
  const second = await answered(RIGHT, { user: learner });
  await drainOutbox();
  // The second answer's own run comes after that of the event sent again.
  await eventually(async () => expect((await kept(second.id)).standing).toBe("final"));
  expect(await settledMessages(session)).toHaveLength(1);
  expect(await notices(learner)).toHaveLength(2);
  // The same words to the same question are not paid for twice.
  expect((await models.calls(learner)).map(({ status }) => status)).toEqual(["answered", "cached"]);
});

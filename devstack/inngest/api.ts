/**
 * The executor's HTTP faces, all JSON.
 *
 * For the SDK, as Inngest's own server offers them:
 *   POST /e/:key                          events, one or an array → {ids, status}
 *   POST /fn/register                     a serve endpoint registers its functions (bearer: hashed signing key)
 *   POST /v1/checkpoint/:runId/async      steps of a request that is still under way; 409 when that dispatch is stale
 *   GET  /v0/runs/:runId/actions, /batch  steps and events of a run too large for a request
 *
 * For scripts and people, from this machine:
 *   GET  /v0/health                       {ok, functions, runs: {queued, running}}
 *   GET  /v0/functions                    registered functions
 *   GET  /v0/runs?status=&function=&event=&before=&limit=   newest first; `event` is either id of an event
 *   GET  /v0/runs/:runId                  run, its steps and failed attempts
 *   POST /v0/runs/:runId/replay           → 201 {id}: the same events again
 *   POST /v0/runs/:runId/cancel           → 200, or 409 when it had ended
 *   GET  /v0/events?name=&before=&limit=  newest first
 *   GET  /v0/apps, POST /v0/apps/sync     the listed apps and how their last sync went; sync them now
 */
import { Hono, type Context } from "hono";
import { z } from "zod";
import { memoise, readRunState } from "./dispatch.ts";
import { ingest } from "./events.ts";
import { seededEventId, ulid } from "./ids.ts";
import { checkpointSchema, incomingEventSchema, registrationSchema } from "./protocol.ts";
import { countRuns, eventQuerySchema, listEvents, listRuns, readRun, replayRun, runQuerySchema } from "./queries.ts";
import { RegistrationRefused, type Registry } from "./registry.ts";
import { transact, type Sql } from "./database.ts";
import { equalText, hashedSigningKey } from "./signing.ts";
import type { AppSync } from "./sync.ts";
import { cancelRun } from "./timers.ts";
import { checkpoint } from "./transitions.ts";

export interface ApiOptions {
  readonly sql: Sql;
  readonly registry: Registry;
  readonly sync: AppSync;
  readonly eventKey: string;
  readonly signingKey: string;
  /** Work may be due. */
  readonly wake: () => void;
  readonly log: (line: string) => void;
}

const MOST_EVENTS = 5_000;
const LARGEST_BODY = 16 * 1024 * 1024;

/** The JSON body, or the refusal to answer with. */
async function readJson(c: Context): Promise<{ value: unknown } | { refusal: Response }> {
  const text = await c.req.text();
  if (text.length > LARGEST_BODY)
    return { refusal: c.json({ error: `The body is larger than ${LARGEST_BODY} bytes.`, status: 413 }, 413) };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { refusal: c.json({ error: "The body is not JSON.", status: 400 }, 400) };
  }
}

export function apiRoutes(o: ApiOptions): Hono {
  const app = new Hono();
  const bearer = `Bearer ${hashedSigningKey(o.signingKey)}`;
  const fromSdk = (c: Context): boolean => equalText(c.req.header("authorization") ?? "", bearer);
  const unauthorized = (c: Context) =>
    c.json(
      { status: 401, error: "The signing key is not this executor's. Set the same INNGEST_SIGNING_KEY on both sides." },
      401,
    );

  app.post("/e/:key", async (c) => {
    if (!equalText(c.req.param("key"), o.eventKey)) {
      return c.json(
        { ids: [], status: 401, error: "The event key is not this executor's. Check INNGEST_EVENT_KEY." },
        401,
      );
    }
    const body = await readJson(c);
    if ("refusal" in body) return body.refusal;
    const events = z
      .array(incomingEventSchema)
      .min(1)
      .max(MOST_EVENTS)
      .safeParse(Array.isArray(body.value) ? body.value : [body.value]);
    if (!events.success)
      return c.json(
        { ids: [], status: 400, error: `The events cannot be read: ${z.prettifyError(events.error)}` },
        400,
      );
    const seed = c.req.header("x-inngest-event-id-seed");
    const arriving = events.data.map((event, index) => ({ internalId: seededEventId(seed, index) ?? ulid(), event }));
    const ids = await transact(o.sql, (tx) => ingest(tx, o.registry, arriving));
    o.wake();
    return c.json({ ids, status: 200 });
  });

  app.post("/fn/register", async (c) => {
    if (!fromSdk(c)) return unauthorized(c);
    const body = await readJson(c);
    if ("refusal" in body) return body.refusal;
    const registration = registrationSchema.safeParse(body.value);
    if (!registration.success)
      return c.json(
        { status: 400, error: `The registration cannot be read: ${z.prettifyError(registration.error)}` },
        400,
      );
    try {
      const { appId, modified } = await o.registry.register(registration.data);
      o.log(`app "${appId}" registered ${registration.data.functions.length} functions from ${registration.data.url}`);
      o.wake();
      return c.json({ status: 200, ok: true, modified });
    } catch (error) {
      if (!(error instanceof RegistrationRefused)) throw error;
      o.log(`registration refused: ${error.message}`);
      return c.json({ status: 400, error: error.message }, 400);
    }
  });

  app.post("/v1/checkpoint/:runId/async", async (c) => {
    if (!fromSdk(c)) return unauthorized(c);
    const body = await readJson(c);
    if ("refusal" in body) return body.refusal;
    const parsed = checkpointSchema.safeParse(body.value);
    if (!parsed.success) return c.json({ status: 400, error: z.prettifyError(parsed.error) }, 400);
    const result = await checkpoint(o.sql, o.registry, c.req.param("runId"), parsed.data.qi_id, parsed.data.steps);
    if (result === "stale") return c.json({ status: 409, error: "This dispatch is no longer the run's; stop." }, 409);
    return c.json({ status: 200 });
  });

  app.get("/v0/runs/:runId/actions", async (c) => {
    if (!fromSdk(c)) return unauthorized(c);
    const state = await readRunState(o.sql, c.req.param("runId"));
    return state ? c.json(memoise(state.steps)) : c.json({ status: 404, error: "There is no such run." }, 404);
  });

  app.get("/v0/runs/:runId/batch", async (c) => {
    if (!fromSdk(c)) return unauthorized(c);
    const state = await readRunState(o.sql, c.req.param("runId"));
    return state ? c.json(state.events ?? []) : c.json({ status: 404, error: "There is no such run." }, 404);
  });

  for (const [path, feature] of [
    ["/v1/signals", "step.sendSignal"],
    ["/v1/realtime/*", "Inngest Realtime (use Supabase Realtime)"],
    ["/v1/checkpoint", "durable endpoints"],
  ] as const) {
    app.all(path, (c) =>
      c.json({ status: 501, error: `${feature} is not supported by the embedded Inngest executor.` }, 501),
    );
  }

  app.get("/v0/health", async (c) =>
    c.json({ ok: true, functions: o.registry.all().length, runs: await countRuns(o.sql) }),
  );
  app.get("/v0/functions", (c) => c.json({ items: o.registry.all() }));
  app.get("/v0/apps", async (c) => c.json({ items: await o.registry.apps(), listed: o.sync.all() }));
  app.post("/v0/apps/sync", async (c) => {
    const listed = await o.sync.now();
    return c.json({ listed }, listed.every((each) => each.ok) ? 200 : 502);
  });

  app.get("/v0/runs", async (c) => {
    const query = runQuerySchema.safeParse(c.req.query());
    return query.success
      ? c.json(await listRuns(o.sql, query.data))
      : c.json({ status: 400, error: z.prettifyError(query.error) }, 400);
  });
  app.get("/v0/runs/:runId", async (c) => {
    const run = await readRun(o.sql, c.req.param("runId"));
    return run ? c.json(run) : c.json({ status: 404, error: "There is no such run." }, 404);
  });
  app.post("/v0/runs/:runId/replay", async (c) => {
    const result = await replayRun(o.sql, o.registry, c.req.param("runId"));
    o.wake();
    return "id" in result ? c.json(result, 201) : c.json({ status: 409, error: result.refused }, 409);
  });
  app.post("/v0/runs/:runId/cancel", async (c) => {
    const done = await cancelRun(o.sql, o.registry, c.req.param("runId"));
    return done ? c.json({ status: 200 }) : c.json({ status: 409, error: "There is no such run under way." }, 409);
  });
  app.get("/v0/events", async (c) => {
    const query = eventQuerySchema.safeParse(c.req.query());
    return query.success
      ? c.json(await listEvents(o.sql, query.data))
      : c.json({ status: 400, error: z.prettifyError(query.error) }, 400);
  });
  return app;
}

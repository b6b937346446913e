import { Hono, type Context } from "hono";
import { z } from "zod";
import type { ApiOptions } from "../api.ts";
import { ingest } from "../events.ts";
import { ulid } from "../ids.ts";
import { incomingEventSchema } from "../protocol.ts";
import { eventQuerySchema, listEvents, listRuns, readRun, replayRun, runQuerySchema } from "../queries.ts";
import { transact } from "../database.ts";
import { cancelRun } from "../timers.ts";
import { html } from "hono/html";
import { layout, type Html } from "./layout.ts";
import { eventsPage, functionsPage } from "./listings.ts";
import { runPage, runsPage } from "./runs.ts";

const HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

/** The runs page and its sisters: server-rendered, forms alone. */
export function pageRoutes(o: ApiOptions): Hono {
  const app = new Hono();
  const show = (c: Context, title: string, at: string, body: Html | Promise<Html>, code: 200 | 400 | 404 | 409 = 200) =>
    c.html(layout(title, at, body), code, HEADERS);
  const missing = (c: Context, why: string, code: 400 | 404 | 409) =>
    show(
      c,
      "Not possible",
      "",
      html`<h1>That is not possible</h1>
        <p>${why}</p>`,
      code,
    );

  app.get("/", async (c) => {
    const query = runQuerySchema.safeParse(c.req.query());
    if (!query.success) return missing(c, z.prettifyError(query.error), 400);
    const { status, function: fn, event } = query.data;
    const filter = { ...(status ? { status } : {}), ...(fn ? { function: fn } : {}), ...(event ? { event } : {}) };
    return show(
      c,
      "Runs",
      "/",
      runsPage(
        await listRuns(o.sql, query.data),
        filter,
        o.registry.all().map((each) => each.id),
      ),
    );
  });

  app.get("/runs/:runId", async (c) => {
    const run = await readRun(o.sql, c.req.param("runId"));
    return run
      ? show(c, run.functionId, "/runs", runPage(run))
      : missing(c, "There is no such run. It may have been pruned.", 404);
  });
  app.post("/runs/:runId/replay", async (c) => {
    const result = await replayRun(o.sql, o.registry, c.req.param("runId"));
    o.wake();
    return "id" in result ? c.redirect(`/runs/${result.id}`, 303) : missing(c, result.refused, 409);
  });
  app.post("/runs/:runId/cancel", async (c) => {
    const done = await cancelRun(o.sql, o.registry, c.req.param("runId"));
    return done ? c.redirect(`/runs/${c.req.param("runId")}`, 303) : missing(c, "The run has already ended.", 409);
  });

  app.get("/functions", async (c) =>
    show(c, "Functions", "/functions", functionsPage(o.registry.all(), await o.registry.apps(), o.sync.all())),
  );
  app.post("/functions/sync", async (c) => {
    await o.sync.now();
    return c.redirect("/functions", 303);
  });

  const names = (): string[] => [
    ...new Set(o.registry.all().flatMap((fn) => fn.eventTriggers.map((trigger) => trigger.event))),
  ];
  const draft = (): string => JSON.stringify({ name: names()[0] ?? "some/event", data: {} }, null, 2);
  app.get("/events", async (c) => {
    const query = eventQuerySchema.safeParse(c.req.query());
    if (!query.success) return missing(c, z.prettifyError(query.error), 400);
    return show(c, "Events", "/events", eventsPage(await listEvents(o.sql, query.data), names(), draft(), null));
  });
  app.post("/events", async (c) => {
    const form = await c.req.parseBody();
    const text = typeof form["event"] === "string" ? form["event"] : "";
    const event = readEvent(text);
    if (typeof event === "string") {
      return show(
        c,
        "Events",
        "/events",
        eventsPage(await listEvents(o.sql, eventQuerySchema.parse({})), names(), text, event),
        400,
      );
    }
    const [id] = await transact(o.sql, (tx) => ingest(tx, o.registry, [{ internalId: ulid(), event }]));
    o.wake();
    return c.redirect(`/?event=${encodeURIComponent(id ?? "")}`, 303);
  });
  return app;
}

/** @returns the event, or why the text is none */
function readEvent(text: string): z.output<typeof incomingEventSchema> | string {
  try {
    const parsed = incomingEventSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : `The event was not sent: ${z.prettifyError(parsed.error)}`;
  } catch (error) {
    return `The event was not sent, because it is no JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}

import type { IncomingMessage, ServerResponse } from "node:http";
import { html } from "hono/html";
import { readBody } from "../../http/forward.ts";
import type { Html } from "../../inngest/pages/layout.ts";
import { control, controlProblem, type Parts } from "../control.ts";
import { ApiError } from "../errors.ts";
import { layout } from "./layout.ts";
import { clockPage, eventPage, eventsPage, faultsPage, requestsPage, webhooksPage } from "./operations.ts";
import { paymentPage, paymentsPage } from "./payments.ts";

const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

/** What stands above every page while something is out of the ordinary. */
function banner({ faults, webhooks, world }: Parts): Html | null {
  const said = [
    faults.all().length > 0 && "Faults are in force.",
    webhooks.manual && "Deliveries are held back.",
    world.clock.frozen && "The clock is held.",
  ].filter((each) => each !== false);
  return said.length === 0 ? null : html`<p class="banner" role="status">${said.join(" ")}</p>`;
}

function show(parts: Parts, response: ServerResponse, code: number, title: string, at: string, body: Html): void {
  response.writeHead(code, HEADERS);
  response.end(String(layout(title, at, body, banner(parts))));
}

/** Turns a form's fields into what the control API takes; what is empty is left out. */
function valuesOf(form: URLSearchParams): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, text] of form) {
    const [kind, key] = [name.slice(0, 2), name.slice(2)];
    if (text === "") continue;
    if (kind === "s:") values[key] = text;
    else if (kind === "b:") values[key] = text === "true";
    else if (kind === "n:") values[key] = key === "count" && text === "0" ? null : Number(text);
  }
  return values;
}

async function perform(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = new URLSearchParams((await readBody(request, 50_000)).toString("utf8"));
  const back = form.get("back") ?? "/dashboard";
  let path = `/_emulator/${form.get("control") ?? ""}`;
  let method = "POST";
  let body: unknown = valuesOf(form);
  // Forms know GET and POST alone.
  if (path.endsWith("/remove")) [method, path] = ["DELETE", path.slice(0, -"/remove".length)];
  const delivery = /^\/_emulator\/deliveries\/(\d+)\/send$/.exec(path)?.[1];
  if (delivery !== undefined) [path, body] = ["/_emulator/deliveries/send", { ids: [Number(delivery)] }];
  try {
    await control(parts, method, path, body);
    response.writeHead(303, { location: back.startsWith("/dashboard") ? back : "/dashboard" });
    response.end();
  } catch (error) {
    const problem = controlProblem(error);
    const why = (problem.body as { error: string }).error;
    show(
      parts,
      response,
      problem.status,
      "Not possible",
      "",
      html`<h1>That is not possible</h1>
        <pre>${why}</pre>
        <p><a href="${back.startsWith("/dashboard") ? back : "/dashboard"}">Back</a></p>`,
    );
  }
}

/** The dashboard: server-rendered, forms alone. @returns whether the path was one of its pages */
export async function dashboard(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const target = new URL(request.url ?? "/", "http://emulator");
  const { pathname } = target;
  if (pathname === "/") {
    response.writeHead(302, { location: "/dashboard" });
    response.end();
    return true;
  }
  if (!/^\/dashboard(?:\/|$)/.test(pathname)) return false;
  if (request.method === "POST") {
    const { origin } = request.headers;
    const foreign = origin !== undefined && origin !== `http://${request.headers.host}`;
    if (foreign) show(parts, response, 403, "Refused", "", html`<h1>Another site may not send requests here.</h1>`);
    else await perform(parts, request, response);
    return true;
  }
  const before = target.searchParams.get("before") ?? undefined;
  const [, , section = "", id = ""] = pathname.split("/");
  try {
    if (section === "") show(parts, response, 200, "Payments", "/dashboard", paymentsPage(parts.world, before));
    else if (section === "payments") show(parts, response, 200, "Payment", "/dashboard", paymentPage(parts.world, id));
    else if (section === "events" && id !== "")
      show(parts, response, 200, "Event", "/dashboard/events", eventPage(parts, id));
    else if (section === "events") show(parts, response, 200, "Events", pathname, eventsPage(parts, before));
    else if (section === "webhooks") show(parts, response, 200, "Webhooks", pathname, webhooksPage(parts));
    else if (section === "faults") show(parts, response, 200, "Faults", pathname, faultsPage(parts));
    else if (section === "clock") show(parts, response, 200, "Clock and balance", pathname, clockPage(parts));
    else if (section === "requests") show(parts, response, 200, "Requests", pathname, requestsPage(parts));
    else show(parts, response, 404, "Not found", "", html`<h1>There is no such page</h1>`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    show(parts, response, error.status, "Not found", "", html`<h1>${error.message}</h1>`);
  }
  return true;
}

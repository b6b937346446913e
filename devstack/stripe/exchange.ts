import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { readBody } from "../http/forward.ts";
import type { Log } from "../service.ts";
import { ApiError, type ErrorBody, invalid, serverError } from "./errors.ts";
import { render } from "./expand.ts";
import type { ApiFault, Faults } from "./faults.ts";
import { decodeForm, type Form } from "./form.ts";
import { readFields } from "./parameters.ts";
import { type KeyKind, type Route, ROUTES } from "./routes.ts";
import { API_VERSION, type World } from "./world.ts";

/** One line of the request log. */
export interface LoggedRequest {
  readonly id: string;
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly idempotencyKey: string | null;
  readonly replayed: boolean;
  readonly faults: readonly string[];
  readonly tookMs: number;
}

/** A call that was understood, and what it was answered with. */
export interface SeenCall {
  /** The endpoint, e.g. `POST /v1/payment_intents/:id/confirm`. */
  readonly endpoint: string;
  readonly values: unknown;
  readonly status: number;
  readonly body: unknown;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}
interface Keys {
  readonly secret: string;
  readonly publishable: string;
}

const DAY = 86_400_000;
const LOG_LENGTH = 500;
const LONGEST_BODY = 1024 * 1024;
const RATE_LIMITED =
  "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.";

/** The HTTP side of the API: keys, idempotency, faults, and answers in Stripe's shape. */
export class Exchange {
  readonly #world: World;
  readonly #faults: Faults;
  readonly #keys: Keys;
  readonly #log: Log;
  readonly #running = new Set<string>();
  readonly #requests: LoggedRequest[] = [];
  /** Told after each call that may have changed something. */
  onDone: () => void = () => {};
  /** Told of each call that was understood, for tests that check the emulator against Stripe's own types. */
  onCall: ((call: SeenCall) => void) | undefined;

  constructor(world: World, faults: Faults, keys: Keys, log: Log) {
    this.#world = world;
    this.#faults = faults;
    this.#keys = keys;
    this.#log = log;
  }

  /** The latest calls, newest first. */
  get requests(): readonly LoggedRequest[] {
    return this.#requests.toReversed();
  }

  forget(): void {
    this.#requests.length = 0;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const began = performance.now();
    if (request.method === "OPTIONS") return preflight(response);
    const requestId = this.#world.ids.next("req", 14);
    const target = new URL(request.url ?? "/", "http://emulator");
    const method = request.method ?? "GET";
    const header = request.headers["idempotency-key"];
    const key = method === "POST" && typeof header === "string" ? header : null;
    const struck: ApiFault[] = [];
    const note = (status: number | null, replayed = false) => {
      this.#requests.push({
        id: requestId,
        at: this.#world.clock.now(),
        method,
        path: target.pathname,
        status,
        idempotencyKey: key,
        replayed,
        faults: struck.map((fault) => fault.kind),
        tookMs: performance.now() - began,
      });
      if (this.#requests.length > LOG_LENGTH) this.#requests.shift();
    };
    const send = (answer: Answer, replayed = false) => {
      note(answer.status, replayed);
      response.writeHead(answer.status, {
        "content-type": "application/json",
        // Pages call the API with the publishable key; it is the key that says what may be done.
        "access-control-allow-origin": "*",
        "cache-control": "no-cache, no-store",
        "request-id": requestId,
        "stripe-version": API_VERSION,
        ...(key !== null && { "idempotency-key": key, "original-request": requestId }),
        ...answer.headers,
      });
      response.end(answer.body);
    };
    const lose = async (fault: ApiFault) => {
      note(null);
      if (fault.kind === "timeout")
        await Promise.race([
          sleep(fault.ms, undefined, { ref: false }),
          new Promise((gone) => response.once("close", gone)),
        ]);
      response.socket?.destroy();
    };

    try {
      const body = await readBody(request, LONGEST_BODY);
      const kind = this.#authenticate(request);
      const { route, id } = find(method, target.pathname, kind);
      const form = decodeForm(method === "GET" ? target.search.slice(1) : body.toString("utf8"));
      const fingerprint = fingerprintOf(method, target.pathname, form);
      if (key !== null && (key.length === 0 || key.length > 255))
        throw invalid("Idempotency-Key must be between 1 and 255 characters.", {});
      struck.push(...this.#faults.strikingCall(method, target.pathname));
      const late = struck.find((fault) => fault.kind !== "latency" && fault.kind !== "error" && fault.when === "after");
      const saved = key === null ? null : this.#saved(key, fingerprint);
      // A network that fails does so for a repeated call as well.
      if (saved) {
        const outcome = await this.#replay(saved, struck, requestId);
        return "kind" in outcome ? await lose(outcome) : send(outcome, true);
      }
      if (key !== null && this.#running.has(key)) throw inUse(key);
      const values = readFields(route.fields, form);
      if (key !== null) this.#running.add(key);
      try {
        for (const fault of struck) if (fault.kind === "latency") await sleep(fault.ms);
        const early = struck.find((fault) => fault.kind !== "latency" && fault.when === "before");
        if (early && early.kind !== "error") return await lose(early);
        const outcome = this.#perform({ route, id, values, kind, key, fingerprint, requestId, struck });
        this.onCall?.({
          endpoint: `${route.method} ${route.path}`,
          values,
          status: outcome.status,
          body: JSON.parse(outcome.body),
        });
        this.onDone();
        if (late) return await lose(late);
        send(outcome);
      } finally {
        if (key !== null) this.#running.delete(key);
      }
    } catch (error) {
      if (response.headersSent) throw error;
      const known = error instanceof RangeError ? invalid("Request body too large.") : error;
      if (!(known instanceof ApiError))
        this.#log(`${method} ${target.pathname} failed: ${String((known as Error).stack)}`);
      send(refusal(known instanceof ApiError ? known : serverError(), requestId, this.#world.origin));
    }
  }

  /** A saved answer, or the fault that keeps the caller from it. */
  async #replay(saved: Answer, struck: readonly ApiFault[], requestId: string): Promise<Answer | ApiFault> {
    for (const fault of struck) if (fault.kind === "latency") await sleep(fault.ms);
    const fault = struck.find((each) => each.kind !== "latency" && !(each.kind === "error" && each.saved));
    if (!fault) return saved;
    if (fault.kind !== "error") return fault;
    return fault.when === "after" ? saved : refusal(ordered(fault.status), requestId, this.#world.origin);
  }

  #authenticate(request: IncomingMessage): KeyKind {
    const header = request.headers.authorization ?? "";
    const given = header.startsWith("Basic ")
      ? (Buffer.from(header.slice(6), "base64").toString("utf8").split(":")[0] ?? "")
      : header.replace(/^Bearer /, "");
    if (given === this.#keys.secret) return "secret";
    if (given === this.#keys.publishable) return "publishable";
    throw new ApiError(401, {
      type: "invalid_request_error",
      message: given
        ? `Invalid API Key provided: ${given.slice(0, 8)}${"*".repeat(Math.max(0, given.length - 12))}${given.slice(-4)}`
        : "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    });
  }

  /** The answer that a key has already had, for a day. */
  #saved(key: string, fingerprint: string): Answer | null {
    const row = this.#world.database.first<{
      fingerprint: string;
      status: number;
      body: string;
      request_id: string;
      created_at: number;
    }>("select * from idempotency_keys where key = ?", key);
    if (!row || row.created_at <= this.#world.clock.now() - DAY) return null;
    if (row.fingerprint !== fingerprint)
      throw new ApiError(400, {
        type: "idempotency_error",
        message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
      });
    return {
      status: row.status,
      body: row.body,
      headers: {
        "idempotent-replayed": "true",
        "original-request": row.request_id,
        ...(row.status >= 500 && { "stripe-should-retry": "false" }),
      },
    };
  }

  /** Does the call and keeps its answer under its key, both or neither. */
  #perform(call: {
    route: Route;
    id: string;
    values: unknown;
    kind: KeyKind;
    key: string | null;
    fingerprint: string;
    requestId: string;
    struck: readonly ApiFault[];
  }): Answer {
    const { route, key, requestId } = call;
    const error = call.struck.find((fault) => fault.kind === "error");
    const keep = (answer: Answer): Answer => {
      if (key !== null)
        this.#world.database.run(
          "insert into idempotency_keys (key, fingerprint, status, body, request_id, created_at) values (?, ?, ?, ?, ?, ?) on conflict (key) do update set fingerprint = excluded.fingerprint, status = excluded.status, body = excluded.body, request_id = excluded.request_id, created_at = excluded.created_at",
          key,
          call.fingerprint,
          answer.status,
          answer.body,
          requestId,
          this.#world.clock.now(),
        );
      return answer;
    };
    const asOrdered = (): Answer => {
      if (error?.kind !== "error") throw new Error("No error was ordered.");
      const shown = refusal(ordered(error.status), requestId, this.#world.origin);
      const saved = error.saved || error.when === "after";
      return saved && error.status >= 500 ? { ...shown, headers: { "stripe-should-retry": "false" } } : shown;
    };
    const caller = { requestId, idempotencyKey: key };
    if (error?.kind === "error" && error.when === "before")
      return error.saved ? this.#world.as(caller, () => keep(asOrdered())) : asOrdered();
    try {
      return this.#world.as(caller, () => {
        let answer: Answer;
        try {
          const made = route.run(this.#world, { id: call.id, values: call.values as never, key: call.kind });
          const expand = (call.values as { expand?: string[] }).expand;
          answer = { status: 200, body: JSON.stringify(render(this.#world, made, expand), null, 2) };
        } catch (failure) {
          if (!(failure instanceof ApiError && failure.keepsEffects)) throw failure;
          answer = refusal(failure, requestId, this.#world.origin);
        }
        return keep(error ? asOrdered() : answer);
      });
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      // What the endpoint refused is its answer to this key as well.
      return this.#world.as(caller, () => keep(refusal(failure, requestId, this.#world.origin)));
    }
  }
}

function preflight(response: ServerResponse): void {
  response.writeHead(204, {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "authorization, content-type, idempotency-key, stripe-version",
    "access-control-max-age": "300",
  });
  response.end();
}

const inUse = (key: string): ApiError =>
  new ApiError(409, {
    type: "idempotency_error",
    code: "idempotency_key_in_use",
    message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
  });

/** The error of a status, as Stripe words it. */
const ordered = (status: number): ApiError => (status === 429 ? rateLimited() : serverError(status));

const rateLimited = (): ApiError =>
  new ApiError(429, { type: "invalid_request_error", code: "rate_limit", message: RATE_LIMITED });

function refusal(error: ApiError, requestId: string, origin: string): Answer {
  const body: ErrorBody = {
    ...error.body,
    ...(error.body.code && !error.body.doc_url
      ? { doc_url: `https://stripe.com/docs/error-codes/${error.body.code.replaceAll("_", "-")}` }
      : {}),
    request_log_url: `${origin}/dashboard/requests?id=${requestId}`,
  };
  return {
    status: error.status,
    body: JSON.stringify({ error: body }, null, 2),
    ...((error.status === 409 || error.status === 429) && { headers: { "stripe-should-retry": "true" } }),
  };
}

function find(method: string, path: string, kind: KeyKind): { route: Route; id: string } {
  for (const route of ROUTES) {
    const match = route.method === method ? route.pattern.exec(path) : null;
    if (!match) continue;
    if (kind === "publishable" && !route.publishable)
      throw new ApiError(403, {
        type: "invalid_request_error",
        code: "secret_key_required",
        message:
          "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.",
      });
    return { route, id: match[1] ?? "" };
  }
  throw new ApiError(404, {
    type: "invalid_request_error",
    message: `Unrecognized request URL (${method}: ${path}). The Stripe emulator has no such endpoint; see devstack/README.md for what it has.`,
  });
}

/** The same for the same call, however its parameters are ordered. */
function fingerprintOf(method: string, path: string, form: Form): string {
  const canonical = (value: string | Form): unknown =>
    typeof value === "string"
      ? value
      : Object.entries(value)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, inner]) => [name, canonical(inner)]);
  return createHash("sha256")
    .update(JSON.stringify([method, path, canonical(form)]))
    .digest("base64");
}

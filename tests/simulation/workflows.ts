import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CallFailed, Caller } from "../../devstack/inngest/call.ts";
import { readAnswer, type Outcome } from "../../devstack/inngest/dispatch.ts";
import { holds } from "../../devstack/inngest/expressions.ts";
import { momentOf } from "../../devstack/inngest/durations.ts";
import {
  asRunError,
  checkpointSchema,
  DISCOVERY_STEP,
  incomingEventSchema,
  INTERNAL_EVENTS,
  registrationSchema,
  type EventPayload,
  type ExecutionRequest,
  type MemoisedStep,
  type Operation,
  type RunError,
} from "../../devstack/inngest/protocol.ts";
import { readFunction, type RegisteredFunction } from "../../devstack/inngest/registration.ts";
import { canonicalJson, sign, type Json } from "../../devstack/inngest/signing.ts";
import { seeded } from "./random.ts";
import { trace } from "./trace.ts";

export const EVENT_KEY = "simulation";
export const SIGNING_KEY = `signkey-simulation-${"5".repeat(32)}`;
const DAY = 86_400_000;

interface Run {
  readonly id: string;
  readonly fn: RegisteredFunction;
  readonly event: EventPayload;
  readonly steps: Map<string, MemoisedStep>;
  attempt: number;
  /** Not before this moment of virtual time. */
  dueAt: number;
  busy: boolean;
  /** Steps that the function has asked to have run by themselves. */
  planned: string[];
  /** The request that is under way; only that one may report what it has done. */
  dispatch: string | null;
}

/**
 * Inngest as far as the functions of giving use it, with its queue in the schedule's hand: nothing runs until a step of the
 * schedule says so, in the order that it says. It speaks the SDK's protocol over HTTP, signs, keeps what steps answered, tries again
 * what failed, and drops a second event of an id for 24 hours. The executor of the embedded stack does the same by itself and by
 * real time, which no schedule could repeat. Concurrency limits are not kept: more at once than Inngest would allow is harder.
 */
export class Workflows {
  readonly #caller = new Caller();
  readonly #now: () => number;
  #server: Server | undefined;
  #functions: readonly RegisteredFunction[] = [];
  #runs: Run[] = [];
  readonly #known = new Map<string, number>();
  #refusals = 0;
  #refusesBefore = true;
  /** Runs whose last try failed: what production would show as failed. */
  readonly failed: { readonly functionId: string; readonly message: string }[] = [];

  /** @param now virtual time */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @returns the address that INNGEST_BASE_URL gets */
  async listen(): Promise<string> {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        try {
          const [, checkpointed] = /^\/v1\/checkpoint\/([^/]+)\/async$/.exec(request.url ?? "") ?? [];
          if (checkpointed !== undefined)
            return void response
              .writeHead(this.#checkpoint(checkpointed, Buffer.concat(chunks).toString()), {
                "content-type": "application/json",
              })
              .end("{}");
          const refused = this.#refusals > 0;
          if (refused) this.#refusals -= 1;
          if (refused && this.#refusesBefore) return void response.writeHead(500).end();
          const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
          const ids = (Array.isArray(body) ? body : [body]).map((event) => this.#take(event));
          if (refused) return void response.writeHead(500).end();
          response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ ids, status: 200 }));
        } catch (error) {
          response.writeHead(400).end(JSON.stringify({ error: String(error) }));
        }
      });
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Steps that a request under way has done. @returns 409 when that request is not the run's any more */
  #checkpoint(runId: string, body: string): 200 | 409 {
    const { qi_id: dispatch, steps } = checkpointSchema.parse(JSON.parse(body));
    const run = this.#runs.find(({ id }) => id === runId);
    if (!run || run.dispatch !== dispatch) return 409;
    for (const step of steps) this.#record(run, step);
    return 200;
  }

  /** Answers the next so many posts with 500: before their events were taken, or after. */
  refuse(count: number, when: "after" | "before"): void {
    this.#refusals = count;
    this.#refusesBefore = when === "before";
  }

  /** Asks the application which functions it has. @throws Error when it does not say */
  async sync(appUrl: string): Promise<void> {
    const url = `${appUrl}/api/inngest`;
    const body = canonicalJson({ url });
    const answer = await this.#caller.send("PUT", url, this.#headers(body, { "x-inngest-sync-kind": "in_band" }), body);
    if (answer.status !== 200)
      throw new Error(`The application did not register its workflows: ${answer.status} ${answer.body}`);
    const { functions, app_id: app = "devmentor" } = registrationSchema.parse(JSON.parse(answer.body));
    this.#functions = functions.map((each) => {
      const read = readFunction(app, each);
      if ("problems" in read) throw new Error(read.problems.join("\n"));
      return read.function;
    });
  }

  #headers(body: string, further: Readonly<Record<string, string>>): Record<string, string> {
    return {
      "x-inngest-signature": sign(body, SIGNING_KEY, this.#now()),
      "x-inngest-server-kind": "cloud",
      ...further,
    };
  }

  #take(posted: unknown): string {
    const { id = randomUUID(), name, data, ts, ...rest } = incomingEventSchema.parse(posted);
    const now = this.#now();
    if ((this.#known.get(id) ?? -Infinity) > now - DAY) return id;
    this.#known.set(id, now);
    const event: EventPayload = { ...rest, id, name, data: data ?? {}, ts: ts ?? now };
    for (const fn of this.#functions)
      if (fn.eventTriggers.some((each) => each.event === name && holds(each.condition, ["event"], { event })))
        this.#begin(fn, event);
    return id;
  }

  #begin(fn: RegisteredFunction, event: EventPayload): Run {
    const run: Run = {
      id: randomUUID(),
      fn,
      event,
      steps: new Map(),
      attempt: 0,
      dueAt: 0,
      busy: false,
      planned: [],
      dispatch: null,
    };
    this.#runs.push(run);
    return run;
  }

  /** How many runs wait that could go on now, and when the next one can. */
  get waiting(): { due: number; next: number | null } {
    const now = this.#now();
    const later = this.#runs.filter(({ dueAt }) => dueAt > now).map(({ dueAt }) => dueAt);
    return { due: this.#runs.length - later.length, next: later.length > 0 ? Math.min(...later) : null };
  }

  /** A cron comes due: `times` runs of the function begin and go to their ends, at once. */
  async tick(functionId: string, times: number, appUrl: string): Promise<void> {
    const fn = this.#functions.find(({ id }) => id.endsWith(`-${functionId}`));
    if (!fn) throw new Error(`The application has no workflow ${functionId}.`);
    const event: EventPayload = { id: randomUUID(), name: "inngest/scheduled.timer", data: {}, ts: this.#now() };
    const runs = Array.from({ length: times }, () => this.#begin(fn, event));
    await Promise.all(
      runs.map(async (run) => {
        for (let request = 0; request < 20 && this.#runs.includes(run) && run.attempt === 0; request += 1)
          await this.#request(run, appUrl);
        // The next minute brings the next one.
        this.#end(run);
      }),
    );
  }

  /** Makes up to `requests` requests of runs that wait, `abreast` at once, in an order by chance. @returns how many it made */
  async work(requests: number, abreast: number, order: number, appUrl: string): Promise<number> {
    const random = seeded(order);
    let made = 0;
    const next = (): Run | undefined => {
      const due = this.#runs.filter((run) => !run.busy && run.dueAt <= this.#now());
      return due.length === 0 || made >= requests ? undefined : random.pick(due as [Run, ...Run[]]);
    };
    const lane = async (): Promise<void> => {
      for (let run = next(); run; run = next()) {
        made += 1;
        await this.#request(run, appUrl);
      }
    };
    await Promise.all(Array.from({ length: abreast }, lane));
    return made;
  }

  async #request(run: Run, appUrl: string): Promise<void> {
    run.busy = true;
    const began = performance.now();
    const dispatch = randomUUID();
    run.dispatch = dispatch;
    const stack = [...run.steps.keys()];
    const request: ExecutionRequest = {
      version: 2,
      event: run.event,
      events: [run.event],
      steps: Object.fromEntries(run.steps),
      ctx: {
        run_id: run.id,
        fn_id: run.fn.id,
        attempt: run.attempt,
        max_attempts: run.fn.maxAttempts,
        disable_immediate_execution: false,
        use_api: false,
        qi_id: dispatch,
        stack: { stack, current: Math.max(0, stack.length - 1) },
      },
    };
    const body = canonicalJson(request);
    const url = `${appUrl}/api/inngest?fnId=${encodeURIComponent(run.fn.id)}&stepId=${run.planned.shift() ?? DISCOVERY_STEP}`;
    try {
      const headers = this.#headers(body, { "x-run-id": run.id });
      this.#settle(run, readAnswer(await this.#caller.send("POST", url, headers, body), run.fn, SIGNING_KEY));
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      // Killed over it, or not there: whatever it had not reported happens again.
      if (error.began) this.#again(run, error.message);
      else run.dueAt = this.#now() + 1_000;
    } finally {
      run.busy = false;
      run.dispatch = null;
      trace(`   run ${run.fn.id} attempt ${run.attempt} ${(performance.now() - began).toFixed(0)} ms`);
    }
  }

  #settle(run: Run, outcome: Outcome): void {
    switch (outcome.kind) {
      case "returned":
        return this.#end(run);
      case "absent":
        run.dueAt = this.#now() + 1_000;
        return;
      case "threw":
        if (outcome.retriable) return this.#again(run, outcome.error.message);
        return this.#fail(run, outcome.error);
      case "operations":
        for (const operation of outcome.operations) this.#record(run, operation);
    }
  }

  #record(run: Run, { op, id, name, data, error }: Operation): void {
    switch (op) {
      case "StepRun":
      case "Step":
        run.attempt = 0;
        run.steps.set(id, { type: "data", data: (data ?? null) as Json });
        return;
      case "StepFailed":
        run.steps.set(id, { type: "error", error: asRunError(error, "The step failed.") });
        return;
      case "StepError":
        return this.#again(run, asRunError(error, "The step failed.").message);
      case "Sleep":
        run.steps.set(id, { type: "data", data: null });
        run.dueAt = momentOf(name ?? "", new Date(this.#now())).getTime();
        return;
      case "RunComplete":
        return this.#end(run);
      case "StepPlanned":
        run.planned.push(id);
        return;
      case "DiscoveryRequest":
        return;
      default:
        throw new Error(`The simulation's executor does not know the operation ${op} of ${run.fn.id}.`);
    }
  }

  #fail(run: Run, error: RunError): void {
    this.failed.push({ functionId: run.fn.id, message: error.message });
    this.#end(run);
    if (run.event.name !== INTERNAL_EVENTS.failed)
      this.#take({
        name: INTERNAL_EVENTS.failed,
        data: {
          function_id: run.fn.id,
          run_id: run.id,
          error: { name: error.name, message: error.message },
          event: { ...run.event },
        },
      });
  }

  #again(run: Run, message: string): void {
    run.attempt += 1;
    if (run.attempt < run.fn.maxAttempts) run.dueAt = this.#now() + 10_000 * 2 ** Math.min(run.attempt, 8);
    else this.#fail(run, { name: "Error", message });
  }

  #end(run: Run): void {
    this.#runs = this.#runs.filter((each) => each !== run);
  }

  async close(): Promise<void> {
    this.#caller.close();
    this.#server?.closeAllConnections();
    await new Promise<void>((resolve) => (this.#server ? this.#server.close(() => resolve()) : resolve()));
  }
}

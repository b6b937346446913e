import { Cron } from "croner";
import { parseDuration } from "./durations.ts";
import { compileExpression } from "./expressions.ts";
import { DISCOVERY_STEP, type FunctionConfig } from "./protocol.ts";

/** A concurrency limit as this executor applies it: at most `limit` requests at once per bucket. */
export interface ConcurrencyLimit {
  readonly limit: number;
  readonly key: string | undefined;
  /** Limits of one function count alone; shared ones count by their key over all functions. */
  readonly scope: "fn" | "env" | "account";
}

/** A function that passed `readFunction`: everything it asks for is something this executor does. */
export interface RegisteredFunction {
  readonly id: string;
  readonly name: string;
  readonly appId: string;
  /** Where to POST to; `fnId` and `stepId` are set per request. */
  readonly url: string;
  /** Tries in all: the first and each retry. */
  readonly maxAttempts: number;
  readonly eventTriggers: readonly { readonly event: string; readonly condition: string | null }[];
  readonly crons: readonly string[];
  readonly cancelOn: readonly {
    readonly event: string;
    readonly condition: string | null;
    readonly timeout: string | null;
  }[];
  readonly concurrency: readonly ConcurrencyLimit[];
  readonly batch: {
    readonly maxSize: number;
    readonly timeoutMs: number;
    readonly key: string | undefined;
    readonly condition: string | undefined;
  } | null;
  readonly idempotency: string | undefined;
}

/** What Inngest can do and this executor cannot; asking for one of these refuses the registration. */
const LACKING: Readonly<Record<string, string>> = {
  rateLimit: "rateLimit",
  throttle: "throttle",
  debounce: "debounce",
  priority: "priority",
  singleton: "singleton",
  timeouts: "timeouts",
};
const KNOWN = new Set([
  "id",
  "name",
  "triggers",
  "steps",
  "cancel",
  "concurrency",
  "batchEvents",
  "idempotency",
  ...Object.keys(LACKING),
]);

/** The time zone and the pattern of an Inngest cron such as `TZ=Europe/Paris 0 12 * * 5`. */
function parseCron(text: string): { pattern: string; timezone: string } {
  const match = /^TZ=(\S+)\s+(.+)$/.exec(text.trim());
  return match?.[1] && match[2] ? { timezone: match[1], pattern: match[2] } : { timezone: "UTC", pattern: text.trim() };
}

/**
 * The next moment a cron is due after `from`.
 * @returns null when it never is again
 * @throws Error when the pattern or time zone is not valid
 */
export function nextTick(cron: string, from: Date): Date | null {
  const { pattern, timezone } = parseCron(cron);
  return new Cron(pattern, { timezone, paused: true, mode: "5-or-6-parts" }).nextRun(from);
}

/**
 * Judges one function's configuration.
 * @returns the function, or every reason why it cannot run here, each naming the function and the feature
 */
export function readFunction(
  appId: string,
  config: FunctionConfig,
): { function: RegisteredFunction } | { problems: string[] } {
  const problems: string[] = [];
  const lack = (what: string): void => void problems.push(`Function "${config.id}": ${what}`);
  const attempt = (check: () => unknown): void => {
    try {
      check();
    } catch (error) {
      lack(error instanceof Error ? error.message : String(error));
    }
  };

  for (const [key, value] of Object.entries(config)) {
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) continue;
    if (key in LACKING) lack(`${LACKING[key]} is not supported by the embedded Inngest executor.`);
    else if (!KNOWN.has(key)) lack(`the option "${key}" is not known to the embedded Inngest executor.`);
  }

  const step = config.steps[DISCOVERY_STEP];
  if (!step || Object.keys(config.steps).length !== 1)
    lack(`exactly one entry point named "${DISCOVERY_STEP}" is supported.`);
  else if (step.runtime.type !== "http")
    lack(`the runtime "${step.runtime.type}" (connect) is not supported; serve it over HTTP.`);
  else if (!URL.canParse(step.runtime.url)) lack(`its URL "${step.runtime.url}" cannot be read.`);

  const eventTriggers: { event: string; condition: string | null }[] = [];
  const crons: string[] = [];
  for (const trigger of config.triggers) {
    if (trigger.cron !== undefined) {
      if (trigger["jitter"] !== undefined)
        lack("jitter on a cron trigger is not supported by the embedded Inngest executor.");
      attempt(() => {
        if (!nextTick(trigger.cron ?? "", new Date()))
          throw new Error(`the cron "${trigger.cron}" is never due again.`);
      });
      crons.push(trigger.cron);
    } else if (trigger.event !== undefined) {
      const condition = trigger.expression ?? null;
      if (trigger.event === "inngest/deferred.schedule")
        lack("deferred functions (createDefer) are not supported by the embedded Inngest executor.");
      if (trigger.event.slice(0, -1).includes("*"))
        lack(`the event pattern "${trigger.event}" is not supported; a * may only stand at its end.`);
      if (condition) attempt(() => compileExpression(condition, ["event"]));
      eventTriggers.push({ event: trigger.event, condition });
    } else lack(`a trigger is neither an event nor a cron: ${JSON.stringify(trigger)}.`);
  }

  const cancelOn = (config.cancel ?? []).map(({ event, if: condition, timeout }) => {
    if (condition) attempt(() => compileExpression(condition, ["event", "async"]));
    if (timeout && parseDuration(timeout) === null && Number.isNaN(Date.parse(timeout)))
      lack(`the cancelOn timeout "${timeout}" cannot be read.`);
    return { event, condition: condition ?? null, timeout: timeout ?? null };
  });

  const concurrency = limitsOf(config).map((limit) => {
    if (limit.key) attempt(() => compileExpression(limit.key ?? "", ["event"]));
    return limit;
  });

  const batch = config.batchEvents ?? null;
  const timeoutMs = batch ? parseDuration(batch.timeout) : null;
  if (batch && timeoutMs === null) lack(`the batchEvents timeout "${batch.timeout}" cannot be read.`);
  if (batch?.key) attempt(() => compileExpression(batch.key ?? "", ["event"]));
  if (batch?.if) attempt(() => compileExpression(batch.if ?? "", ["event"]));
  if (batch && config.idempotency)
    lack("batchEvents together with idempotency is not supported, as with Inngest itself.");
  if (config.idempotency) attempt(() => compileExpression(config.idempotency ?? "", ["event"]));

  if (problems.length > 0 || !step) return { problems };
  return {
    function: {
      id: config.id,
      name: config.name ?? config.id,
      appId,
      url: step.runtime.url,
      maxAttempts: (step.retries?.attempts ?? 3) + 1,
      eventTriggers,
      crons,
      cancelOn,
      concurrency,
      batch:
        batch && timeoutMs !== null ? { maxSize: batch.maxSize, timeoutMs, key: batch.key, condition: batch.if } : null,
      idempotency: config.idempotency ?? undefined,
    },
  };
}

/** A limit of 0 means "no limit", as with Inngest. */
function limitsOf(config: FunctionConfig): ConcurrencyLimit[] {
  const given = config.concurrency;
  if (given === undefined || given === null) return [];
  const list = typeof given === "number" ? [{ limit: given }] : Array.isArray(given) ? given : [given];
  return list
    .filter((each) => each.limit > 0)
    .map((each) => ({
      limit: each.limit,
      key: "key" in each ? each.key : undefined,
      scope: ("scope" in each ? each.scope : undefined) ?? "fn",
    }));
}

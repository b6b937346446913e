import { EnvError, secretsOf, serverEnv, type ServerEnv } from "@/lib/env/server";
import { breakerStates, resilience } from "@/lib/platform/resilience/resilience";
import { logConsole } from "./console-lines";
import { startErrorReports, type SentrySdk } from "./error-reports";
import { log } from "./log";
import { metrics } from "./metrics";
import { hideValues } from "./scrub";
import type { OtlpTarget } from "./span-export";
import { readOperations } from "./store";

/**
 * What must be so before a process takes work. An environment that is not complete ends the process, naming each
 * variable and what it is for.
 * @param loadSentry imports the SDK; called only when there is somewhere to send to, for it costs memory and time
 * @returns what a process calls at its end, to send what is still to be sent
 */
export async function boot(loadSentry: () => Promise<SentrySdk>): Promise<{ stop(): Promise<void> }> {
  let env: ServerEnv;
  try {
    env = serverEnv();
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
  hideValues(secretsOf(env));
  watch(env);
  if (process.env.NODE_ENV === "production") logConsole();
  return startTelemetry(env, loadSentry);
}

/** Retries, refusals, breakers, and what stands in the database, as metrics. */
function watch(env: ServerEnv): void {
  metrics().readBreakersFrom(breakerStates);
  metrics().readOperationsFrom(readOperations, env.AI_DAILY_BUDGET_MICRO_USD);
  resilience().observe({
    retrying: (policy) => metrics().retriedOutside(policy),
    rejected: (policy, because) => metrics().refusedOutside(policy, because),
  });
}

/**
 * Starts spans and error reports as far as there is somewhere to send them; without, nothing is loaded.
 * @returns ends both, with what is still to be sent
 */
async function startTelemetry(
  env: ServerEnv,
  loadSentry: () => Promise<SentrySdk>,
): Promise<{ stop(): Promise<void> }> {
  const started: { stop(): Promise<void> }[] = [];
  const { SENTRY_DSN: dsn, OTEL_EXPORTER_OTLP_ENDPOINT: collector } = env;
  if (dsn || collector) {
    const { startTracing } = await import("./start-tracing");
    started.push(startTracing(await targetsOf(env, loadSentry), env.OTEL_TRACES_SAMPLER_ARG));
  }
  const spotlight = process.env.NODE_ENV === "production" ? undefined : env.SENTRY_SPOTLIGHT;
  if (dsn || spotlight) started.push(await startErrorReports({ dsn, spotlight, sentry: await loadSentry() }));
  if (started.length > 0)
    log.info(
      { collector: Boolean(collector), sentry: Boolean(dsn), spotlight: Boolean(spotlight) },
      "telemetry leaves",
    );
  return {
    stop: async () => {
      await Promise.all(started.map((one) => one.stop()));
    },
  };
}

async function targetsOf(env: ServerEnv, loadSentry: () => Promise<SentrySdk>): Promise<OtlpTarget[]> {
  const targets: OtlpTarget[] = [];
  if (env.OTEL_EXPORTER_OTLP_ENDPOINT) {
    const url = `${env.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/+$/, "")}/v1/traces`;
    targets.push({ name: "the OTLP collector", url, headers: env.OTEL_EXPORTER_OTLP_HEADERS });
  }
  if (env.SENTRY_DSN) {
    const { getOtlpTracesEndpoint } = await loadSentry();
    const endpoint = getOtlpTracesEndpoint(env.SENTRY_DSN);
    if (endpoint) targets.push({ name: "Sentry", ...endpoint });
  }
  return targets;
}

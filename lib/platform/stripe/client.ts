import "server-only";
import { AsyncLocalStorage } from "node:async_hooks";
import { Stripe } from "stripe";
import { serverEnv } from "@/lib/env/server";
import { run } from "@/lib/platform/resilience/resilience";
import { outsideFetch } from "@/lib/platform/telemetry/outside";
import { StripeOutcomeError } from "./outcome";

/** The attempt's signal, which the SDK has no parameter for. */
const attemptSignal = new AsyncLocalStorage<AbortSignal>();

/** Names a call by what it is about, never by an id: `POST payment_intents capture`. */
function stripeOperation(method: string, { pathname }: URL): string {
  const words = pathname.split("/").slice(2);
  return [method, ...words.filter((word) => !/^[a-z]{2,8}_(?=.*\d)/i.test(word))].join(" ");
}

const observed = outsideFetch({ service: "stripe", operationOf: stripeOperation, propagate: false });

/**
 * Every failure of the connection is wrapped: the SDK would repeat a connection that broke even with its retries
 * off, and a repeated call is for the caller to decide.
 */
const send: typeof fetch = async (input, init) => {
  const own = attemptSignal.getStore();
  const signals = [init?.signal, own].filter((signal) => signal !== undefined && signal !== null);
  try {
    return await observed(input, { ...init, signal: AbortSignal.any(signals) });
  } catch (cause) {
    throw new Error("Stripe could not be reached, or its answer did not arrive", { cause });
  }
};

let client: { readonly key: string; readonly stripe: Stripe } | undefined;

function stripeClient(): Stripe {
  const { STRIPE_SECRET_KEY: key, STRIPE_API_URL: apiUrl } = serverEnv();
  if (client?.key === `${apiUrl} ${key}`) return client.stripe;
  const { protocol, hostname, port } = new URL(apiUrl);
  const stripe = new Stripe(key, {
    // One attempt is one attempt: ours are counted, delayed and given up by the resilience room.
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient(send),
    host: hostname,
    protocol: protocol === "http:" ? "http" : "https",
    ...(port === "" ? {} : { port }),
  });
  client = { key: `${apiUrl} ${key}`, stripe };
  return stripe;
}

/** Whether a webhook signed for the other world (test or live) would be a forgery to us. */
export function livemode(): boolean {
  return /^(?:sk|rk)_live_/.test(serverEnv().STRIPE_SECRET_KEY);
}

/**
 * A call that changes nothing: repeated under the policy `stripe`.
 * @param signal the caller's own, where it cannot wait as long as the policy would
 * @throws StripeOutcomeError
 */
export function readStripe<T>(call: (stripe: Stripe) => Promise<T>, signal?: AbortSignal): Promise<T> {
  return guarded(call, true, signal);
}

/**
 * A call that may change something. Of itself only what certainly never arrived, or was refused with 409 or 429, is
 * repeated: after a time-out its effect is unknown, and after an answered 5xx the same key would replay the
 * saved 5xx (see {@link StripeOutcomeError}).
 * @throws StripeOutcomeError
 */
export function writeStripe<T>(call: (stripe: Stripe) => Promise<T>, signal?: AbortSignal): Promise<T> {
  return guarded(call, false, signal);
}

async function guarded<T>(
  call: (stripe: Stripe) => Promise<T>,
  repeatable: boolean,
  signal: AbortSignal | undefined,
): Promise<T> {
  try {
    return await run(
      "stripe",
      async (context) => {
        try {
          return await attemptSignal.run(context.signal, () => call(stripeClient()));
        } catch (error) {
          throw error instanceof Stripe.errors.StripeConnectionError ? unwrapConnection(error) : error;
        }
      },
      { repeatable, ...(signal ? { signal } : {}) },
    );
  } catch (error) {
    throw StripeOutcomeError.of(error);
  }
}

/** The SDK keeps the reason as `detail`; the resilience room reads causes. */
function unwrapConnection(error: InstanceType<typeof Stripe.errors.StripeConnectionError>): Error {
  const cause: unknown = error.detail;
  return new Error(error.message, { cause });
}

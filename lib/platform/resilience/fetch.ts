import { OutsideCallError } from "./errors";
import type { PolicyName } from "./policies";
import { POLICIES } from "./policies";
import { resilience, type Resilience } from "./resilience";

/** Repeating these does nothing twice (RFC 9110, 9.2.2). */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/** An answer that the policy treats as a failure; the answer itself is kept for the client library. */
class FailedAnswer extends Error {
  override readonly name = "FailedAnswer";
  readonly response: Response;

  constructor(response: Response) {
    super(`HTTP ${response.status}`);
    this.response = response;
  }
}

export interface GuardedFetchOptions {
  /** The fetch underneath; the global one unless given. */
  readonly fetch?: typeof fetch;
  readonly guards?: Resilience;
  /** Whether every request may be repeated whatever its method; for protocols where POST only carries a read. */
  readonly repeatable?: boolean;
  /** Which answers say that the service is unwell; from 500 up unless given. */
  readonly unwell?: (status: number) => boolean;
}

/**
 * A `fetch` for a client library, under a named policy. The library keeps its own view of failures: an
 * answer that stays 5xx, 409 or 429 to the last attempt is returned to it as it came, and only what has
 * no answer throws. A POST or PATCH is repeated only with an `Idempotency-Key`, or when it certainly
 * never arrived.
 *
 * The answer's body is read under the same time limit. A request's body that is a stream can be sent once
 * only: give it `repeatable: false`.
 * @throws OutsideCallError when there is no answer: the network failed, time ran out, or the breaker is open
 */
export function guardedFetch(policy: PolicyName, options: GuardedFetchOptions = {}): typeof fetch {
  const { repeatedRefusals, timeoutMs } = POLICIES[policy];
  const unwell = options.unwell ?? ((status: number) => status >= 500);
  const refusals: readonly number[] = repeatedRefusals;
  return async (input, init) => {
    const request = input instanceof Request ? input : undefined;
    const given = init?.signal ?? request?.signal;
    const method = (init?.method ?? request?.method ?? "GET").toUpperCase();
    const keyed = new Headers(init?.headers ?? request?.headers).has("idempotency-key");
    const repeatable = options.repeatable ?? (IDEMPOTENT.has(method) || keyed);
    try {
      return await (options.guards ?? resilience()).run(
        policy,
        async ({ signal }) => {
          // The guard's signal ends with the answer's headers; the second one also ends a body that hangs.
          const both = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs), ...(given ? [given] : [])]);
          const response = await (options.fetch ?? fetch)(request?.clone() ?? input, { ...init, signal: both });
          if (unwell(response.status) || refusals.includes(response.status)) throw new FailedAnswer(response);
          return response;
        },
        { repeatable, ...(given ? { signal: given } : {}) },
      );
    } catch (error) {
      const answer = error instanceof OutsideCallError ? error.cause : error;
      if (answer instanceof FailedAnswer && !(error instanceof OutsideCallError && error.because === "circuit_open"))
        return answer.response;
      throw error;
    }
  };
}

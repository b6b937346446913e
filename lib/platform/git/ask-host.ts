import { AppError } from "@/lib/kernel/errors";
import { OutsideCallError } from "@/lib/platform/resilience/errors";
import type { CallContext } from "@/lib/platform/resilience/guard";
import { POLICIES } from "@/lib/platform/resilience/policies";
import { run } from "@/lib/platform/resilience/resilience";

/** The host did not answer; the only failure that says anything about it. */
class HostAway extends Error {
  override readonly name = "HostAway";
  readonly failure: AppError;

  constructor(failure: AppError) {
    // What git said is worth more in a log than what people are told.
    super(failure.cause instanceof Error ? failure.cause.message : failure.message, { cause: failure });
    this.failure = failure;
  }
}

/**
 * Asks a git host under the `git-clone` policy; each host has a breaker of its own, so that one that is
 * away does not keep people from another.
 * @param ask throws AppError `provider_unavailable` when the host did not answer; nothing else counts against it
 * @throws AppError `provider_unavailable` when the host was given up; anything else as `ask` threw it
 */
export async function askHost<T>(
  host: URL,
  ask: (context: CallContext) => Promise<T>,
  options: { readonly repeatable?: boolean; readonly signal?: AbortSignal | undefined } = {},
): Promise<T> {
  const outcome = await run(
    "git-clone",
    (context) =>
      ask(context).then(
        (value) => ({ value }),
        (error: unknown) => {
          if (error instanceof AppError && error.code === "provider_unavailable") throw new HostAway(error);
          return { error };
        },
      ),
    // The hosts are a closed list: those that may be cloned from.
    {
      target: host.host,
      ...(options.repeatable === undefined ? {} : { repeatable: options.repeatable }),
      ...(options.signal ? { signal: options.signal } : {}),
    },
  ).catch((error: unknown) => {
    throw givenUp(error, host);
  });
  if ("error" in outcome) throw outcome.error;
  return outcome.value;
}

function givenUp(error: unknown, host: URL): unknown {
  if (!(error instanceof OutsideCallError)) return error;
  const retryAfterSeconds = error.retryAfterSeconds ?? 30;
  const message =
    error.cause instanceof HostAway
      ? error.cause.failure.message
      : error.because === "timeout"
        ? `${host.hostname} did not hand the repository over in the ${POLICIES["git-clone"].timeoutMs / 1_000} s that one may take. Try again in a minute; a repository that is too large for it cannot be analysed.`
        : `${host.hostname} has not been answering. Try again in a minute.`;
  return new AppError("provider_unavailable", message, { cause: error, retryAfterSeconds });
}

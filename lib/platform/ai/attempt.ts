import "server-only";
import { APICallError, NoObjectGeneratedError, Output, streamText } from "ai";
import { readFailure } from "@/lib/platform/resilience/failure";
import { log } from "@/lib/platform/telemetry/log";
import { costMicro, mostMicro, type Usage } from "./budget";
import type { Provider } from "./providers";
import { reserveCall, settleCall, type Call, type Ending } from "./store";
import type { Progress, Task } from "./task";

/** With a status of 4xx the guard takes it for an answer: it is thrown as it is, and says nothing about the provider's health. */
class Settled extends Error {
  readonly status = 422;
}

/** A budget of the day does not allow the call. */
export class OverBudget extends Settled {
  override readonly name = "OverBudget";
}

/** The person does not allow a model for this. */
export class NotAllowed extends Settled {
  override readonly name = "NotAllowed";
}

/** There was an answer, and it did not hold to its checks: asking the same model again would be hoping. */
export class AnswerRefused extends Settled {
  override readonly name = "AnswerRefused";
}

/** Our own database did not answer, so nothing was asked. */
export class NotReserved extends Settled {
  override readonly name = "NotReserved";
}

/** Nothing came in the time that its caller has; a service that hangs is not well, and its breaker counts it. */
class Silent extends Error {
  override readonly name = "TimeoutError";
}

/** The stream ended before the answer did. */
class CutOff extends Error {
  override readonly name = "CutOff";
}

interface Attempt<Element, Value> {
  readonly task: Task<Element, Value>;
  readonly provider: Provider;
  readonly prompt: { readonly instructions: string; readonly prompt: string };
  readonly call: Call;
  readonly budgets: { readonly userBudget: number; readonly budget: number };
  readonly signal: AbortSignal;
  /** For the first sign of an answer. */
  readonly firstMs: number;
  readonly onProgress: ((progress: Progress<Element>) => void) | undefined;
}

interface Heard<Element> {
  readonly believed: readonly Element[];
  readonly doubts: readonly string[];
  readonly usage: Usage | undefined;
}

/**
 * One call to one provider: its cost set aside before, settled after, whatever happens between.
 * @throws OverBudget, NotAllowed, AnswerRefused, NotReserved; otherwise what the provider's failure was
 */
export async function attempt<Element, Value>(of: Attempt<Element, Value>): Promise<Value> {
  const { task, provider, prompt, call } = of;
  const most = mostMicro(provider.prices, prompt.instructions + prompt.prompt, task.maxOutputTokens);
  const reserved = await reserveCall(call, { most, ...of.budgets }).catch((error: unknown) => {
    throw new NotReserved("the budget could not be asked", { cause: error });
  });
  if ("refused" in reserved && reserved.refused === "not_allowed") throw new NotAllowed("not allowed by the person");
  if ("refused" in reserved) throw new OverBudget(`the budget of ${reserved.refused} for the day is used up`);
  const cost = (usage: Usage | undefined) => (usage ? costMicro(provider.prices, usage) : undefined);
  let heard: Heard<Element>;
  try {
    heard = await listen(of);
  } catch (error) {
    await settle(reserved.id, endingOf(error, cost));
    throw NoObjectGeneratedError.isInstance(error)
      ? new AnswerRefused("not of the shape that was asked for", { cause: error })
      : error;
  }
  const value = task.gather(heard.believed);
  const { usage, doubts } = heard;
  await settle(reserved.id, {
    status: value === null ? "refused" : "answered",
    ...(doubts.length > 0 ? { note: `${doubts.length} not believed: ${[...new Set(doubts)].join("; ")}` } : {}),
    usage,
    costMicro: cost(usage),
    ...(value === null ? {} : { answer: heard.believed }),
  });
  if (value === null) throw new AnswerRefused(doubts[0] ?? "there was nothing in it");
  return value;
}

/** Reads the stream to its end, element by element. */
async function listen<Element, Value>(of: Attempt<Element, Value>): Promise<Heard<Element>> {
  const { task, provider, prompt, onProgress } = of;
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Silent(`nothing came within ${of.firstMs} ms`)), of.firstMs);
  const signal = AbortSignal.any([of.signal, silence.signal]);
  let failure: { readonly error: unknown } | undefined;
  const result = streamText({
    model: provider.model,
    output: Output.array({ element: task.element }),
    instructions: prompt.instructions,
    prompt: prompt.prompt,
    maxOutputTokens: task.maxOutputTokens,
    maxRetries: 0,
    streamRetries: 0,
    abortSignal: signal,
    onChunk: ({ chunk: { type } }) => {
      // The SDK's own marks come before anything has been asked.
      if (type === "text-delta" || type === "reasoning-delta") clearTimeout(timer);
    },
    providerOptions: { anthropic: { effort: "low" } },
    onError: ({ error }) => void (failure ??= { error }),
  });
  const believed: Element[] = [];
  const doubts: string[] = [];
  let count = 0;
  try {
    for await (const element of result.elementStream) {
      count += 1;
      const doubt = count > task.maxElements ? "more than were asked for" : task.doubt(element);
      if (doubt !== null) {
        doubts.push(doubt);
        continue;
      }
      believed.push(element);
      onProgress?.({ kind: "element", element });
    }
  } catch (error) {
    failure ??= { error };
  } finally {
    clearTimeout(timer);
  }
  signal.throwIfAborted();
  if (failure) throw failure.error;
  const finish = await result.finishReason;
  if (finish !== "stop" && finish !== "length" && finish !== "content-filter")
    throw new CutOff(`the answer ended with ${finish}`);
  // Rejects when the whole is not of the shape.
  await result.output;
  return { believed, doubts, usage: usageOf(await result.usage) };
}

function usageOf(usage: {
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
}): Usage | undefined {
  const { inputTokens, outputTokens } = usage;
  return inputTokens === undefined || outputTokens === undefined ? undefined : { inputTokens, outputTokens };
}

function endingOf(error: unknown, cost: (usage: Usage | undefined) => number | undefined): Ending {
  if (NoObjectGeneratedError.isInstance(error)) {
    const usage = error.usage && usageOf(error.usage);
    return { status: "refused", note: "Not of the shape that was asked for", usage, costMicro: cost(usage) };
  }
  const { kind, status, neverSent } = readFailure(error);
  // An error status, or a connection that was never made: nothing was written, so nothing is owed.
  if (neverSent || (APICallError.isInstance(error) && status !== undefined && status >= 400))
    return { status: "failed", note: status === undefined ? "Not reached" : `HTTP ${status}`, costMicro: 0 };
  return {
    status: "unknown",
    note: kind === "timeout" || kind === "aborted" ? "No answer in time" : "Cut off or unreadable",
  };
}

/** Without the database what was set aside stays set aside, and the nightly purge counts it. */
async function settle(id: string, ending: Ending): Promise<void> {
  try {
    await settleCall(id, ending);
  } catch (error) {
    log.warn({ error, call: id }, "a call to a model could not be settled; it counts as what it could have cost");
  }
}

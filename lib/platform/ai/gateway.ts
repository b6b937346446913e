import "server-only";
import { createHash, randomBytes } from "node:crypto";
import { serverEnv } from "@/lib/env/server";
import { run } from "@/lib/platform/resilience/resilience";
import { log } from "@/lib/platform/telemetry/log";
import { AnswerRefused, attempt, NotAllowed, NotReserved, OverBudget } from "./attempt";
import { writePrompt } from "./prompt";
import { providers, type Provider } from "./providers";
import { recallAnswer } from "./store";
import { PATIENCE, type Answered, type AskOptions, type NotByModel, type Task } from "./task";

/** The SDK would write what a provider does not support to the console, once a process. */
(globalThis as { AI_SDK_LOG_WARNINGS?: boolean }).AI_SDK_LOG_WARNINGS = false;

/**
 * Asks the models, one provider after the other, each under the policy `ai` with a breaker of its own. What no model
 * answers, or answers in a way that does not hold to the task's checks, `byRules` answers: the product works the same
 * without any provider. What the same question brought this person before is not asked again. All of it together takes no
 * longer than the task's patience: each provider gets its share of what is left, so that one that hangs leaves time for the next.
 * @param userId whose budget it is
 * @throws AppError `database_unavailable`; the caller's own abort
 */
export async function ask<Element, Value>(
  userId: string,
  task: Task<Element, Value>,
  byRules: () => Value,
  options: AskOptions<Element> = {},
): Promise<Answered<Value>> {
  const all = providers();
  const fallBack = (because: NotByModel): Answered<Value> => ({ value: byRules(), by: { kind: "rules", because } });
  if (all.length === 0) return fallBack("no_key");
  const prompt = writePrompt(
    task.instructions,
    task.materials,
    randomBytes(9).toString("base64url").replaceAll(/[-_]/g, "x"),
  );
  if (!prompt) return fallBack("too_long");
  const hash = hashOf(task, all);
  const known = await recall(userId, task, hash);
  if (known) return known;

  const env = serverEnv();
  const budgets = { userBudget: env.AI_USER_DAILY_BUDGET_MICRO_USD, budget: env.AI_DAILY_BUDGET_MICRO_USD };
  const patience = options.patience ?? PATIENCE[task.name];
  const until = performance.now() + patience.withinMs;
  let because: NotByModel = "unavailable";
  for (const [index, provider] of all.entries()) {
    const share = (until - performance.now()) / (all.length - index);
    const within = AbortSignal.timeout(Math.max(1, Math.round(share)));
    try {
      const value = await run(
        "ai",
        async ({ signal, attempt: number }) => {
          if (number > 1) options.onProgress?.({ kind: "restart" });
          const call = { userId, task: task.name, provider: provider.name, model: provider.modelId, hash };
          const { firstMs } = patience;
          return attempt({ task, provider, prompt, call, budgets, signal, firstMs, onProgress: options.onProgress });
        },
        { target: provider.name, signal: options.signal ? AbortSignal.any([options.signal, within]) : within },
      );
      return { value, by: { kind: "model", provider: provider.name, model: provider.modelId, cached: false } };
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof NotReserved) throw error.cause;
      if (error instanceof NotAllowed) return fallBack("not_allowed");
      because =
        error instanceof OverBudget ? "over_budget" : error instanceof AnswerRefused ? "refused" : "unavailable";
      log.warn({ error, task: task.name, provider: provider.name, because }, "a model did not answer");
      options.onProgress?.({ kind: "restart" });
    }
  }
  return fallBack(because);
}

/** Of everything that could change the answer, and nothing that differs from call to call. */
function hashOf(
  task: Pick<Task<never, never>, "name" | "version" | "instructions" | "materials">,
  asked: readonly Provider[],
): string {
  const { name, version, instructions, materials } = task;
  const models = asked.map(({ name: provider, modelId }) => [provider, modelId]);
  return createHash("sha256")
    .update(JSON.stringify([name, version, instructions, materials, models]))
    .digest("hex");
}

/** An answer from before goes through the checks of today. */
async function recall<Element, Value>(
  userId: string,
  task: Task<Element, Value>,
  hash: string,
): Promise<Answered<Value> | null> {
  const kept = await recallAnswer(userId, task.name, hash);
  if (!kept) return null;
  const elements = task.element.array().safeParse(kept.answer);
  if (!elements.success || elements.data.some((element) => task.doubt(element) !== null)) return null;
  const value = task.gather(elements.data);
  if (value === null) return null;
  return { value, by: { kind: "model", provider: kept.provider, model: kept.model, cached: true } };
}

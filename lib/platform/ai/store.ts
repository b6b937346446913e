import "server-only";
import { z } from "zod";
import type { Json } from "@/lib/platform/supabase/database.types";
import { callTrusted } from "@/lib/platform/supabase/trusted";

export interface Call {
  readonly userId: string;
  readonly task: string;
  readonly provider: string;
  readonly model: string;
  readonly hash: string;
}

const reservedSchema = z.union([
  z.strictObject({ id: z.uuid() }),
  z.strictObject({ refused: z.enum(["user", "all", "not_allowed"]) }),
]);

/**
 * Sets aside the most that a call can cost.
 * @returns whose budget of the day does not allow it, when one does not, or that the person does not
 * @throws AppError `database_unavailable`
 */
export async function reserveCall(
  call: Call,
  micro: { readonly most: number; readonly userBudget: number; readonly budget: number },
): Promise<z.infer<typeof reservedSchema>> {
  return reservedSchema.parse(
    await callTrusted("reserve_ai_call", {
      p_user: call.userId,
      p_task: call.task,
      p_provider: call.provider,
      p_model: call.model,
      p_hash: call.hash,
      p_reserve_micro: micro.most,
      p_user_budget_micro: micro.userBudget,
      p_budget_micro: micro.budget,
    }),
  );
}

export interface Ending {
  readonly status: "answered" | "refused" | "failed" | "unknown";
  readonly note?: string;
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number } | undefined;
  /** Without it what was set aside is counted. */
  readonly costMicro?: number | undefined;
  /** Kept for the next same question. */
  readonly answer?: unknown;
}

/** Ends a call. @returns false when it had ended. @throws AppError `database_unavailable` */
export async function settleCall(id: string, ending: Ending): Promise<boolean> {
  return z.boolean().parse(
    await callTrusted("settle_ai_call", {
      p_id: id,
      p_status: ending.status,
      p_note: ending.note ?? null,
      p_input_tokens: ending.usage?.inputTokens ?? null,
      p_output_tokens: ending.usage?.outputTokens ?? null,
      p_cost_micro: ending.costMicro ?? null,
      p_answer: (ending.answer ?? null) as Json,
    } as never),
  );
}

const keptSchema = z.object({ provider: z.string(), model: z.string(), answer: z.unknown() }).nullable();

/** What the same question brought this person before, or null. @throws AppError `database_unavailable` */
export async function recallAnswer(userId: string, task: string, hash: string): Promise<z.infer<typeof keptSchema>> {
  return keptSchema.parse(await callTrusted("recall_ai_answer", { p_user: userId, p_task: task, p_hash: hash }));
}

/** Ends what nobody ended and forgets what is old. @returns how many rows went */
export async function purgeCalls(): Promise<number> {
  return z.number().parse(await callTrusted("purge_ai_calls", {}));
}

const count = z.number().int();
const dayOfSpendingSchema = z.object({
  day: z.string(),
  task: z.string(),
  calls: count,
  answered: count,
  cached: count,
  refused: count,
  failed: count,
  overBudget: count,
  inputTokens: count,
  outputTokens: count,
  costMicro: count,
});
/** What one task did and cost on one day. */
export type SpendingDay = z.infer<typeof dayOfSpendingSchema>;

const troubleSchema = z.object({
  at: z.coerce.date().transform((date) => date.toISOString()),
  task: z.string(),
  provider: z.string(),
  model: z.string(),
  status: z.enum(["failed", "unknown", "refused", "over_budget"]),
  note: z.string().nullable(),
});
/** A call that brought nothing, and why. */
export type Trouble = z.infer<typeof troubleSchema>;

const overviewSchema = z.object({
  spentMicro: count,
  reservedMicro: count,
  mostByOneMicro: count,
  days: z.array(dayOfSpendingSchema),
  troubles: z.array(troubleSchema),
});

/** What all calls did and cost. SQL refuses with forbidden for anybody but an operator. */
export async function readOverview(operatorId: string, days: number): Promise<z.infer<typeof overviewSchema>> {
  return overviewSchema.parse(await callTrusted("ai_overview", { p_operator: operatorId, p_days: days }));
}

const usesSchema = z.object({
  hints: z.boolean(),
  grading: z.boolean(),
  lessons: z.boolean(),
  contentFormat: z.enum(["mixed", "text", "diagrams", "examples"]),
});
/** What somebody lets a model be asked for them, and the format that they read in. */
export type ModelUses = z.infer<typeof usesSchema>;

/** Nobody allows nothing. @throws AppError `database_unavailable` */
export async function readModelUses(userId: string): Promise<ModelUses> {
  const known = usesSchema.nullable().parse(await callTrusted("read_model_uses", { p_user: userId }));
  return known ?? { hints: false, grading: false, lessons: false, contentFormat: "mixed" };
}

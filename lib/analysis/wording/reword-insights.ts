import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { modelHosts } from "@/lib/platform/ai/providers";
import { rephraseInsights } from "@/lib/platform/ai/rephrase-insights";
import type { Db } from "@/lib/platform/supabase/server";
import { getAnalysis } from "../read-analyses";
import { foundPhase } from "../rules";
import type { NotReworded, Wording } from "./schemas";
import { forgetWording, keepWording, readWording } from "./store";

export interface RewordOptions {
  readonly signal?: AbortSignal;
  /** Told of each sentence as it comes and was checked; null takes back all that came so far. */
  readonly onSentence?: (sentence: { readonly insight: number; readonly sentence: string } | null) => void;
}

/** Which words the insights of one of the caller's analyses are in. */
export async function wordingOf(db: Db, userId: string, analysisId: string): Promise<Wording> {
  const kept = await readWording(db, userId, analysisId);
  return {
    by: kept ? "model" : "rules",
    provider: kept?.provider ?? null,
    model: kept?.model ?? null,
    at: kept?.created_at ?? null,
    items: kept?.items ?? [],
    wouldSendTo: modelHosts(),
  };
}

/**
 * Has the insights of one of the caller's analyses said in other words, and ordered, by a model. Their sentences and reasons
 * go to the provider, nothing else. Without a model's answer that holds, whatever stood before stays.
 * @returns null when they were reworded, else why not
 * @throws AppError `not_found`, `conflict` (not finished, or without insights), `database_unavailable`
 */
export async function rewordInsights(
  db: Db,
  userId: string,
  analysisId: string,
  { signal, onSentence }: RewordOptions = {},
): Promise<NotReworded | null> {
  const { result } = await getAnalysis(db, analysisId);
  if (!result) throw new AppError("conflict", "This analysis is not finished. Wait until it is done.");
  const insights = foundPhase(result.phases.insights)?.insights ?? [];
  if (insights.length === 0)
    throw new AppError("conflict", "This analysis has no insights, so there is nothing to reword.");
  const { value, by } = await rephraseInsights(
    userId,
    // What is said about security may not sink to the end of its list, whatever a model thinks of it.
    insights.map(({ kind, topic, sentence, reason }) => ({ kind, sentence, reason, mayNotSink: topic === "security" })),
    {
      ...(signal ? { signal } : {}),
      onProgress: (progress) =>
        onSentence?.(
          progress.kind === "restart"
            ? null
            : { insight: progress.element.insight, sentence: progress.element.sentence },
        ),
    },
  );
  if (by.kind === "rules") return by.because;
  await keepWording(
    userId,
    analysisId,
    by,
    value.map(({ insight, sentence, quotes }) => ({ insight, sentence, quotes: [...quotes] })),
  );
  return null;
}

/** Goes back to the rules' own words. Repeating it is harmless. */
export async function useOwnWords(userId: string, analysisId: string): Promise<void> {
  await forgetWording(userId, analysisId);
}

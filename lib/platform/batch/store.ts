import "server-only";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import type { AnalyticsEvent } from "./events";

/**
 * Writes events, all or none; those that stand already are left as they are.
 * @throws AppError `database_unavailable`: whether they were written is then unknown, and writing them again is right
 */
export async function writeAnalytics(events: readonly AnalyticsEvent[]): Promise<void> {
  await callTrusted("record_analytics", {
    p_events: events.map(({ id, name, properties, occurredAt }) => ({ id, name, properties, occurred_at: occurredAt })),
  });
}

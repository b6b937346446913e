import "server-only";
import { z } from "zod";
import type { Json } from "@/lib/platform/supabase/database.types";
import { callTrusted } from "@/lib/platform/supabase/trusted";

const STATES = ["stored", "parked", "processed", "rejected", "abandoned"] as const;
const standingSchema = z.object({ state: z.enum(STATES), attempts: z.number().int(), reading: z.number().int() });
type Standing = z.output<typeof standingSchema>;

export interface InboxEvent {
  readonly id: string;
  readonly type: string;
  readonly objectId: string | null;
  readonly livemode: boolean;
  readonly apiVersion: string | null;
  readonly created: Date;
  readonly payload: object;
}

/**
 * Keeps an event in a transaction of its own.
 * @returns how it stands: one that was known may be processed already; and the number of the readings that it leads to
 */
export async function storeEvent(event: InboxEvent): Promise<Standing> {
  return standingSchema.parse(
    await callTrusted("store_webhook_event", {
      p_id: event.id,
      p_type: event.type,
      p_object_id: event.objectId as string,
      p_livemode: event.livemode,
      p_api_version: event.apiVersion as string,
      p_created: event.created.toISOString(),
      p_payload: event.payload as Json,
    }),
  );
}

/** Says what became of an event; `parked` and `stored` come back to the sweeper by a growing wait. */
export async function settleEvent(
  id: string,
  state: "processed" | "parked" | "rejected" | "stored",
  outcome: string,
  error = "",
): Promise<void> {
  await callTrusted("settle_webhook_event", { p_id: id, p_state: state, p_outcome: outcome, p_error: error });
}

const claimedSchema = z.array(
  z.object({ id: z.string(), type: z.string(), payload: z.looseObject({}), reading: z.number().int() }),
);

/** Takes events that are due to be tried again. */
export async function claimEvents(limit: number, leaseSeconds: number): Promise<z.output<typeof claimedSchema>> {
  return claimedSchema.parse(
    await callTrusted("claim_webhook_events", { p_limit: limit, p_lease_seconds: leaseSeconds }),
  );
}

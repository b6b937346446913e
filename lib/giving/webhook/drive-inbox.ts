import "server-only";
import type { Stripe } from "stripe";
import { driveEvent } from "./receive-event";
import { claimEvents } from "./store";

const BATCH = 50;
const LEASE_SECONDS = 120;

/** Drives on what stands in the inbox: events ahead of our own commit, and those whose process died. @returns how many */
export async function driveInbox(): Promise<number> {
  const events = await claimEvents(BATCH, LEASE_SECONDS);
  for (const { payload, reading } of events) await driveEvent(payload as unknown as Stripe.Event, reading);
  return events.length;
}

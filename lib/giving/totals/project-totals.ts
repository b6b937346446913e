import "server-only";
import { appCache } from "@/lib/platform/cache/app-cache";
import { publish } from "@/lib/platform/realtime/publish";
import { log } from "@/lib/platform/telemetry/log";
import { findPayment } from "@/lib/giving/payment/store";
import { foldEvents, foldPayment, listUnprojected, tellAdministration, type FoldedTotals } from "./store";
import { putTotals } from "./totals-hash";

/** A gift that has just been captured, for the donors who look on. */
interface Captured {
  readonly paymentId: string;
}

/**
 * Folds events into their campaigns' totals and tells everybody who looks: Redis, this process's memory, the other
 * processes, the campaign's channel. The fold happens once for each event, the telling as often as this runs: every
 * copy goes by the version.
 * @throws AppError `database_unavailable`
 */
export async function projectTotals(eventIds: readonly string[], captured?: Captured): Promise<number> {
  const projected = await foldEvents(eventIds);
  for (const { campaignId, totals } of projected) {
    await tell(campaignId, totals);
    if (captured) await tellOfGift(campaignId, captured, totals.version);
  }
  return projected.length;
}

/**
 * For `after()` in a route: folds and tells what the request has just changed, so that nobody who looks on waits for the
 * workflow. That does the same, so a failure here only costs time; it is logged, never thrown into a finished request.
 */
export async function projectAfterRequest(paymentId: string): Promise<void> {
  try {
    for (const { campaignId, totals } of await foldPayment(paymentId)) await tell(campaignId, totals);
  } catch (error) {
    log.warn({ error, paymentId }, "totals could not be told of after a request; the workflow does it");
  }
}

async function tell(campaignId: string, totals: FoldedTotals): Promise<void> {
  await remember(campaignId, totals);
  await publish("campaign", campaignId, { type: "totals", data: { ...totals }, version: totals.version });
  await tellAdministration(campaignId, totals);
}

async function remember(campaignId: string, totals: FoldedTotals): Promise<void> {
  await putTotals(campaignId, totals).catch((error: unknown) =>
    log.warn({ error, campaignId }, "Redis could not be told of new totals; the database is read instead"),
  );
  await appCache().invalidate({ keys: [{ cache: "campaign-totals", key: campaignId }] }, { publish: false });
}

/** The public message carries nothing that is anonymous. */
async function tellOfGift(campaignId: string, { paymentId }: Captured, version: number): Promise<void> {
  const view = await findPayment({ paymentId });
  if (!view) return;
  const { pledge } = view;
  const { name, message } = pledge.anonymous ? { name: null, message: null } : pledge.donor;
  const data = { pledgeId: pledge.id, amountMinor: pledge.giftMinor, currency: pledge.currency, name, message };
  await publish("campaign", campaignId, { type: "donation", data: { ...data, at: new Date().toISOString() }, version });
}

/** An event older than this that no projector took has lost its workflow, in seconds. */
const LOST_SECONDS = 60;
const BATCH = 500;

/** How long one look may go on: shorter than any host lets one request live, long enough for a backlog of tens of thousands. */
const LOOK_MS = 20_000;

/**
 * The backstop: folds what was published and never came to a projector, batch after batch until nothing is left or the look is over.
 * @param now injected for tests
 * @returns how many events
 */
export async function projectLostEvents(batch = BATCH, now: () => number = Date.now): Promise<number> {
  const until = now() + LOOK_MS;
  let folded = 0;
  for (;;) {
    const ids = await listUnprojected(LOST_SECONDS, batch);
    if (ids.length > 0) await projectTotals(ids);
    folded += ids.length;
    if (ids.length < batch || now() >= until) return folded;
  }
}

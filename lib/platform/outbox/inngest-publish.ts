import type { Publish } from "./event.ts";
import { PublishFailure, type FailureKind } from "./failure.ts";
import { OUTBOX } from "./policy.ts";

/** Version of the envelope; consumers refuse what they do not know. */
const ENVELOPE_VERSION = "1";

/** Inngest Cloud's address for events. */
const CLOUD = "https://inn.gs";

/**
 * Publishes to Inngest with one call. The outbox id is the event id, by which Inngest drops a second copy. Posted by
 * hand: the SDK would try five times by itself, and Deno and Node share this file.
 * @param target where events go; Inngest Cloud without a `baseUrl`. `fetch` is the caller's, where it watches its calls
 */
export function inngestPublish(target: {
  readonly baseUrl?: string | undefined;
  readonly eventKey: string;
  readonly fetch?: typeof fetch;
}): Publish {
  const send = target.fetch ?? fetch;
  const url = new URL(`e/${encodeURIComponent(target.eventKey)}`, `${(target.baseUrl ?? CLOUD).replace(/\/+$/, "")}/`);
  return async (events) => {
    const body = JSON.stringify(
      events.map((event) => ({
        id: event.id,
        name: event.name,
        data: { ...event.data, ...(event.traceparent ? { traceparent: event.traceparent } : {}) },
        ts: event.createdAt.getTime(),
        v: ENVELOPE_VERSION,
      })),
    );
    let status: number;
    let text: string;
    try {
      const response = await send(url, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
        signal: AbortSignal.timeout(OUTBOX.publishTimeoutMs),
      });
      status = response.status;
      text = await response.text();
    } catch (error) {
      throw new PublishFailure("unreachable", "Inngest could not be reached", { cause: error });
    }
    if (status !== 200) throw new PublishFailure(kindOf(status), `Inngest answered ${status}: ${text.slice(0, 500)}`);
  };
}

/** What a status says: of the events, of the service, or (500) of either. */
function kindOf(status: number): FailureKind {
  if (status === 413) return "too_large";
  if ([400, 406, 409, 412, 415, 422].includes(status)) return "refused";
  return status === 500 ? "failed" : "unreachable";
}

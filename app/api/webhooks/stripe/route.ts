import { after } from "next/server";
import { problemResponse } from "@/app/_http/problem";
import { readBytes } from "@/app/_http/read-body";
import { projectAfterRequest } from "@/lib/giving/totals/project-totals";
import { receiveEvent } from "@/lib/giving/webhook/receive-event";
import { AppError } from "@/lib/kernel/errors";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { livemode } from "@/lib/platform/stripe/client";
import { readSignedEvent } from "@/lib/platform/stripe/webhook";
import { serveRequest } from "@/lib/platform/telemetry/serve-request";

export const dynamic = "force-dynamic";
export const maxDuration = 60;

const ROUTE = "/api/webhooks/stripe";
const MAX_BYTES = 1024 * 1024;

/** What Stripe tells us: verified over the raw body, stored, applied. Stripe reads the status alone. */
export function POST(request: Request): Promise<Response> {
  return serveRequest(request, ROUTE, async ({ requestId, trace }) => {
    try {
      const event = readSignedEvent(await readBody(request), request.headers.get("stripe-signature"));
      if (!event) {
        throw new AppError(
          "invalid_request",
          "Nothing proves that this event is Stripe's: the signature is missing, wrong, or older than five minutes.",
        );
      }
      if (event.livemode !== livemode()) {
        throw new AppError("invalid_request", "This event is of the other world: live and test events do not mix.");
      }
      after(drainAfterRequest);
      const { outcome, paymentId } = await receiveEvent(event);
      if (paymentId) after(() => projectAfterRequest(paymentId));
      return Response.json({ received: true, outcome }, { headers: { "Cache-Control": "no-store" } });
    } catch (error) {
      return problemResponse(error, { requestId, traceId: trace.traceId }, ROUTE);
    }
  });
}

/** Whatever is not an event of Stripe's is a 400, its size included: no event of theirs is that large. */
async function readBody(request: Request): Promise<Uint8Array> {
  try {
    return await readBytes(request, MAX_BYTES);
  } catch (cause) {
    if (!(cause instanceof AppError) || cause.code !== "payload_too_large") throw cause;
    throw new AppError("invalid_request", cause.message, { cause });
  }
}

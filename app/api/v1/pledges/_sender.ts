import { authorise, type Caller } from "@/lib/access/authorise";
import type { Sender } from "@/lib/giving/pledge/make-pledge";
import { openPledge } from "@/lib/giving/pledge/open-pledge";
import type { PledgeView } from "@/lib/giving/payment/schemas";
import { formatTraceparent } from "@/lib/kernel/trace";
import { clientAddress } from "@/lib/platform/rate-limit/client-address";
import { limit } from "@/lib/platform/rate-limit/limit";
import type { RequestContext } from "@/lib/platform/telemetry/serve-request";

/** Who gives: nobody in particular, or somebody whose session lives at this moment, because money follows. */
async function liveUserId(request: Request, caller: Caller): Promise<string | null> {
  return caller.user ? ((await authorise(request, "live")).user?.id ?? null) : null;
}

export async function senderOf(request: Request, caller: Caller, context: RequestContext): Promise<Sender> {
  return {
    userId: await liveUserId(request, caller),
    address: clientAddress(request.headers),
    keyHeader: request.headers.get("idempotency-key"),
    traceparent: formatTraceparent(context.trace),
    traceId: context.trace.traceId,
  };
}

/** The pledge of a call about one, if this caller may open it. Counted, so that tokens cannot be guessed at speed. */
export async function pledgeOf(request: Request, caller: Caller, id: string): Promise<PledgeView> {
  await limit({ policy: "pledge-read-ip", subject: clientAddress(request.headers) });
  const token = request.headers.get("x-status-token");
  return openPledge(id, { userId: token === null ? await liveUserId(request, caller) : null, token });
}

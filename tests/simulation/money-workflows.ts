import { serve } from "inngest/next";
import { after } from "next/server";
import { inngest } from "@/inngest/client";
import { GIVING_FUNCTIONS } from "@/inngest/giving/functions";
import { cacheInvalidatedFunction } from "@/inngest/platform/cache-invalidated";
import { drainOutboxFunction } from "@/inngest/platform/drain-outbox";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";

/**
 * `app/api/inngest/route.ts` with the functions that money goes through: the same functions behind the same handler. Those of
 * learning would load their engines into each process that a schedule starts.
 */
const handlers = serve({
  client: inngest,
  functions: [...GIVING_FUNCTIONS, drainOutboxFunction, cacheInvalidatedFunction],
});

export const { PUT } = handlers;

export const POST: typeof handlers.POST = (request, context) => {
  after(drainAfterRequest);
  return handlers.POST(request, context);
};

import { SpanKind } from "@opentelemetry/api";
import { isTracing, recordSpan } from "./tracing";

/**
 * Writes the publication of each event into the trace of the request that caused it. The call itself carries a
 * batch of many requests and so belongs to the relay's trace.
 */
export function recordPublished(
  events: readonly { readonly id: string; readonly name: string; readonly traceparent: string | null }[],
  start: Date,
): void {
  if (!isTracing()) return;
  const end = new Date();
  for (const { id, name, traceparent } of events) {
    if (!traceparent) continue;
    const attributes = { "messaging.message.id": id, "messaging.destination.name": name };
    recordSpan(`publish ${name}`, { kind: SpanKind.PRODUCER, traceparent, attributes, start, end });
  }
}

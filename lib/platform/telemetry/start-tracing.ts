import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-base";
import { OtlpExporter, WithoutFetchSpans, type OtlpTarget } from "./span-export";
import { setTracing } from "./tracing";

/**
 * Starts making spans, once a process, and sends them to each target. Loaded only when there is one.
 * @param ratio share of new traces that are kept, 0 to 1; a trace that came in keeps its caller's choice
 * @returns ends it, with what is still to be sent
 */
export function startTracing(targets: readonly OtlpTarget[], ratio: number): { stop(): Promise<void> } {
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": "devmentor" }),
    sampler: new WithoutFetchSpans(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) })),
    spanLimits: { attributeValueLengthLimit: 2_048, attributeCountLimit: 64, eventCountLimit: 16, linkCountLimit: 16 },
    spanProcessors: targets.map(
      (target) =>
        new BatchSpanProcessor(new OtlpExporter(target), { scheduledDelayMillis: 1_000, maxQueueSize: 4_096 }),
    ),
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  // No baggage: it would carry a caller's words on to others.
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  setTracing(true);
  return {
    stop: async () => {
      setTracing(false);
      await provider.shutdown();
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}

import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
} from "@opentelemetry/api";
import { formatTraceparent, parseTraceparent, type TraceContext } from "@/lib/kernel/trace";
import { currentScope } from "./scope";

/** Next has several module graphs in a process; a provider registered by one serves all. */
const KEY = Symbol.for("devmentor.telemetry.tracing");
const home = globalThis as { [KEY]?: boolean };

/** Set once spans have somewhere to go. */
export function setTracing(on: boolean): void {
  home[KEY] = on;
}

/** Whether spans are made at all. Without an exporter nothing below costs more than reading this. */
export function isTracing(): boolean {
  return home[KEY] === true;
}

const tracer = () => trace.getTracer("devmentor");

export interface SpanOptions {
  readonly kind?: SpanKind;
  /** Ids, counts and names from closed sets; never what a person typed. */
  readonly attributes?: Attributes;
  /** Where the trace goes on; the active span when left out. */
  readonly parent?: Context;
}

/** Runs `work` in a span of this name, which ends with it and is marked when it throws. */
export async function withSpan<T>(
  name: string,
  options: SpanOptions,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  if (!isTracing()) return work(undefined);
  const parent = options.parent ?? context.active();
  const span = tracer().startSpan(
    name,
    { kind: options.kind ?? SpanKind.INTERNAL, attributes: options.attributes ?? {} },
    parent,
  );
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span));
  } catch (error) {
    failSpan(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Marks a span as failed. Exporters scrub what the error says. */
export function failSpan(span: Span, error: unknown): void {
  if (error instanceof Error) span.recordException(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : "failed" });
}

/** A span for something that is over already, in the trace that it belongs to. */
export function recordSpan(
  name: string,
  o: { kind: SpanKind; traceparent: string; attributes: Attributes; start: Date; end: Date },
): void {
  const parent = parseTraceparent(o.traceparent);
  if (!isTracing() || !parent) return;
  tracer()
    .startSpan(name, { kind: o.kind, attributes: o.attributes, startTime: o.start }, contextOf(parent))
    .end(o.end);
}

/** The place in a trace that a `traceparent` names, to go on from. */
export function contextOf(parent: TraceContext): Context {
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: parent.traceId,
    spanId: parent.spanId,
    traceFlags: parent.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
  });
}

/** Where the present code stands in its trace. */
export function currentTrace(): TraceContext | undefined {
  const active = isTracing() ? trace.getActiveSpan()?.spanContext() : undefined;
  if (!active) return currentScope()?.trace;
  const { traceId, spanId, traceFlags } = active;
  return { traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 };
}

/** What goes into a `traceparent` header, an outbox row or an event. */
export function currentTraceparent(): string | undefined {
  const present = currentTrace();
  return present && formatTraceparent(present);
}

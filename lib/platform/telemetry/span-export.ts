import type { Attributes, AttributeValue, Context, Link, SpanKind } from "@opentelemetry/api";
import { ExportResultCode, type ExportResult } from "@opentelemetry/core";
import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import {
  SamplingDecision,
  type ReadableSpan,
  type Sampler,
  type SamplingResult,
  type SpanExporter,
} from "@opentelemetry/sdk-trace-base";
import { log } from "./log";
import { isSensitiveName, scrubText } from "./scrub";

const TIMEOUT_MS = 5_000;
const COMPLAIN_EVERY_MS = 60_000;

export interface OtlpTarget {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Posts spans as OTLP/JSON, scrubbed. The SDK's exporter is not used because it adds OTEL_EXPORTER_OTLP_HEADERS to
 * whatever it sends, and with two targets one's key would go to the other. A batch that fails is lost: spans are
 * never worth holding memory or a request for.
 */
export class OtlpExporter implements SpanExporter {
  readonly #target: OtlpTarget;
  readonly #underWay = new Set<Promise<void>>();
  #complainedAt = -COMPLAIN_EVERY_MS;
  #lost = 0;

  constructor(target: OtlpTarget) {
    this.#target = target;
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    const sent = this.#deliver(spans, done);
    this.#underWay.add(sent);
    void sent.finally(() => this.#underWay.delete(sent));
  }

  async #deliver(spans: readonly ReadableSpan[], done: (result: ExportResult) => void): Promise<void> {
    let code = ExportResultCode.SUCCESS;
    try {
      await this.#send(spans);
    } catch (error) {
      this.#complain(spans.length, error);
      code = ExportResultCode.FAILED;
    }
    done({ code });
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  shutdown(): Promise<void> {
    return this.forceFlush();
  }

  async #send(spans: readonly ReadableSpan[]): Promise<void> {
    const body = JsonTraceSerializer.serializeRequest(spans.map(cleanSpan));
    if (!body) throw new Error("spans could not be written as OTLP");
    const response = await fetch(this.#target.url, {
      method: "POST",
      headers: { ...this.#target.headers, "Content-Type": "application/json" },
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${this.#target.name} answered ${response.status}`);
  }

  #complain(spans: number, error: unknown): void {
    this.#lost += spans;
    if (performance.now() - this.#complainedAt < COMPLAIN_EVERY_MS) return;
    log.warn({ error, target: this.#target.name, lost: this.#lost }, "spans could not be exported and are lost");
    this.#complainedAt = performance.now();
    this.#lost = 0;
  }
}

/** What Next and other libraries say of a caller's person or machine: not ours to hand on. */
const DROPPED = /^(?:net\.|client\.|user_agent|enduser\.|http\.(?:user_agent|client_ip|host))|cookie|header/;

/** @returns the span without secrets and personal data: no query, address or header, texts by pattern. */
export function cleanSpan(span: ReadableSpan): ReadableSpan {
  return {
    name: cleanPath(span.name),
    kind: span.kind,
    spanContext: () => span.spanContext(),
    ...(span.parentSpanContext ? { parentSpanContext: span.parentSpanContext } : {}),
    startTime: span.startTime,
    endTime: span.endTime,
    status: span.status.message ? { ...span.status, message: scrubText(span.status.message) } : span.status,
    attributes: cleanAttributes(span.attributes),
    links: span.links.map((link) =>
      link.attributes ? { ...link, attributes: cleanAttributes(link.attributes) } : link,
    ),
    events: span.events.map((event) =>
      event.attributes ? { ...event, attributes: cleanAttributes(event.attributes) } : event,
    ),
    duration: span.duration,
    ended: span.ended,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
}

function cleanAttributes(attributes: Attributes): Attributes {
  const clean: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || DROPPED.test(name) || isSensitiveName(name)) continue;
    clean[name] = cleanValue(name, value);
  }
  return clean;
}

function cleanValue(name: string, value: AttributeValue): AttributeValue {
  if (typeof value !== "string") {
    return Array.isArray(value)
      ? (value.map((one) => (typeof one === "string" ? scrubText(one) : one)) as AttributeValue)
      : value;
  }
  return /url|target|path|route|span_name/.test(name) ? cleanPath(value) : scrubText(value);
}

const cleanPath = (text: string): string => scrubText(text.replace(/[?#]\S*/, ""));

/** Leaves out Next's span round each fetch: ours is there, by service, and without the address. */
export class WithoutFetchSpans implements Sampler {
  readonly #inner: Sampler;

  constructor(inner: Sampler) {
    this.#inner = inner;
  }

  shouldSample(
    parent: Context,
    traceId: string,
    name: string,
    kind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SamplingResult {
    if (attributes["next.span_type"] === "AppRender.fetch") return { decision: SamplingDecision.NOT_RECORD };
    return this.#inner.shouldSample(parent, traceId, name, kind, attributes, links);
  }

  toString(): string {
    return `WithoutFetchSpans{${this.#inner.toString()}}`;
  }
}

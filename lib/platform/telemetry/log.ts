import { trace } from "@opentelemetry/api";
import pino from "pino";
import { logLevel } from "@/lib/env/log-level";
import { currentScope } from "./scope";
import { looksSensitive, scrub, scrubNames, scrubText } from "./scrub";

/** The request or workflow run that the line is about; in a page, which has none, the trace that Next began. */
function origin(): Record<string, unknown> {
  const scope = currentScope();
  if (scope) {
    const ids = { requestId: scope.requestId, traceId: scope.trace.traceId };
    return scope.runId === undefined ? ids : { ...ids, runId: scope.runId };
  }
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { traceId: span.traceId } : {};
}

/**
 * The finished line, whatever way a text got into it: as a field, in the message, in an error's cause or in
 * a child logger's bindings. Most lines hold nothing of interest and cost one regular expression.
 */
function clean(line: string): string {
  if (!looksSensitive(line)) return line;
  try {
    return `${JSON.stringify(scrub(JSON.parse(line)))}\n`;
  } catch {
    // Not JSON, which pino never writes; a line that cannot be read is still a line that must be clean.
    return `${scrubText(line.trimEnd())}\n`;
  }
}

/**
 * One JSON line per event, with the ids of the request or run that it belongs to. Secrets and personal data
 * are cut by name and by pattern (scrub.ts), so what reaches a log store is safe to keep.
 */
export const LOG_OPTIONS = {
  level: logLevel(),
  base: { service: "devmentor" },
  timestamp: pino.stdTimeFunctions.isoTime,
  mixin: origin,
  formatters: { log: scrubNames },
  // Errors are copied with their causes by scrubNames; pino's own serializer would look at the copy.
  serializers: { err: (error: unknown) => error },
  hooks: {
    streamWrite: clean,
    // What is put into a message (`%o`) is text by the time the line is looked at: names are gone then.
    logMethod(args, method) {
      const rest = args
        .slice(1)
        .map((arg: unknown) => (typeof arg === "object" && arg !== null ? scrubNames(arg) : arg));
      method.apply(this, [args[0], ...rest] as typeof args);
    },
  },
} satisfies pino.LoggerOptions;

export const log = pino(LOG_OPTIONS);

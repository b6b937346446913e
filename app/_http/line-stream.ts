import { log } from "@/lib/platform/telemetry/log";

interface Lines {
  /** Ends when the reader leaves. */
  readonly signal: AbortSignal;
  /** Writes one line; after the reader left it does nothing. */
  write(line: object): void;
}

/** Headers of an answer that is a line of JSON after the other; no proxy may hold them back. */
export const LINE_HEADERS = {
  "Content-Type": "application/x-ndjson; charset=utf-8",
  "X-Accel-Buffering": "no",
} as const;

/**
 * An answer that comes line by line. Its status has gone out before the first line, so what fails later is told as a line.
 * @param failed the last line when `work` throws
 */
export function lineStream(
  request: Request,
  work: (lines: Lines) => Promise<void>,
  failed: object,
): ReadableStream<Uint8Array> {
  const left = new AbortController();
  const signal = AbortSignal.any([left.signal, request.signal]);
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async start(controller) {
      const write = (line: object): void => {
        if (!signal.aborted) controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`));
      };
      try {
        await work({ signal, write });
      } catch (error) {
        if (signal.aborted) return;
        log.warn({ error }, "an answer that comes line by line broke off");
        write(failed);
      }
      if (!signal.aborted) controller.close();
    },
    cancel: () => left.abort(),
  });
}

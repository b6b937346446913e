import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { getAnalysis } from "@/lib/analysis/read-analyses";
import { rewordInsights } from "@/lib/analysis/wording/reword-insights";
import { limit } from "@/lib/platform/rate-limit/limit";
import { log } from "@/lib/platform/telemetry/log";
import { streamWordingOperation } from "../../../../_operations/analysis-findings";

export const POST = handle(streamWordingOperation, async ({ params, caller, request }) => {
  const { user, db } = signedIn(caller);
  // What can be refused is refused while there is still a status to say it with.
  await getAnalysis(db, params.id);
  const headers = await limit({ policy: "wording-user", subject: user.id });
  const left = new AbortController();
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      const write = (line: object) => {
        if (!left.signal.aborted) controller.enqueue(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
      };
      try {
        const notReworded = await rewordInsights(db, user.id, params.id, {
          signal: AbortSignal.any([left.signal, request.signal]),
          onSentence: (sentence) => write(sentence ?? { restart: true }),
        });
        write({ done: true, notReworded });
      } catch (error) {
        if (left.signal.aborted || request.signal.aborted) return;
        log.warn({ error }, "insights could not be reworded");
        write({ done: true, notReworded: "unavailable" });
      }
      if (!left.signal.aborted) controller.close();
    },
    cancel: () => left.abort(),
  });
  return {
    status: 200,
    stream,
    headers: { ...headers, "Content-Type": "application/x-ndjson; charset=utf-8", "X-Accel-Buffering": "no" },
  };
});

import { handle } from "@/app/_http/handle";
import { LINE_HEADERS, lineStream } from "@/app/_http/line-stream";
import { signedIn } from "@/lib/access/authorise";
import { getAnalysis } from "@/lib/analysis/read-analyses";
import { rewordInsights } from "@/lib/analysis/wording/reword-insights";
import { limit } from "@/lib/platform/rate-limit/limit";
import { streamWordingOperation } from "../../../../_operations/analysis-findings";

export const POST = handle(streamWordingOperation, async ({ params, caller, request }) => {
  const { user, db } = signedIn(caller);
  // What can be refused is refused while there is still a status to say it with.
  await getAnalysis(db, params.id);
  const headers = await limit({ policy: "wording-user", subject: user.id });
  const stream = lineStream(
    request,
    async ({ signal, write }) => {
      const notReworded = await rewordInsights(db, user.id, params.id, {
        signal,
        onSentence: (sentence) => write(sentence ?? { restart: true }),
      });
      write({ done: true, notReworded });
    },
    { done: true, notReworded: "unavailable" },
  );
  return { status: 200, stream, headers: { ...headers, ...LINE_HEADERS } };
});

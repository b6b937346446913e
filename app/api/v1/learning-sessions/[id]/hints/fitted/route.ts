import { handle } from "@/app/_http/handle";
import { LINE_HEADERS, lineStream } from "@/app/_http/line-stream";
import { signedIn } from "@/lib/access/authorise";
import { hintToFit } from "@/lib/learning/session/fit-hint";
import { limit } from "@/lib/platform/rate-limit/limit";
import { fitHintOperation } from "../../../../_operations/learning-models";

export const POST = handle(fitHintOperation, async ({ params, body, caller, request }) => {
  const { user } = signedIn(caller);
  const headers = await limit({ policy: "learning-model-user", subject: user.id });
  // What can be refused is refused while there is still a status to say it with.
  const fit = await hintToFit(user.id, params.id, body);
  const stream = lineStream(
    request,
    async ({ signal, write }) => {
      const { text, by } = await fit({
        signal,
        onProgress: (progress) =>
          write(progress.kind === "restart" ? { restart: true } : { sentence: progress.element.hint }),
      });
      write({ done: true, text, by });
    },
    { done: true, text: null, by: { kind: "rules", because: "unavailable" } },
  );
  return { status: 200, stream, headers: { ...headers, ...LINE_HEADERS } };
});

import { handle } from "@/app/_http/handle";
import { LINE_HEADERS, lineStream } from "@/app/_http/line-stream";
import { signedIn } from "@/lib/access/authorise";
import { lessonToSay } from "@/lib/learning/session/say-lesson";
import { limit } from "@/lib/platform/rate-limit/limit";
import { sayLessonOperation } from "../../../_operations/learning-models";

export const POST = handle(sayLessonOperation, async ({ params, body, caller, request }) => {
  const { user } = signedIn(caller);
  const headers = await limit({ policy: "learning-model-user", subject: user.id });
  const say = await lessonToSay(user.id, params.id, body.activityId);
  const stream = lineStream(
    request,
    async ({ signal, write }) => {
      const { parts, by } = await say({
        signal,
        onProgress: (progress) => {
          if (progress.kind === "restart") return write({ restart: true });
          const { part, text } = progress.element;
          return write({ part, text });
        },
      });
      write({ done: true, parts, by });
    },
    { done: true, parts: null, by: { kind: "rules", because: "unavailable" } },
  );
  return { status: 200, stream, headers: { ...headers, ...LINE_HEADERS } };
});

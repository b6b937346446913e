import { after } from "next/server";
import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { formatTraceparent } from "@/lib/kernel/trace";
import { prepareItem } from "@/lib/learning/session/content";
import { respond } from "@/lib/learning/session/respond";
import { prefetchLesson } from "@/lib/learning/session/say-lesson";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { limit } from "@/lib/platform/rate-limit/limit";
import { respondOperation } from "../../../_operations/learning-sessions";

export const POST = handle(respondOperation, async ({ params, body, caller, context }) => {
  const { user } = signedIn(caller);
  const headers = await limit({ policy: "learning-answer-user", subject: user.id });
  const { responded, foreseen } = await respond(user.id, params.id, body, formatTraceparent(context.trace));
  after(drainAfterRequest);
  if (foreseen !== null) after(() => prepareItem(foreseen));
  const shown = responded.nextContent?.concept.slug;
  if (foreseen !== null && shown !== undefined) after(() => prefetchLesson(user.id, shown, foreseen));
  return { status: 200, headers, body: responded };
});

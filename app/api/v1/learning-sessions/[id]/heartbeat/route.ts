import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { beat } from "@/lib/learning/session/in-session";
import { limit } from "@/lib/platform/rate-limit/limit";
import { heartbeatOperation } from "../../../_operations/learning-sessions";

export const POST = handle(heartbeatOperation, async ({ params, body, caller }) => {
  const { user } = signedIn(caller);
  const headers = await limit({ policy: "learning-heartbeat-user", subject: user.id });
  await beat(user.id, params.id, body?.draft);
  return { status: 204, headers };
});

import { after } from "next/server";
import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { formatTraceparent } from "@/lib/kernel/trace";
import { leaveSession } from "@/lib/learning/session/in-session";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { endSessionOperation } from "../../../_operations/learning-sessions";

export const POST = handle(endSessionOperation, async ({ params, caller, context }) => {
  const session = await leaveSession(signedIn(caller).user.id, params.id, formatTraceparent(context.trace));
  after(drainAfterRequest);
  return { status: 200, body: session };
});

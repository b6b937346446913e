import { after } from "next/server";
import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { formatTraceparent } from "@/lib/kernel/trace";
import { pageOfSessions } from "@/lib/learning/session/read-session";
import { startSession } from "@/lib/learning/session/start-session";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { limit } from "@/lib/platform/rate-limit/limit";
import { listSessionsOperation, startSessionOperation } from "../_operations/learning-sessions";

export const POST = handle(startSessionOperation, async ({ body, caller, context }) => {
  const { user } = signedIn(caller);
  const headers = await limit({ policy: "learning-session-user", subject: user.id });
  const started = await startSession(user.id, body, formatTraceparent(context.trace));
  after(drainAfterRequest);
  return {
    status: 201,
    headers: { ...headers, Location: `/api/v1/learning-sessions/${started.session.id}` },
    body: started,
  };
});

export const GET = handle(listSessionsOperation, async ({ query, caller }) => ({
  status: 200,
  body: await pageOfSessions(caller.db, query.limit, query.cursor),
}));

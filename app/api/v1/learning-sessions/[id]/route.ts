import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { resumeSession } from "@/lib/learning/session/read-session";
import { readSessionOperation } from "../../_operations/learning-sessions";

export const GET = handle(readSessionOperation, async ({ params, caller }) => {
  const { user, db } = signedIn(caller);
  return { status: 200, body: await resumeSession(db, user.id, params.id) };
});

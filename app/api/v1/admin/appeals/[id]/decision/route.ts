import { after } from "next/server";
import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { decideAppeal } from "@/lib/learning/review/decide-appeal";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { decideAppealOperation } from "../../../../_operations/appeals";

export const POST = handle(decideAppealOperation, async ({ params, body, caller }) => {
  const decided = await decideAppeal(signedIn(caller).user.id, params.id, body);
  after(drainAfterRequest);
  return { status: 200, body: decided };
});

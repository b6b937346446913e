import { handle } from "@/app/_http/handle";
import { answerOf } from "@/lib/giving/pledge/answer";
import { getPledgeOperation } from "../../_operations/pledges";
import { pledgeOf } from "../_sender";

export const GET = handle(getPledgeOperation, async ({ request, params, caller }) => ({
  status: 200,
  body: await answerOf(await pledgeOf(request, caller, params.id)),
}));

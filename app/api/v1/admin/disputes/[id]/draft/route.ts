import { handle } from "@/app/_http/handle";
import { saveDisputeDraftOperation } from "@/app/api/v1/_operations/disputes";
import { signedIn } from "@/lib/access/authorise";
import { saveDraft } from "@/lib/giving/dispute/answer-dispute";

export const PUT = handle(saveDisputeDraftOperation, async ({ params, body, caller }) => ({
  status: 200,
  body: await saveDraft(signedIn(caller).user.id, params.id, body),
}));

import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { claimGuestGifts } from "@/lib/giving/pledge/claim-guest-gifts";
import { claimGiftsOperation } from "../../../_operations/pledges";

export const POST = handle(claimGiftsOperation, async ({ caller }) => ({
  status: 200,
  body: { claimed: await claimGuestGifts(signedIn(caller).user.id) },
}));

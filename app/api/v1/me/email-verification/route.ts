import { handle } from "@/app/_http/handle";
import { requestVerificationOperation } from "@/app/api/v1/_operations/accounts";
import { signedIn } from "@/lib/access/authorise";
import { requestEmailVerification } from "@/lib/account/request-email-verification";
import { limit } from "@/lib/platform/rate-limit/limit";

export const POST = handle(requestVerificationOperation, async ({ caller }) => {
  const { user } = signedIn(caller);
  const headers = await limit({ policy: "verification-mail-user", subject: user.id });
  await requestEmailVerification(user.id);
  return { status: 202, headers };
});

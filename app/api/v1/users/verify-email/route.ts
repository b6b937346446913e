import { handle } from "@/app/_http/handle";
import { verifyEmailOperation } from "@/app/api/v1/_operations/accounts";
import { verifyEmail } from "@/lib/account/verify-email";
import { clientAddress } from "@/lib/platform/rate-limit/client-address";
import { limit } from "@/lib/platform/rate-limit/limit";

export const POST = handle(verifyEmailOperation, async ({ request, body }) => {
  const headers = await limit({ policy: "account-link-ip", subject: clientAddress(request.headers) });
  const { userId, email } = await verifyEmail(body.token);
  return { status: 200, body: { id: userId, email }, headers };
});

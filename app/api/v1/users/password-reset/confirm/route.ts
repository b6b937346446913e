import { handle } from "@/app/_http/handle";
import { resetPasswordOperation } from "@/app/api/v1/_operations/accounts";
import { resetPassword } from "@/lib/account/reset-password";
import { clientAddress } from "@/lib/platform/rate-limit/client-address";
import { limit } from "@/lib/platform/rate-limit/limit";

export const POST = handle(resetPasswordOperation, async ({ request, body }) => {
  const headers = await limit({ policy: "account-link-ip", subject: clientAddress(request.headers) });
  await resetPassword(body);
  return { status: 204, headers };
});

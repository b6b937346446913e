import { handle } from "@/app/_http/handle";
import { loginOperation } from "@/app/api/v1/_operations/accounts";
import { logIn } from "@/lib/account/log-in";
import { clientAddress } from "@/lib/platform/rate-limit/client-address";
import { limit } from "@/lib/platform/rate-limit/limit";
import { bearerClient } from "@/lib/platform/supabase/server";

export const POST = handle(loginOperation, async ({ request, body }) => {
  const headers = await limit(
    { policy: "login-ip", subject: clientAddress(request.headers) },
    { policy: "login-email", subject: body.email },
  );
  return { status: 200, body: await logIn(bearerClient(), body), headers };
});

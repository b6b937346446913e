import { handle } from "@/app/_http/handle";
import { refreshOperation } from "@/app/api/v1/_operations/accounts";
import { refreshSession } from "@/lib/account/refresh-session";
import { clientAddress } from "@/lib/platform/rate-limit/client-address";
import { limit } from "@/lib/platform/rate-limit/limit";
import { bearerClient } from "@/lib/platform/supabase/server";

export const POST = handle(refreshOperation, async ({ request, body }) => {
  const headers = await limit({ policy: "refresh-ip", subject: clientAddress(request.headers) });
  return { status: 200, body: await refreshSession(bearerClient(), body.refreshToken), headers };
});

import { after } from "next/server";
import { handle } from "@/app/_http/handle";
import { registerOperation } from "@/app/api/v1/_operations/accounts";
import { register } from "@/lib/account/register";
import { requestEmailVerification } from "@/lib/account/request-email-verification";
import { clientAddress } from "@/lib/platform/rate-limit/client-address";
import { limit } from "@/lib/platform/rate-limit/limit";
import { bearerClient } from "@/lib/platform/supabase/server";
import { log } from "@/lib/platform/telemetry/log";

export const POST = handle(registerOperation, async ({ request, body }) => {
  const headers = await limit(
    { policy: "register-ip", subject: clientAddress(request.headers) },
    { policy: "register-email", subject: body.email },
  );
  const session = await register(bearerClient(), body);
  after(() =>
    requestEmailVerification(session.user.id).catch((error: unknown) => {
      // The account stands; the mail can be asked for again in the settings.
      log.error({ error, userId: session.user.id }, "verification mail was not sent");
    }),
  );
  return { status: 201, body: session, headers };
});

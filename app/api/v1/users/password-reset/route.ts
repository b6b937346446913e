import { after } from "next/server";
import { handle } from "@/app/_http/handle";
import { requestPasswordResetOperation } from "@/app/api/v1/_operations/accounts";
import { requestPasswordReset } from "@/lib/account/request-password-reset";
import { clientAddress } from "@/lib/platform/rate-limit/client-address";
import { limit } from "@/lib/platform/rate-limit/limit";
import { log } from "@/lib/platform/telemetry/log";

export const POST = handle(requestPasswordResetOperation, async ({ request, body }) => {
  const headers = await limit(
    { policy: "password-reset-ip", subject: clientAddress(request.headers) },
    { policy: "password-reset-email", subject: body.email },
  );
  const send = await requestPasswordReset(body.email);
  if (send) after(() => send().catch((error: unknown) => log.error({ error }, "password reset mail was not sent")));
  return { status: 202, headers };
});

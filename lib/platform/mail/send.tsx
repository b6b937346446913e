import "server-only";
import { render } from "react-email";
import { Resend, type ErrorResponse } from "resend";
import { serverEnv } from "@/lib/env/server";
import { AppError } from "@/lib/kernel/errors";
import { run } from "@/lib/platform/resilience/resilience";
import { log } from "@/lib/platform/telemetry/log";
import { outsideCall } from "@/lib/platform/telemetry/outside";
import { MailLayout } from "./layout";
import { plainText, type MailMessage } from "./message";

/** Resend returns its errors instead of throwing them; without a status it could not be reached. */
class MailRefused extends Error {
  override readonly name = "MailRefused";
  readonly statusCode: number | null;

  constructor(error: ErrorResponse) {
    super(`Resend did not take the mail: ${error.name}: ${error.message}`);
    this.statusCode = error.statusCode;
  }
}

let resend: Resend | undefined;

/**
 * Sends one mail, as HTML and as text.
 * @throws AppError `provider_unavailable` when the mail provider does not take it, after the tries of its policy.
 */
export async function sendMail(message: MailMessage): Promise<void> {
  const env = serverEnv();
  resend ??= new Resend(env.RESEND_API_KEY, { baseUrl: env.RESEND_BASE_URL });
  const client = resend;
  const html = await render(<MailLayout message={message} />);
  try {
    // A repeat cannot send twice: every attempt bears the message's idempotency key.
    const id = await run("mail", async () => {
      const { data, error } = await outsideCall(
        { service: "resend", operation: "send" },
        () =>
          client.emails.send(
            {
              from: env.MAIL_FROM,
              to: message.to,
              subject: message.subject,
              html,
              text: plainText(message),
              ...(message.unsubscribe
                ? {
                    headers: {
                      "List-Unsubscribe": `<${message.unsubscribe.postUrl}>`,
                      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                    },
                  }
                : {}),
            },
            { idempotencyKey: message.idempotencyKey },
          ),
        (answer) => (answer.error ? "refused" : "ok"),
      );
      if (error) throw new MailRefused(error);
      return data.id;
    });
    log.info({ mailId: id }, "mail handed to Resend");
  } catch (cause) {
    throw new AppError(
      "provider_unavailable",
      "We could not send the mail. Nothing else is affected; ask for it again in a minute.",
      { cause },
    );
  }
}

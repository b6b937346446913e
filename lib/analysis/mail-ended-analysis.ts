import "server-only";
import { appLink } from "@/lib/platform/mail/app-link";
import type { MailMessage } from "@/lib/platform/mail/message";
import { sendMail } from "@/lib/platform/mail/send";
import { readMailRecipients, type EndedAnalysis } from "./store";

/**
 * Mails everyone who waited for an analysis, wants such mail and has a verified address. Sending it again within a day
 * sends nothing.
 * @returns how many mails were handed over
 * @throws AppError `provider_unavailable`
 */
export async function mailEndedAnalysis(analysisId: string): Promise<number> {
  const ended = await readMailRecipients(analysisId);
  if (!ended || (ended.status !== "completed" && ended.status !== "failed")) return 0;
  for (const person of ended.people) await sendMail(composeMail(analysisId, ended, person));
  return ended.people.length;
}

function composeMail(analysisId: string, ended: EndedAnalysis, person: EndedAnalysis["people"][number]): MailMessage {
  const name = `${ended.owner}/${ended.name}`;
  const done = ended.status === "completed";
  return {
    to: person.email,
    subject: done ? `${name} is analysed` : `${name} could not be analysed`,
    greeting: `Hello ${person.displayName},`,
    paragraphs: done
      ? [`The analysis of ${name} is ready: its languages, what it says about how you write, and what to learn next.`]
      : [
          `The analysis of ${name} did not come to its end. ${ended.message ?? ""}`.trim(),
          "Nothing of yours was changed.",
        ],
    action: {
      label: done ? "Look at the analysis" : "See what happened",
      url: appLink(`/learn/analyses/${analysisId}`),
    },
    note: "You get this because you asked for the analysis. Mail about analyses can be switched off in your settings.",
    idempotencyKey: `analysis-ended-${analysisId}-${person.userId}`,
  };
}

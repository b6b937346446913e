import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { AppError } from "@/lib/kernel/errors";
import { statementCsv, statementPdf } from "@/lib/giving/receipt/gifts";
import { limit } from "@/lib/platform/rate-limit/limit";
import { getStatementOperation } from "../../../_operations/documents";

export const GET = handle(getStatementOperation, async ({ query, caller }) => {
  const { user } = signedIn(caller);
  const { from, to, format } = query;
  if (from > to) {
    const message = "The last day lies before the first.";
    throw new AppError("rule_broken", message, { issues: [{ path: "to", message }] });
  }
  const headers = await limit({ policy: "statement-user", subject: user.id });
  const name = `gifts-${from}-${to}`;
  return format === "csv"
    ? {
        status: 200,
        headers,
        file: {
          content: await statementCsv(user.id, { from, to }),
          type: "text/csv; charset=utf-8",
          name: `${name}.csv`,
        },
      }
    : {
        status: 200,
        headers,
        file: {
          content: await statementPdf({ id: user.id, name: user.displayName, email: user.email }, { from, to }),
          type: "application/pdf",
          name: `${name}.pdf`,
        },
      };
});

import { handle } from "@/app/_http/handle";
import { receiptPdf } from "@/lib/giving/receipt/gifts";
import { getReceiptOperation } from "../../../_operations/documents";
import { pledgeOf } from "../../_sender";

export const GET = handle(getReceiptOperation, async ({ request, params, caller }) => {
  const { payment } = await pledgeOf(request, caller, params.id);
  return {
    status: 200,
    file: { content: await receiptPdf(payment.id), type: "application/pdf", name: `receipt-${params.id}.pdf` },
  };
});

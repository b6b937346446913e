"use client";

import { useActionState, type ReactNode } from "react";
import { fieldError, UNTOUCHED } from "@/app/_http/form-state";
import { Alert } from "@/components/ui/alert";
import { Checkbox } from "@/components/ui/choice";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { Textarea } from "@/components/ui/textarea";
import { SHORT_FIELDS } from "@/lib/giving/dispute/rules";
import { EVIDENCE_FIELDS, FIELD_LIMIT, type Evidence, type EvidenceField } from "@/lib/giving/dispute/schemas";
import { evidenceAction } from "../../actions";

const WORDS: Readonly<Record<EvidenceField, { readonly label: string; readonly help?: string }>> = {
  product_description: { label: "What was paid for" },
  customer_name: { label: "Donor’s name" },
  customer_email_address: { label: "Donor’s e-mail" },
  customer_purchase_ip: {
    label: "Network address of the donor",
    help: "We keep none, only a hash by which two gifts can be compared. Fill it in if you have it from elsewhere.",
  },
  billing_address: { label: "Billing address", help: "We ask donors for none." },
  service_date: { label: "Day of the payment" },
  access_activity_log: { label: "What happened, step by step", help: "Times are in UTC." },
  refund_policy_disclosure: { label: "How donors learn that they can have their money back" },
  refund_refusal_explanation: {
    label: "Why the money was not returned",
    help: "Only if the donor asked for it and you said no.",
  },
  cancellation_policy_disclosure: { label: "How donors learn that they can cancel" },
  cancellation_rebuttal: { label: "Why what the cardholder says about cancelling is not so" },
  duplicate_charge_id: {
    label: "The other payment, if it is said to be a duplicate",
    help: "Its id at Stripe, such as pi_… or ch_….",
  },
  duplicate_charge_explanation: { label: "Why the two payments are not the same" },
  uncategorized_text: { label: "Anything else", help: "What the donor wrote to you belongs here, word for word." },
};

/** What fits every gift; the rest is folded away until it is needed. */
const ALWAYS: ReadonlySet<EvidenceField> = new Set([
  "product_description",
  "customer_name",
  "customer_email_address",
  "service_date",
  "access_activity_log",
  "refund_policy_disclosure",
  "uncategorized_text",
]);

interface EvidenceFormProps {
  readonly disputeId: string;
  /** Of the draft that is shown; 0 when there is none. */
  readonly version: number;
  readonly evidence: Evidence;
}

/** Evidence, which can be saved and gone on with, and is sent once. */
export function EvidenceForm({ disputeId, version, evidence }: EvidenceFormProps): ReactNode {
  const [state, action] = useActionState(evidenceAction, UNTOUCHED);
  const typed = (name: EvidenceField): string => state.values[name] ?? evidence[name] ?? "";
  const isOpen = (name: EvidenceField): boolean =>
    ALWAYS.has(name) || (evidence[name] ?? "") !== "" || fieldError(state, name) !== undefined;
  const field = (name: EvidenceField): ReactNode => {
    const { label, help } = WORDS[name];
    const shared = { name, label, optional: true, error: fieldError(state, name), ...(help ? { help } : {}) } as const;
    return SHORT_FIELDS.has(name) ? (
      <Input key={name} {...shared} maxLength={500} defaultValue={typed(name)} autoComplete="off" />
    ) : (
      <Textarea key={name} {...shared} rows={3} maxLength={FIELD_LIMIT} defaultValue={typed(name)} />
    );
  };
  const folded = EVIDENCE_FIELDS.filter((name) => !isOpen(name));
  return (
    <form action={action} className="flex max-w-measure flex-col gap-5">
      <ErrorSummary errors={state.errors} title="Nothing was saved or sent" />
      {state.status === "done" ? (
        <Alert tone="success" live>
          {state.message}
        </Alert>
      ) : null}
      <input type="hidden" name="disputeId" value={disputeId} />
      <input type="hidden" name="version" value={version} />
      {EVIDENCE_FIELDS.filter(isOpen).map(field)}
      {folded.length > 0 ? (
        <details>
          <summary className="touch-target flex cursor-pointer items-center font-medium underline underline-offset-3">
            {folded.length} more texts that the bank takes
          </summary>
          <div className="flex flex-col gap-5 pt-3">{folded.map(field)}</div>
        </details>
      ) : null}
      <div className="flex flex-col gap-4 border-t border-line pt-5">
        <SubmitButton name="intent" value="save" variant="secondary" pendingLabel="Saving…">
          Save the draft
        </SubmitButton>
        <Checkbox
          name="sure"
          label="I have read it through, and it is true"
          help="It goes to the bank as it stands above. It can be sent once, and not be changed afterwards."
          error={fieldError(state, "sure")}
        />
        <SubmitButton name="intent" value="submit" pendingLabel="Sending…">
          Send it to the bank
        </SubmitButton>
      </div>
    </form>
  );
}

/**
 * The payment's machine, as `private.payment_steps` enforces it in the database: monotone, nothing leads back.
 * A test compares the two tables.
 */
export const PAYMENT_STATES = ["pending", "authorized", "captured", "completed", "failed", "canceled"] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

/** The legal steps. */
export const PAYMENT_STEPS: Readonly<Record<PaymentState, readonly PaymentState[]>> = {
  pending: ["authorized", "failed", "canceled"],
  authorized: ["captured", "canceled"],
  captured: ["completed"],
  completed: [],
  failed: [],
  canceled: [],
};

/**
 * The states walked through from one to another, the target included; empty when they are the same, `null` when no
 * way leads there. An event that is ahead of the row walks it forward, one transition a step.
 */
export function stepsBetween(from: PaymentState, to: PaymentState): PaymentState[] | null {
  if (from === to) return [];
  for (const next of PAYMENT_STEPS[from]) {
    const rest = stepsBetween(next, to);
    if (rest) return [next, ...rest];
  }
  return null;
}

/** What an event that wants `to` means for a row that stands at `from`. */
export function judge(from: PaymentState, to: PaymentState): "advance" | "superseded" | "impossible" {
  const steps = stepsBetween(from, to);
  if (steps) return steps.length > 0 ? "advance" : "superseded";
  return stepsBetween(to, from) ? "superseded" : "impossible";
}

/** What a form shows after it was sent: plain data, the same with and without JavaScript. */
export interface FormState {
  readonly status: "untouched" | "failed" | "done";
  readonly errors: readonly { readonly field?: string; readonly message: string }[];
  /** What was typed, without passwords, so that nothing need be typed twice. */
  readonly values: Readonly<Record<string, string>>;
  /** What happened, when it went well. */
  readonly message?: string;
}

export const UNTOUCHED: FormState = { status: "untouched", errors: [], values: {} };

/** The first thing wrong with a field. */
export function fieldError(state: FormState, field: string): string | undefined {
  return state.errors.find((error) => error.field === field)?.message;
}

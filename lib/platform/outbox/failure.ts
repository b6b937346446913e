/**
 * What a failed publish says.
 * - `refused`: something in the call is not accepted as it is.
 * - `too_large`: the call is; alone, an event is and stays too large.
 * - `failed`: the other side broke, perhaps over one of the events.
 * - `unreachable`: nothing is said of the events.
 */
export type FailureKind = "refused" | "too_large" | "failed" | "unreachable";

export class PublishFailure extends Error {
  override readonly name = "PublishFailure";
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** A failure of our own making (an event that cannot be written as JSON) is looked for event by event. */
export function kindOfFailure(error: unknown): FailureKind {
  return error instanceof PublishFailure ? error.kind : "refused";
}

/** An error and its causes in a line that PostgreSQL takes (it refuses NUL in JSON). */
export function describeFailure(error: unknown): string {
  const lines: string[] = [];
  for (let at: unknown = error; at !== undefined && lines.length < 4; at = at instanceof Error ? at.cause : undefined) {
    lines.push(at instanceof Error ? `${at.name}: ${at.message}` : String(at));
  }
  return lines.join(" ← ").replaceAll("\u0000", "").slice(0, 2_000);
}

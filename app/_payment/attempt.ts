import { z } from "zod";

/**
 * One try to give, kept for this tab before anything is sent: with the same key and the same words it may be sent any
 * number of times, and stays one gift. That is what reloading, the back button and a lost connection come back to.
 */
export const attemptSchema = z.strictObject({
  /** The Idempotency-Key. */
  key: z.string(),
  /** Where it goes: a new pledge, or another card for one. */
  path: z.string(),
  /** The body as it was sent, to the letter. */
  body: z.string(),
  /** Opens the pledge of another card. */
  statusToken: z.string().nullable(),
  state: z.enum(["sending", "made"]),
  /** Of the pledge, once it is known. */
  pledge: z.strictObject({ id: z.string(), token: z.string() }).nullable(),
  amount: z.string(),
});
export type Attempt = z.infer<typeof attemptSchema>;

const slot = (name: string): string => `gift:${name}`;

/** @returns the try that this tab remembers, or null; also where the browser keeps nothing */
export function recallAttempt(name: string): Attempt | null {
  try {
    const kept = sessionStorage.getItem(slot(name));
    return kept === null ? null : (attemptSchema.safeParse(JSON.parse(kept)).data ?? null);
  } catch {
    return null;
  }
}

/** @returns whether it is kept: without that, sending again after a reload could not be told from a second gift */
export function rememberAttempt(name: string, attempt: Attempt): boolean {
  try {
    sessionStorage.setItem(slot(name), JSON.stringify(attempt));
    return true;
  } catch {
    return false;
  }
}

export function forgetAttempt(name: string): void {
  try {
    sessionStorage.removeItem(slot(name));
  } catch {
    // Nothing was kept, so nothing need go.
  }
}

const answerSchema = z.object({
  pledge: z.object({ id: z.string() }),
  payment: z.object({
    state: z.string().optional(),
    nextAction: z.object({ type: z.string(), clientSecret: z.string() }).optional(),
  }),
  statusToken: z.string(),
});
const problemSchema = z.object({
  code: z.string(),
  detail: z.string(),
  declineCode: z.string().nullish(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  pledge: z.object({ id: z.string() }).optional(),
  statusToken: z.string().optional(),
  challenge: z.object({ kind: z.string(), siteKey: z.string() }).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** What came of sending a try. */
export type Outcome =
  | {
      readonly kind: "made";
      readonly pledge: { readonly id: string; readonly token: string };
      readonly clientSecret: string | null;
      /** The server had done it before. */
      readonly replayed: boolean;
    }
  | {
      readonly kind: "refused";
      readonly problem: Problem;
      readonly pledge: { readonly id: string; readonly token: string } | null;
    }
  /** Nobody knows: send the same again. */
  | { readonly kind: "unknown"; readonly message: string; readonly retryAfterMs: number };

const LOST =
  "We lost the connection, so we do not know yet whether your donation went through. Check again: it stays one donation, however often you ask.";

/** Sends a try, or sends it again. Never throws: a lost connection is an outcome too. */
export async function sendAttempt(attempt: Attempt, challengeToken?: string): Promise<Outcome> {
  let response: Response;
  let json: unknown;
  try {
    response = await fetch(attempt.path, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json",
        "idempotency-key": attempt.key,
        ...(attempt.statusToken ? { "x-status-token": attempt.statusToken } : {}),
      },
      body: challengeToken ? JSON.stringify({ ...(JSON.parse(attempt.body) as object), challengeToken }) : attempt.body,
    });
    json = await response.json();
  } catch {
    return { kind: "unknown", message: LOST, retryAfterMs: 3_000 };
  }
  const retryAfterMs = (Number(response.headers.get("retry-after")) || 2) * 1_000;
  const made = answerSchema.safeParse(json);
  if (response.ok && made.success) {
    const { pledge, payment, statusToken } = made.data;
    return {
      kind: "made",
      pledge: { id: pledge.id, token: statusToken },
      clientSecret: payment.nextAction?.clientSecret ?? null,
      replayed: response.headers.get("idempotency-replayed") === "true",
    };
  }
  const problem = problemSchema.safeParse(json);
  if (!problem.success) return { kind: "unknown", message: LOST, retryAfterMs };
  if (problem.data.code === "idempotency_in_progress" || (response.status >= 500 && response.status !== 503))
    return { kind: "unknown", message: problem.data.detail, retryAfterMs };
  if (response.status === 503) return { kind: "unknown", message: problem.data.detail, retryAfterMs };
  const { pledge, statusToken } = problem.data;
  return {
    kind: "refused",
    problem: problem.data,
    pledge: pledge && statusToken ? { id: pledge.id, token: statusToken } : null,
  };
}

/** A pledge's page; the token stands in the fragment, which no server and no log ever sees. */
export function pledgePath({ id, token }: { readonly id: string; readonly token: string }): string {
  return `/pledges/${id}#${token}`;
}

/** Has the server ask Stripe how the bank's question was answered. It may fail: the page asks again. */
export async function refreshPledge({
  id,
  token,
}: {
  readonly id: string;
  readonly token: string | null;
}): Promise<void> {
  await fetch(`/api/v1/pledges/${id}/refresh`, {
    method: "POST",
    headers: token ? { "x-status-token": token } : {},
  }).catch(() => undefined);
}

import { z } from "zod";
import { AppError, isErrorCode, type ErrorCode } from "@/lib/kernel/errors";

/** An answer of an operation; `app/_http/handle.ts` serialises it. */
export interface IdempotentAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const headersSchema = z.record(z.string(), z.string());

/** An answer as it is kept: of the body only what JSON holds, of a refusal what people are told. */
export const storedAnswerSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("answer"), status: z.number().int(), headers: headersSchema, body: z.unknown() }),
  z.object({
    kind: z.literal("refusal"),
    code: z.custom<ErrorCode>(isErrorCode),
    message: z.string(),
    headers: headersSchema,
    issues: z.array(z.object({ path: z.string(), message: z.string() })),
    extra: z.record(z.string(), z.unknown()),
  }),
]);

export type StoredAnswer = z.output<typeof storedAnswerSchema>;

export function storeAnswer({ status, headers, body }: IdempotentAnswer): StoredAnswer {
  return { kind: "answer", status, headers: { ...headers }, body: body ?? null };
}

export function storeRefusal(refusal: AppError): StoredAnswer {
  return {
    kind: "refusal",
    code: refusal.code,
    message: refusal.message,
    headers: { ...refusal.headers },
    issues: refusal.issues.map((issue) => ({ ...issue })),
    extra: { ...refusal.extra },
  };
}

export const REPLAYED = { "Idempotency-Replayed": "true" } as const;

/** @throws AppError the refusal that was stored, marked as replayed */
export function replayStored(stored: StoredAnswer, replayedAs: Readonly<Record<number, number>>): IdempotentAnswer {
  if (stored.kind === "refusal") {
    const { code, message, headers, issues, extra } = stored;
    throw new AppError(code, message, { issues, extra, headers: { ...headers, ...REPLAYED } });
  }
  const { status, headers, body } = stored;
  const answer = { status: replayedAs[status] ?? status, headers: { ...headers, ...REPLAYED } };
  return body === null || body === undefined ? answer : { ...answer, body };
}

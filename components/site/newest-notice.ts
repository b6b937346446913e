import { z } from "zod/mini";

const answerSchema = z.object({ items: z.array(z.object({ version: z.number() })), unread: z.number() });

export interface NewestNotice {
  /** 0 when there is none. */
  readonly version: number;
  readonly unread: number;
}

/**
 * Asks how many notices are unread and which is the newest.
 * @throws Error when the server does not answer as expected, e.g. because nobody is signed in.
 */
export async function fetchNewestNotice(signal: AbortSignal): Promise<NewestNotice> {
  const response = await fetch("/api/v1/notifications?limit=1", { signal, headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`/api/v1/notifications answered ${response.status}`);
  const { items, unread } = answerSchema.parse(await response.json());
  return { version: items[0]?.version ?? 0, unread };
}

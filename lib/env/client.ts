import { z } from "zod/mini";

/**
 * What the browser may know. It comes at run time from `/api/config`, not from build-time inlining,
 * so that one build serves every environment (docs/decisions).
 */
const clientEnvSchema = z.object({
  supabaseUrl: z.string(),
  supabasePublishableKey: z.string(),
});

export type ClientEnv = z.infer<typeof clientEnvSchema>;

let pending: Promise<ClientEnv> | undefined;

/**
 * Loads the browser's configuration once a page load.
 * @throws Error when the server cannot be reached; the next call tries again.
 */
export function loadClientEnv(): Promise<ClientEnv> {
  pending ??= fetch("/api/config")
    .then(async (response) => {
      if (!response.ok) throw new Error(`/api/config answered ${response.status}`);
      return clientEnvSchema.parse(await response.json());
    })
    .catch((error: unknown) => {
      pending = undefined;
      throw error;
    });
  return pending;
}

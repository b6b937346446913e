import { createBrowserClient } from "@supabase/ssr";
import type { SupabaseClient } from "@supabase/supabase-js";
import { loadClientEnv } from "@/lib/env/client";
import type { Database } from "./database.types";

let client: Promise<SupabaseClient<Database>> | undefined;

/** The browser's one Supabase client, used for Realtime; data goes through our own routes. */
export function browserClient(): Promise<SupabaseClient<Database>> {
  client ??= loadClientEnv()
    .then((env) =>
      createBrowserClient<Database>(env.supabaseUrl, env.supabasePublishableKey, {
        // Timers of a hidden tab are throttled until its socket dies of silence; a worker's are not.
        realtime: {
          heartbeatIntervalMs: 30_000,
          worker: typeof Worker !== "undefined",
          workerUrl: "/realtime-worker.js",
        },
      }),
    )
    .catch((error: unknown) => {
      client = undefined;
      throw error;
    });
  return client;
}

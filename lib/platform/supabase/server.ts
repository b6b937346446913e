import { createServerClient } from "@supabase/ssr";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { cookies } from "next/headers";
import { serverEnv } from "@/lib/env/server";
import { sessionCookieOptions } from "./cookie-options";
import type { Database } from "./database.types";
import { supabaseFetch } from "./fetch";

export type Db = SupabaseClient<Database>;

/**
 * A client that is whoever the browser's session cookies say. Never built with the secret key: a
 * cookie session would override it.
 */
export async function cookieClient(): Promise<Db> {
  // First of all: it tells Next, while it builds, that this page cannot be prerendered.
  const jar = await cookies();
  const env = serverEnv();
  return createServerClient<Database>(env.SUPABASE_URL, env.SUPABASE_PUBLISHABLE_KEY, {
    cookieOptions: sessionCookieOptions(),
    db: { retry: false },
    global: { fetch: supabaseFetch },
    cookies: {
      getAll: () => jar.getAll(),
      setAll: (list) => {
        try {
          for (const { name, value, options } of list) jar.set(name, value, options);
        } catch {
          // A server component may not set cookies; proxy.ts has refreshed the session before it ran.
        }
      },
    },
  });
}

/** A client that is whoever the bearer token says; without one it is anonymous. */
export function bearerClient(accessToken?: string): Db {
  const env = serverEnv();
  return createClient<Database>(env.SUPABASE_URL, env.SUPABASE_PUBLISHABLE_KEY, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    db: { retry: false },
    global: { fetch: supabaseFetch, headers: accessToken ? { Authorization: `Bearer ${accessToken}` } : {} },
  });
}

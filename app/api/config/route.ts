import { serverEnv } from "@/lib/env/server";

export const dynamic = "force-dynamic";

/** What the browser may know of this deployment; see lib/env/client.ts. */
export function GET(): Response {
  const env = serverEnv();
  return Response.json(
    { supabaseUrl: env.SUPABASE_URL, supabasePublishableKey: env.SUPABASE_PUBLISHABLE_KEY },
    { headers: { "Cache-Control": "public, max-age=60" } },
  );
}

// breaks: env-only-on-kernel
import { browserClient } from "@/lib/platform/supabase/browser";
export const client = browserClient;

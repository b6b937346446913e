// breaks: trusted-only-from-stores
import { callTrusted } from "@/lib/platform/supabase/trusted";
export const GET = callTrusted;

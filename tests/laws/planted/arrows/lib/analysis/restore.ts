// breaks: trusted-only-from-stores
import { callTrusted } from "../platform/supabase/trusted";
export const restore = callTrusted;

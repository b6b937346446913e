import { callTrusted } from "@/lib/platform/supabase/trusted";
export const claim = (): string => callTrusted();

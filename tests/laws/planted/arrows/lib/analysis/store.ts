import { callTrusted } from "@/lib/platform/supabase/trusted";
import { known } from "@/lib/analysis/rules";
export const store = (): boolean => known(callTrusted());

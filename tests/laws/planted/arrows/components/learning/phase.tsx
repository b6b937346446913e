import { known } from "@/lib/analysis/rules";
import { browserClient } from "@/lib/platform/supabase/browser";
export const Phase = () => <p>{String(known(browserClient()))}</p>;

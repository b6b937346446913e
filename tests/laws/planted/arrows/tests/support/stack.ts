import { start } from "../../devstack/start.ts";
import { requestAnalysis } from "@/lib/analysis/scan/request-analysis";
import { callTrusted } from "@/lib/platform/supabase/trusted";
export const stack = (): string => start() + callTrusted() + String(requestAnalysis());

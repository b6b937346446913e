import { Phase } from "@/components/learning/phase";
import { requestAnalysis } from "@/lib/analysis/scan/request-analysis";
export const Page = () => (requestAnalysis() ? <Phase /> : null);

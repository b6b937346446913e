import { requestAnalysis } from "@/lib/analysis/scan/request-analysis";
export const analyse = (): boolean => requestAnalysis();

// breaks: devstack-not-to-product
import { requestAnalysis } from "../lib/analysis/scan/request-analysis.ts";
export const seed = requestAnalysis;

// breaks: workflows-only-on-lib
import { analyse } from "@/inngest/analysis/analyse";
export const main = analyse;

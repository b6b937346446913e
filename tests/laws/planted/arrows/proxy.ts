// breaks: app-on-lib-and-components
import { analyse } from "@/inngest/analysis/analyse";
export const proxy = analyse;

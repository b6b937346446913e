import { analyse } from "@/inngest/analysis/analyse";
export const POST = (): boolean => analyse();

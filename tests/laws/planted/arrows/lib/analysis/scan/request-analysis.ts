import { store } from "@/lib/analysis/store";
import { send } from "@/lib/platform/mail/send";
export const requestAnalysis = (): boolean => store() && send() !== "";

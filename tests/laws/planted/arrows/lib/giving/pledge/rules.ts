// breaks: pure-only-on-kernel
import { send } from "@/lib/platform/mail/send";
export const rule = send;

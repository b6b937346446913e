// breaks: inngest-only-from-its-route, not-to-unresolvable
import { main } from "@/worker/main";
import { gone } from "@/lib/platform/gone";
export const both = [main, gone];

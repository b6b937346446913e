// breaks: workflows-only-on-lib
import { Phase } from "@/components/learning/phase";
export const render = Phase;

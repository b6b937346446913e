// breaks: domain-within-itself
import { analysis } from "@/lib/analysis/schemas";
import { pledge } from "./schemas";
export const both = [analysis, pledge];

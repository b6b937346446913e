// breaks: domain-within-itself
import { secretKey } from "@/lib/env/server";
export const key = secretKey;

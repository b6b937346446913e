// breaks: access-on-platform
import { secretKey } from "@/lib/env/server";
export const requireUser = (): string => secretKey();

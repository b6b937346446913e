import { secretKey } from "@/lib/env/server";
export const callTrusted = (): string => secretKey();

import { secretKey } from "@/lib/env/server";
import { claim } from "@/lib/platform/outbox/store";
import { createHash } from "node:crypto";
export const send = (): string => createHash("sha256").update(secretKey() + claim()).digest("hex");

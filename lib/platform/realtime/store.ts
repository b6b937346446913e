import "server-only";
import type { Json } from "@/lib/platform/supabase/database.types";
import { callTrusted } from "@/lib/platform/supabase/trusted";

/** @throws AppError `database_unavailable` */
export async function sendMessage(message: {
  readonly topic: string;
  readonly private: boolean;
  readonly type: string;
  readonly data: unknown;
  readonly version: number;
}): Promise<void> {
  await callTrusted("publish_message", {
    p_topic: message.topic,
    p_private: message.private,
    p_type: message.type,
    p_data: message.data as Json,
    p_version: message.version,
  });
}

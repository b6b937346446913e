import "server-only";
import { z } from "zod";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import type { Db } from "@/lib/platform/supabase/server";
import { unwrap } from "@/lib/platform/supabase/failure";

const sealedTokenSchema = z.object({ ciphertext: z.string(), scopes: z.array(z.string()) });
export type SealedToken = z.infer<typeof sealedTokenSchema>;

const connectionSchema = z.object({
  login: z.string().nullable(),
  scopes: z.array(z.string()),
  connectedAt: z.coerce.date().transform((date) => date.toISOString()),
});
/** A user's grant as they may see it. */
export type GithubConnection = z.infer<typeof connectionSchema>;

export async function writeSealedToken(
  userId: string,
  ciphertext: string,
  scopes: readonly string[],
  login: string | null,
): Promise<void> {
  await callTrusted("store_github_token", {
    p_user: userId,
    p_ciphertext: ciphertext,
    p_scopes: [...scopes],
    p_login: login ?? "",
  });
}

export async function readSealedToken(userId: string): Promise<SealedToken | null> {
  return sealedTokenSchema.nullable().parse(await callTrusted("read_github_token", { p_user: userId }));
}

/** @returns whether there was one. */
export async function deleteSealedToken(userId: string): Promise<boolean> {
  return z.boolean().parse(await callTrusted("delete_github_token", { p_user: userId }));
}

export async function readConnection(db: Db): Promise<GithubConnection | null> {
  return connectionSchema.nullable().parse(unwrap(await db.rpc("my_github_connection")));
}

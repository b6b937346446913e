import "server-only";
import { z } from "zod";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import { analysisResultSchema, languageCountSchema, repositorySchema } from "../schemas";

const time = z.coerce.date().transform((date) => date.toISOString());
const linkSchema = z.object({ createdAt: time });

/** Since when somebody's link to an analysis is open. */
export type OpenLink = z.infer<typeof linkSchema>;

/** Opens a link and closes the older one of the same person. SQL refuses with not_found, conflict or rule_broken. */
export async function openLink(
  userId: string,
  analysisId: string,
  tokenHash: string,
  confirmPrivate: boolean,
): Promise<OpenLink> {
  return linkSchema.parse(
    await callTrusted("share_analysis", {
      p_user: userId,
      p_analysis: analysisId,
      p_token_hash: tokenHash,
      p_confirm_private: confirmPrivate,
    }),
  );
}

/** @returns whether there was an open link to close */
export async function closeLink(userId: string, analysisId: string): Promise<boolean> {
  return z.boolean().parse(await callTrusted("revoke_analysis_share", { p_user: userId, p_analysis: analysisId }));
}

export async function readLink(userId: string, analysisId: string): Promise<OpenLink | null> {
  return linkSchema
    .nullable()
    .parse(await callTrusted("read_analysis_share", { p_user: userId, p_analysis: analysisId }));
}

const sharedRowSchema = z.object({
  repository: repositorySchema,
  private: z.boolean(),
  finishedAt: time,
  result: analysisResultSchema,
});
export type SharedRow = z.infer<typeof sharedRowSchema>;

/** The whole of what an open link leads to; {@link publicView} takes out what is not for the public. */
export async function readShared(tokenHash: string): Promise<SharedRow | null> {
  return sharedRowSchema.nullable().parse(await callTrusted("read_shared_analysis", { p_token_hash: tokenHash }));
}

const badgeRowSchema = z.object({ languages: z.array(languageCountSchema), finishedAt: time });
export type BadgeRow = z.infer<typeof badgeRowSchema>;

/** What the badge of a repository may say, or null when nobody shares it. */
export async function readBadge(host: string, owner: string, name: string): Promise<BadgeRow | null> {
  return badgeRowSchema
    .nullable()
    .parse(await callTrusted("read_analysis_badge", { p_host: host, p_owner: owner, p_name: name }));
}

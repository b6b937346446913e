import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import type { Db } from "@/lib/platform/supabase/server";
import { unwrap } from "@/lib/platform/supabase/failure";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import type { Me, NotificationItem, OnboardingStep, Preferences } from "./schemas";
import { ONBOARDING_STEPS } from "./schemas";

/** The database's times, in whichever of its spellings, as ISO 8601 in UTC. */
const iso = (time: string) => new Date(time).toISOString();
const isoOrNull = (time: string | null) => (time === null ? null : iso(time));

const accessSchema = z.object({
  userId: z.string(),
  email: z.string(),
  roles: z.array(z.enum(["member", "campaign_admin", "operator"])),
  displayName: z.string(),
  emailVerified: z.boolean(),
  isNewUser: z.boolean(),
});

/** What the caller's own row of the access function says. */
export async function readOwnAccess(db: Db): Promise<z.output<typeof accessSchema>> {
  return accessSchema.parse(unwrap(await db.rpc("my_access")));
}

/** Everything `GET /api/v1/me` tells. */
export async function readMe(db: Db): Promise<Me> {
  const access = await readOwnAccess(db);
  const [profile, preferences] = await Promise.all([
    db.from("profiles").select("*").eq("id", access.userId).single().then(unwrap),
    db.from("preferences").select("*").eq("user_id", access.userId).single().then(unwrap),
  ]);
  return {
    user: { id: access.userId, email: access.email },
    profile: {
      displayName: profile.display_name,
      avatarUrl: profile.avatar_url,
      onboarding: {
        steps: ONBOARDING_STEPS.filter((step) => profile.onboarding_steps.includes(step)),
        finishedAt: isoOrNull(profile.onboarding_finished_at),
        skippedAt: isoOrNull(profile.onboarding_skipped_at),
      },
      createdAt: iso(profile.created_at),
      updatedAt: iso(profile.updated_at),
    },
    roles: access.roles,
    preferences: {
      theme: preferences.theme as Preferences["theme"],
      contentFormat: preferences.content_format as Preferences["contentFormat"],
      notifyAnalysis: preferences.notify_analysis,
      notifyLearning: preferences.notify_learning,
      notifyGiving: preferences.notify_giving,
      mailAnalysis: preferences.mail_analysis,
      mailLearning: preferences.mail_learning,
      mailGiving: preferences.mail_giving,
      aiHints: preferences.ai_hints,
      aiGrading: preferences.ai_grading,
      aiLessons: preferences.ai_lessons,
    },
    emailVerified: access.emailVerified,
    isNewUser: access.isNewUser,
  };
}

export async function writeProfile(
  db: Db,
  userId: string,
  change: { displayName?: string | undefined; avatarUrl?: string | null | undefined },
): Promise<void> {
  const row = {
    ...(change.displayName === undefined ? {} : { display_name: change.displayName }),
    ...(change.avatarUrl === undefined ? {} : { avatar_url: change.avatarUrl }),
  };
  mustExist(unwrap(await db.from("profiles").update(row).eq("id", userId).select("id")));
}

export async function writePreferences(
  db: Db,
  userId: string,
  change: { readonly [K in keyof Preferences]?: Preferences[K] | undefined },
): Promise<void> {
  const row = {
    ...(change.theme === undefined ? {} : { theme: change.theme }),
    ...(change.contentFormat === undefined ? {} : { content_format: change.contentFormat }),
    ...(change.notifyAnalysis === undefined ? {} : { notify_analysis: change.notifyAnalysis }),
    ...(change.notifyLearning === undefined ? {} : { notify_learning: change.notifyLearning }),
    ...(change.notifyGiving === undefined ? {} : { notify_giving: change.notifyGiving }),
    ...(change.mailAnalysis === undefined ? {} : { mail_analysis: change.mailAnalysis }),
    ...(change.mailLearning === undefined ? {} : { mail_learning: change.mailLearning }),
    ...(change.mailGiving === undefined ? {} : { mail_giving: change.mailGiving }),
    ...(change.aiHints === undefined ? {} : { ai_hints: change.aiHints }),
    ...(change.aiGrading === undefined ? {} : { ai_grading: change.aiGrading }),
    ...(change.aiLessons === undefined ? {} : { ai_lessons: change.aiLessons }),
  };
  mustExist(unwrap(await db.from("preferences").update(row).eq("user_id", userId).select("user_id")));
}

/** A write that RLS narrowed to nothing was a write by somebody whose account is gone. */
function mustExist(rows: readonly unknown[]): void {
  if (rows.length === 0) throw new AppError("session_ended", "Your account is no longer there. Sign in again.");
}

export async function advanceOnboardingStep(db: Db, step: OnboardingStep): Promise<void> {
  unwrap(await db.rpc("advance_onboarding", { p_step: step }));
}

/** Notices older than `before`, newest first. */
export async function readNotifications(
  db: Db,
  userId: string,
  page: { before: number | null; limit: number; unread: boolean },
): Promise<NotificationItem[]> {
  let query = db
    .from("notifications")
    .select("*")
    .eq("user_id", userId)
    .order("version", { ascending: false })
    .limit(page.limit);
  if (page.before !== null) query = query.lt("version", page.before);
  if (page.unread) query = query.is("read_at", null);
  return unwrap(await query).map((row) => ({
    id: row.id,
    version: Number(row.version),
    kind: row.kind,
    title: row.title,
    body: row.body,
    href: row.href,
    readAt: isoOrNull(row.read_at),
    createdAt: iso(row.created_at),
  }));
}

export async function countUnread(db: Db, userId: string): Promise<number> {
  const answer = await db
    .from("notifications")
    .select("id", { count: "exact", head: true })
    .eq("user_id", userId)
    .is("read_at", null);
  unwrap(answer);
  return answer.count ?? 0;
}

export async function markRead(db: Db, which: { ids: readonly string[] } | { upTo: number }): Promise<number> {
  return unwrap(
    await db.rpc("mark_notifications_read", "ids" in which ? { p_ids: [...which.ids] } : { p_up_to: which.upTo }),
  );
}

export async function readExport(db: Db): Promise<unknown> {
  return unwrap(await db.rpc("export_my_data"));
}

export async function deleteOwnAccount(db: Db): Promise<void> {
  unwrap(await db.rpc("delete_my_account"));
}

export async function setRole(
  db: Db,
  userId: string,
  role: "member" | "campaign_admin" | "operator",
  granted: boolean,
): Promise<void> {
  unwrap(await db.rpc("set_role", { p_user_id: userId, p_role: role, p_granted: granted }));
}

const addresseeSchema = z.object({ userId: z.string(), email: z.string(), displayName: z.string() });
const linkOwnerSchema = z.object({ userId: z.string(), email: z.string() });

export type Addressee = z.output<typeof addresseeSchema>;
export type LinkOwner = z.output<typeof linkOwnerSchema>;

/** Keeps the hash of a verification link; null when there is nothing to verify. */
export async function issueEmailVerification(userId: string, tokenHash: string): Promise<Addressee | null> {
  return addresseeSchema
    .nullable()
    .parse(await callTrusted("issue_email_verification", { p_user_id: userId, p_token_hash: tokenHash }));
}

/** Keeps the hash of a reset link; null when nobody has this address. */
export async function issuePasswordReset(email: string, tokenHash: string): Promise<Addressee | null> {
  return addresseeSchema
    .nullable()
    .parse(await callTrusted("issue_password_reset", { p_email: email, p_token_hash: tokenHash }));
}

/** Whose a link is. @throws AppError `rule_broken` when it is used, expired or unknown. */
export async function readLink(tokenHash: string, purpose: "verify_email" | "reset_password"): Promise<LinkOwner> {
  return linkOwnerSchema.parse(await callTrusted("read_account_link", { p_token_hash: tokenHash, p_purpose: purpose }));
}

export async function consumeVerification(tokenHash: string): Promise<LinkOwner> {
  return linkOwnerSchema.parse(await callTrusted("verify_email", { p_token_hash: tokenHash }));
}

export async function consumePasswordReset(tokenHash: string, password: string): Promise<LinkOwner> {
  return linkOwnerSchema.parse(await callTrusted("reset_password", { p_token_hash: tokenHash, p_password: password }));
}

/** Ends the family of a refresh token that was used before; answers whose it was, or null. */
export async function endReusedTokenFamily(refreshToken: string): Promise<string | null> {
  return z
    .string()
    .nullable()
    .parse(await callTrusted("end_reused_token_family", { p_refresh_token: refreshToken }));
}

import "server-only";
import { cookies } from "next/headers";
import { z } from "zod";
import { serverEnv } from "@/lib/env/server";
import { safeNext } from "@/lib/access/safe-next";

/** Why a browser was sent to GitHub, kept in that browser until it comes back. */
export interface GithubErrand {
  /** `connect` is for an account that is signed in already and must stay the same. */
  readonly intent: "sign-in" | "connect";
  /** A path of ours; empty when no place was asked for. */
  readonly next: string;
  readonly scopes: readonly string[];
}

const NAME = "github-errand";
const MINUTES = 10;
const schema = z.object({
  intent: z.enum(["sign-in", "connect"]),
  next: z.string(),
  scopes: z.array(z.string().regex(/^[a-z_:]{1,40}$/)).max(10),
});

export async function keepErrand(errand: GithubErrand): Promise<void> {
  (await cookies()).set(NAME, JSON.stringify(errand), {
    httpOnly: true,
    path: "/auth",
    sameSite: "lax",
    secure: serverEnv().APP_URL.startsWith("https:"),
    maxAge: MINUTES * 60,
  });
}

/** The errand of this browser, once; a plain sign-in when there is none or it cannot be read. */
export async function takeErrand(): Promise<GithubErrand> {
  const jar = await cookies();
  const kept = jar.get(NAME)?.value;
  jar.delete({ name: NAME, path: "/auth" });
  const plain: GithubErrand = { intent: "sign-in", next: "", scopes: [] };
  if (!kept) return plain;
  let value: unknown;
  try {
    value = JSON.parse(kept);
  } catch {
    // Somebody's own doing: without an errand this is a plain sign-in.
    return plain;
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? { ...parsed.data, next: safeNext(parsed.data.next, "") } : plain;
}

/** Where GitHub, through Supabase Auth, brings the browser back. */
export function githubCallbackUrl(): string {
  return new URL("/auth/callback", serverEnv().APP_URL).toString();
}

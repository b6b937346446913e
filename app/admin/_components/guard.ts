import "server-only";
import { notFound } from "next/navigation";
import { requireUser } from "@/lib/access/session";
import type { SignedInCaller } from "@/lib/access/authorise";

/** Campaign admins and operators, by live session and role table; to everybody else these pages do not exist. */
export async function requireAdministration(): Promise<SignedInCaller> {
  const caller = await requireUser("live");
  if (!caller.user.roles.includes("campaign_admin") && !caller.user.roles.includes("operator")) notFound();
  return caller;
}

/** Operators alone; to everybody else these pages do not exist. */
export async function requireOperator(): Promise<SignedInCaller> {
  const caller = await requireUser("live");
  if (!caller.user.roles.includes("operator")) notFound();
  return caller;
}

import { forgetAccess } from "@/lib/platform/access-cache/access-cache";
import type { Db } from "@/lib/platform/supabase/server";
import type { OnboardingStep } from "./schemas";
import { advanceOnboardingStep } from "./store";

/** Notes a step of the first-run path; `finish` and `skip` end it, and with it `isNewUser`. */
export async function advanceOnboarding(db: Db, userId: string, step: OnboardingStep): Promise<void> {
  await advanceOnboardingStep(db, step);
  await forgetAccess(userId);
}

import { handle } from "@/app/_http/handle";
import { onboardingOperation } from "@/app/api/v1/_operations/accounts";
import { signedIn } from "@/lib/access/authorise";
import { advanceOnboarding } from "@/lib/account/advance-onboarding";
import { getMe } from "@/lib/account/get-me";

export const POST = handle(onboardingOperation, async ({ caller, body }) => {
  const { db, user } = signedIn(caller);
  await advanceOnboarding(db, user.id, body.step);
  return { status: 200, body: await getMe(db) };
});

/** Why a sign-in ended here again, in words. The keys come back from /auth/callback in `?problem=`. */
export const SIGN_IN_PROBLEMS = {
  denied: {
    title: "GitHub was not asked",
    detail:
      "You chose not to let DevMentor know who you are. Nothing was stored. You can also use an address and a password.",
  },
  state: {
    title: "This sign-in was not begun here",
    detail:
      "It has expired, was begun in another browser, or the address was changed on the way. For your safety it was refused. Start again from this page.",
  },
  used: {
    title: "This sign-in has been used",
    detail: "A sign-in link works once, for ten minutes and in the browser that began it. Start again from this page.",
  },
  address: {
    title: "GitHub could not sign you in",
    detail:
      "Either GitHub has not verified your address, or an account here has it already. Verify it at GitHub under Settings, Emails, or sign in with your password.",
  },
  unavailable: {
    title: "We cannot sign you in right now",
    detail: "Our sign-in service does not answer. Nothing was changed. Try again in a minute.",
  },
  ended: { title: "You are signed out", detail: "Your session has ended. Sign in to go on." },
} as const;

export type SignInProblem = keyof typeof SIGN_IN_PROBLEMS;

/** The problem a URL names; null for none and for anything unknown. */
export function problemOf(value: unknown): (typeof SIGN_IN_PROBLEMS)[SignInProblem] | null {
  return typeof value === "string" && Object.hasOwn(SIGN_IN_PROBLEMS, value)
    ? SIGN_IN_PROBLEMS[value as SignInProblem]
    : null;
}

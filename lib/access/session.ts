import "server-only";
import { cache } from "react";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { AppError } from "@/lib/kernel/errors";
import { authoriseCookies, signedIn, type Access, type CallerUser, type SignedInCaller } from "./authorise";
import { PATH_HEADER } from "./path-header";
import { loginPath } from "./safe-next";

const callerOf = cache((access: Access) => authoriseCookies(access));

/** Who looks at this page, if anybody; asked once a render, however many components ask. */
export async function currentUser(): Promise<CallerUser | null> {
  return (await callerOf("public")).user;
}

/**
 * Who looks at this page or calls this action; whoever is not signed in goes to the sign-in page and
 * comes back afterwards.
 * @param access `live` or a role for anything that touches money or administration.
 * @throws AppError `forbidden` when a role is missing, `database_unavailable`.
 */
export async function requireUser(access: Exclude<Access, "public"> = "user"): Promise<SignedInCaller> {
  try {
    return signedIn(await callerOf(access));
  } catch (error) {
    if (error instanceof AppError && error.status === 401)
      redirect(loginPath((await headers()).get(PATH_HEADER) ?? undefined));
    throw error;
  }
}

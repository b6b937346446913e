import { AppError } from "@/lib/kernel/errors";
import { hashLinkToken } from "./links";
import { readLink, type LinkOwner } from "./store";

/**
 * Whose a mailed link is, so that a page can ask before it acts. Changes nothing.
 * @returns null when the link is used, expired or unknown.
 * @throws AppError `database_unavailable`.
 */
export async function readAccountLink(
  token: string,
  purpose: "verify_email" | "reset_password",
): Promise<LinkOwner | null> {
  try {
    return await readLink(hashLinkToken(token), purpose);
  } catch (error) {
    if (error instanceof AppError && error.code === "rule_broken") return null;
    throw error;
  }
}

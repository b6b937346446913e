import "server-only";
import { claimGuestGifts as claim } from "./store";

/**
 * Ties the gifts that were made as a guest, with the address that this account has verified, to the account.
 * @returns how many
 * @throws AppError `forbidden` while the address is not verified
 */
export async function claimGuestGifts(userId: string): Promise<number> {
  return claim(userId);
}

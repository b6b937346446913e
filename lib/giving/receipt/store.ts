import "server-only";
import { z } from "zod";
import type { Json } from "@/lib/platform/supabase/database.types";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import { pledgeRow } from "../administration/store";
import { moment, positionRow } from "../campaign/store";

const giftsRow = z.object({
  items: z.array(pledgeRow.extend({ capturedAt: moment.nullable() })),
  next: positionRow.nullable(),
});

/**
 * A donor's own gifts, newest first.
 * @param filter when the money was taken: ISO 8601 times, `from` inclusive, `to` exclusive
 */
export async function listGifts(
  userId: string,
  filter: { readonly from?: string; readonly to?: string },
  after: Json,
  limit: number,
): Promise<z.output<typeof giftsRow>> {
  return giftsRow.parse(
    await callTrusted("list_my_gifts", { p_user: userId, p_filter: { ...filter }, p_after: after, p_limit: limit }),
  );
}

import "server-only";
import { revalidateTag } from "next/cache";
import { addCdn } from "@/lib/platform/cache/app-cache";
import { nextCdn } from "@/lib/platform/cache/cdn";

/** Next has several module graphs in a process, and the cache is one for all of them. */
const KEY = Symbol.for("devmentor.next-cache");
const place = globalThis as { [KEY]?: true };

/** Makes what is invalidated from here on reach the prerendered pages too. Any number of calls is one. */
export function tellNextCache(): void {
  if (place[KEY]) return;
  place[KEY] = true;
  addCdn(nextCdn(revalidateTag));
}

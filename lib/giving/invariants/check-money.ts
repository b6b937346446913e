import { log } from "@/lib/platform/telemetry/log";
import { lookAtInvariants, type Look } from "./store";

/**
 * Looks whether the books hold to their invariants, and keeps the answer where metrics, alerts and the health page find it.
 * What is broken is also logged at once: somebody must look before anything else is done with that money.
 * @throws AppError `database_unavailable`
 */
export async function checkMoney(): Promise<Look> {
  const look = await lookAtInvariants();
  if (look.outcome === "checked" && Object.keys(look.broken).length > 0)
    log.error({ broken: look.broken }, "invariants of money are broken");
  return look;
}

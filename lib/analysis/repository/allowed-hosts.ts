import "server-only";
import { gitOriginPolicy } from "@/lib/platform/git/policy";

/** The hosts whose repositories may be analysed here, for people to read. */
export function allowedHosts(): readonly string[] {
  return gitOriginPolicy().allowedHosts;
}

import "server-only";
import { z } from "zod";
import { serverEnv } from "@/lib/env/server";
import { log } from "@/lib/platform/telemetry/log";
import { outsideFetch } from "@/lib/platform/telemetry/outside";

/** What a browser needs to show the challenge. */
export interface Challenge {
  readonly kind: "turnstile";
  readonly siteKey: string;
}

/** A donor waits for it; Cloudflare answers within half a second. */
const TIMEOUT_MS = 3_000;

const observed = outsideFetch({ service: "challenge", operationOf: () => "siteverify", propagate: false });

/** https://developers.cloudflare.com/turnstile/get-started/server-side-validation/ */
const verdictSchema = z.object({
  success: z.boolean(),
  action: z.string().optional(),
  "error-codes": z.array(z.string()).default([]),
});

/** The challenge of this installation (Cloudflare Turnstile); undefined when none is configured. */
export function configuredChallenge(): Challenge | undefined {
  const { TURNSTILE_SITE_KEY: siteKey, TURNSTILE_SECRET_KEY: secret } = serverEnv();
  return siteKey && secret ? { kind: "turnstile", siteKey } : undefined;
}

/**
 * Whether a person answered the challenge. A token is good for one use within five minutes, which Cloudflare holds.
 * While Cloudflare does not answer nobody passes: this is asked only of callers who look automated.
 * @param token as the browser got it
 * @param remoteAddress whose answer it is
 */
export async function passesChallenge(token: string, remoteAddress: string): Promise<boolean> {
  const { TURNSTILE_SECRET_KEY: secret, TURNSTILE_VERIFY_URL: url } = serverEnv();
  if (!secret) return false;
  try {
    const body = new URLSearchParams({ secret, response: token });
    // A network (our IPv6 callers are a /64 each) or `unknown` is no address that Cloudflare takes.
    if (/^[\d.]+$/.test(remoteAddress)) body.set("remoteip", remoteAddress);
    const response = await observed(url, { method: "POST", body, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const verdict = verdictSchema.parse(await response.json());
    if (!verdict.success) log.info({ codes: verdict["error-codes"] }, "a challenge was not passed");
    return verdict.success;
  } catch (error) {
    log.warn({ error }, "a challenge could not be verified, so it counts as not passed");
    return false;
  }
}

import "server-only";
import { Stripe } from "stripe";
import { serverEnv } from "@/lib/env/server";

/** A signature older than this is a replay, in seconds. */
const TOLERANCE_SECONDS = 300;

const verifier = new Stripe("sk_verifies_signatures_only").webhooks;

/**
 * Reads a webhook whose signature one of our secrets made within the last five minutes.
 * @param rawBody the bytes as they came
 * @returns null when nothing proves that it is Stripe's
 */
export function readSignedEvent(rawBody: Uint8Array, signature: string | null): Stripe.Event | null {
  if (!signature) return null;
  for (const secret of serverEnv().STRIPE_WEBHOOK_SECRETS) {
    try {
      return verifier.constructEvent(Buffer.from(rawBody), signature, secret, TOLERANCE_SECONDS);
    } catch (error) {
      // Not by this secret, too old, or not JSON: none of these is ours to read.
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError || error instanceof SyntaxError))
        throw error;
    }
  }
  return null;
}

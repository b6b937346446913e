import type { Stripe, StripeConstructor } from "@stripe/stripe-js";

declare global {
  interface Window {
    Stripe?: StripeConstructor;
  }
}

export interface StripeAccess {
  readonly scriptUrl: string;
  readonly publishableKey: string;
}

const LOAD_WITHIN_MS = 20_000;
let loading: Promise<Stripe> | undefined;

/**
 * Loads Stripe.js from the configured origin, once a page. Stripe's own loader knows only its own address.
 * @throws Error when the script does not come; the next call tries again
 */
export function loadStripe({ scriptUrl, publishableKey }: StripeAccess): Promise<Stripe> {
  loading ??= loadScript(scriptUrl, () => window.Stripe !== undefined)
    .then(() => {
      if (!window.Stripe) throw new Error("Stripe.js came, but without Stripe");
      return window.Stripe(publishableKey);
    })
    .catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
  return loading;
}

/** Adds a script to the page and waits for it. */
export async function loadScript(url: string, isThere: () => boolean): Promise<void> {
  if (isThere()) return;
  await new Promise<void>((resolve, reject) => {
    const script = document.createElement("script");
    const fail = (reason: string): void => {
      script.remove();
      reject(new Error(`${new URL(url).origin}: the script ${reason}`));
    };
    const timer = setTimeout(() => fail("did not come in time"), LOAD_WITHIN_MS);
    script.src = url;
    script.async = true;
    script.addEventListener("load", () => {
      clearTimeout(timer);
      resolve();
    });
    script.addEventListener("error", () => {
      clearTimeout(timer);
      fail("could not be loaded");
    });
    document.head.append(script);
  });
}

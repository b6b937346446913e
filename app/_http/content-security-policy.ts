import { FIRST_PAINT_CSP_HASH } from "@/components/site/first-paint";

interface PolicyInput {
  /** Origins that the browser itself talks to or is sent to. */
  readonly supabaseUrl: string;
  readonly githubUrl: string;
  /** Base64 random value for pages rendered on request; prerendered ones have none. */
  readonly nonce: string | null;
  readonly development: boolean;
  readonly secure: boolean;
  /** On payment pages alone: where Stripe.js comes from, and whether a challenge may be asked for. */
  readonly payment?: { readonly stripeJsUrl: string; readonly challenge: boolean };
  /** On the health page alone: what is shown in a frame there, of which the origin is let through. */
  readonly dashboardUrl?: string | undefined;
}

/** What Stripe says its script needs (https://docs.stripe.com/security/guide#content-security-policy). */
const STRIPE = {
  script: "https://js.stripe.com https://*.js.stripe.com",
  frame: "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
  connect: "https://api.stripe.com",
} as const;
const CHALLENGE = "https://challenges.cloudflare.com";

/** The further origins of a payment page: Stripe's own, or exactly the one that stands in for it. */
function paymentOrigins(payment: PolicyInput["payment"]): { script: string; frame: string; connect: string } {
  if (!payment) return { script: "", frame: "'none'", connect: "" };
  const { origin } = new URL(payment.stripeJsUrl);
  const of = origin === "https://js.stripe.com" ? STRIPE : { script: origin, frame: origin, connect: origin };
  const challenge = payment.challenge ? ` ${CHALLENGE}` : "";
  return { script: ` ${of.script}${challenge}`, frame: `${of.frame}${challenge}`, connect: ` ${of.connect}` };
}

/** What may stand in a frame: nothing, but for the form of a payment and the dashboard of the health page. */
function frames({ payment, dashboardUrl }: PolicyInput): string {
  return dashboardUrl === undefined ? paymentOrigins(payment).frame : new URL(dashboardUrl).origin;
}

/**
 * The content security policy of our pages. With a nonce no other inline script runs; a prerendered page
 * cannot carry one (it is the same for everybody), so there inline scripts are let through and the rest holds.
 * Which pages those are stands in proxy.ts and in a browser test. A page that is reached from one of them by a link keeps
 * that one's policy, as browsers do until a page is loaded whole.
 * `form-action` names the places that a sign-in form's redirects lead through, which browsers check too.
 */
export function contentSecurityPolicy(input: PolicyInput): string {
  const { supabaseUrl, githubUrl, nonce, development, secure } = input;
  const supabase = new URL(supabaseUrl).origin;
  const realtime = supabase.replace(/^http/, "ws");
  const payment = paymentOrigins(input.payment);
  const inline = nonce ? `'nonce-${nonce}' ${FIRST_PAINT_CSP_HASH}` : "'unsafe-inline'";
  return [
    "default-src 'self'",
    `script-src 'self' ${inline}${payment.script}${development ? " 'unsafe-eval'" : ""}`,
    // Components place themselves with style attributes, which no nonce can name.
    "style-src 'self' 'unsafe-inline'",
    `img-src 'self' data: https: ${new URL(githubUrl).origin}`,
    "font-src 'self'",
    `connect-src 'self' ${supabase} ${realtime}${payment.connect}`,
    `frame-src ${frames(input)}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "frame-ancestors 'none'",
    `form-action 'self' ${supabase} ${new URL(githubUrl).origin}`,
    ...(secure ? ["upgrade-insecure-requests"] : []),
  ].join("; ");
}

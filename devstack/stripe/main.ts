/**
 * The emulator as a process of its own.
 *   STRIPE_SECRET_KEY, STRIPE_PUBLISHABLE_KEY   required
 *   STRIPE_FILE (:memory:)   PORT (12111)   STRIPE_WEBHOOK_URL, STRIPE_WEBHOOK_SECRETS (the first is used)   STRIPE_SEED
 * Prints `ready <url>` once it answers; ends in good order on SIGTERM and SIGINT.
 */
import { startStripe } from "./server.ts";

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing; see the head of devstack/stripe/main.ts.`);
  return value;
}

const webhookUrl = process.env["STRIPE_WEBHOOK_URL"];
const service = await startStripe({
  port: Number(process.env["PORT"] ?? "12111"),
  file: process.env["STRIPE_FILE"] ?? ":memory:",
  secretKey: required("STRIPE_SECRET_KEY"),
  publishableKey: required("STRIPE_PUBLISHABLE_KEY"),
  ...(webhookUrl && {
    webhook: { url: webhookUrl, secret: required("STRIPE_WEBHOOK_SECRETS").split(",")[0] ?? "" },
  }),
  ...(process.env["STRIPE_SEED"] ? { seed: process.env["STRIPE_SEED"] } : {}),
  log: (line) => process.stdout.write(`${line}\n`),
});
process.stdout.write(`ready ${service.url}\n`);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => void service.close().then(() => process.exit(0)));
}

import { z } from "zod";
import { ApiError } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import { type Faults, faultSchema } from "./faults.ts";
import { authenticate } from "./resources/confirm.ts";
import { appealDispute, closeDispute, concedeDispute, escalateInquiry, openDispute } from "./resources/disputes.ts";
import { cancelIntent, captureIntent, findIntent } from "./resources/payment-intents.ts";
import { payOutAutomatically } from "./resources/payouts.ts";
import { createRefund, moveRefund } from "./resources/refunds.ts";
import type { Timers } from "./timers.ts";
import type { Webhooks } from "./webhooks.ts";
import { DELAYS, type DelayName, type World } from "./world.ts";

export interface Parts {
  readonly world: World;
  readonly faults: Faults;
  readonly webhooks: Webhooks;
  readonly timers: Timers;
  readonly exchange: Exchange;
}

const moment = z.number().int().min(0).max(8_640_000_000_000);
const clockSchema = z.union([
  z.strictObject({
    advanceMs: z
      .number()
      .int()
      .min(0)
      .max(10 * 365 * 86_400_000),
  }),
  z.strictObject({ to: moment }),
  z.strictObject({ frozen: z.boolean() }),
]);
const settingsSchema = z.strictObject({
  delays: z.partialRecord(z.enum(Object.keys(DELAYS) as [DelayName, ...DelayName[]]), moment).optional(),
  webhooks: z.enum(["auto", "manual"]).optional(),
  signatureClock: z.enum(["machine", "emulator"]).optional(),
});
const disputeKinds = z.enum(["fraudulent", "inquiry", "noncompliant", "prevented", "product_not_received"]);
const amount = z.number().int().min(1).optional();

/** A path that the control API does not have. */
export class NoSuchControl extends Error {
  override readonly name = "NoSuchControl";
}

type Handler = (parts: Parts, id: string, body: unknown) => object | Promise<object>;
const routes: [method: string, pattern: RegExp, run: Handler][] = [];
const on = (method: string, path: string, run: Handler) =>
  routes.push([method, new RegExp(`^/_emulator/${path.replace(":id", "([A-Za-z0-9_-]+)")}$`), run]);

/** Does something that nobody asked for through the API: the donor, a bank, or a person at the dashboard. */
function act<Result extends object>(parts: Parts, work: (world: World) => Result): Result {
  const result = parts.world.as({ requestId: null, idempotencyKey: null }, () => work(parts.world));
  parts.exchange.onDone();
  return result;
}

export const clockNow = ({ world }: Parts) => ({
  now: world.clock.now(),
  iso: new Date(world.clock.now()).toISOString(),
  frozen: world.clock.frozen,
});

const settings = ({ world, webhooks }: Parts) => ({
  delays: Object.fromEntries(Object.keys(DELAYS).map((name) => [name, world.delay(name as DelayName)])),
  webhooks: webhooks.manual ? "manual" : "auto",
  signatureClock: world.database.setting<string>("signatureClock", "machine"),
});

/** Money by currency as the emulator has it; what a ledger elsewhere must come to. */
function totals({ world }: Parts): object {
  return {
    currencies: world.database.all(
      `select currency,
         coalesce(sum(case when type = 'charge' then json_extract(body, '$.amount_captured') end), 0) as captured,
         coalesce(sum(case when type = 'refund' and status = 'succeeded' then json_extract(body, '$.amount') end), 0) as refunded,
         coalesce(sum(case when type = 'dispute' and status = 'lost' then json_extract(body, '$.amount') end), 0) as lost,
         coalesce(sum(case when type = 'balance_transaction' then json_extract(body, '$.fee') end), 0) as fees
       from objects where currency is not null group by currency order by currency`,
    ),
  };
}

on("GET", "state", (parts) => ({
  clock: clockNow(parts),
  settings: settings(parts),
  faults: parts.faults.all(),
  endpoints: parts.webhooks.endpoints(),
  objects: Object.fromEntries(
    ["payment_intent", "charge", "refund", "dispute", "payout", "event"].map((type) => [
      type,
      parts.world.store.count(type),
    ]),
  ),
}));
on("POST", "reset", (parts) => {
  parts.world.database.wipe();
  parts.world.clock.reload();
  parts.exchange.forget();
  parts.timers.start();
  return { reset: true };
});
on("GET", "clock", clockNow);
on("POST", "clock", (parts, _, body) => {
  const order = clockSchema.parse(body);
  if ("frozen" in order) {
    if (order.frozen) parts.world.clock.freeze();
    else parts.world.clock.resume();
    parts.exchange.onDone();
  } else parts.timers.advanceTo("to" in order ? order.to : parts.world.clock.now() + order.advanceMs);
  return clockNow(parts);
});
on("GET", "settings", settings);
on("POST", "settings", (parts, _, body) => {
  const given = settingsSchema.parse(body);
  for (const [name, ms] of Object.entries(given.delays ?? {})) parts.world.database.set(`delay.${name}`, ms);
  if (given.webhooks) parts.world.database.set("webhooks", given.webhooks);
  if (given.signatureClock) parts.world.database.set("signatureClock", given.signatureClock);
  parts.exchange.onDone();
  return settings(parts);
});
on("GET", "faults", ({ faults }) => ({ faults: faults.all() }));
on("POST", "faults", ({ faults, world }, _, body) => faults.add(world.ids.next("fault", 10), faultSchema.parse(body)));
on("DELETE", "faults", ({ faults }) => ({ removed: faults.remove() }));
on("DELETE", "faults/:id", ({ faults }, id) => ({ removed: faults.remove(id) }));
on("GET", "deliveries", ({ webhooks }) => ({ deliveries: webhooks.list({ limit: 1_000 }) }));
on("POST", "deliveries/send", async ({ webhooks }, _, body) => {
  const order = z.strictObject({ ids: z.array(z.number().int()).max(10_000).optional() }).parse(body);
  const waiting = () => webhooks.list({ state: "pending", limit: 10_000 }).map((each) => each.id);
  return { deliveries: await webhooks.send(order.ids ?? waiting().toReversed()) };
});
on("POST", "deliveries/settle", async ({ webhooks }) => {
  await webhooks.settle();
  return { pending: webhooks.list({ state: "pending" }).length };
});
on("POST", "events/:id/resend", (parts, id) => ({ deliveries: parts.webhooks.resend(id) }));
on("POST", "webhooks/roll", ({ webhooks }, _, body) => {
  const order = z.strictObject({ keepOldMs: moment.default(86_400_000) }).parse(body);
  return { secret: webhooks.roll(order.keepOldMs) };
});
on("POST", "payment_intents/:id/authenticate", (parts, id, body) => {
  const { passed } = z.strictObject({ passed: z.boolean() }).parse(body);
  return act(parts, (world) => authenticate(world, findIntent(world, id), passed));
});
on("POST", "payment_intents/:id/capture", (parts, id) => act(parts, (world) => captureIntent(world, id, {})));
on("POST", "payment_intents/:id/cancel", (parts, id) => act(parts, (world) => cancelIntent(world, id, null)));
on("POST", "charges/:id/dispute", (parts, id, body) => {
  const order = z.strictObject({ kind: disputeKinds.default("fraudulent"), amount }).parse(body);
  return act(parts, (world) => openDispute(world, id, order.kind, order.amount));
});
on("POST", "charges/:id/refund", (parts, id, body) => {
  const order = z.strictObject({ amount, status: z.enum(["pending", "requires_action"]).optional() }).parse(body);
  return act(parts, (world) =>
    createRefund(world, { charge: id, ...(order.amount && { amount: order.amount }) }, order.status),
  );
});
on("POST", "disputes/:id", (parts, id, body) => {
  const { action } = z
    .strictObject({ action: z.enum(["appeal", "close", "concede", "escalate", "lose", "win"]) })
    .parse(body);
  return act(parts, (world) => {
    if (action === "appeal") return appealDispute(world, id);
    if (action === "concede") return concedeDispute(world, id);
    if (action === "escalate") return escalateInquiry(world, id);
    return closeDispute(world, id, action === "close" ? "warning_closed" : action === "win" ? "won" : "lost");
  });
});
on("POST", "refunds/:id", (parts, id, body) => {
  const order = z
    .strictObject({
      status: z.enum(["canceled", "failed", "pending", "succeeded"]),
      failureReason: z.string().max(100).optional(),
    })
    .parse(body);
  return act(parts, (world) => moveRefund(world, id, order.status, order.failureReason));
});
on("POST", "payouts", (parts) => act(parts, (world) => ({ payouts: payOutAutomatically(world) })));
on("GET", "requests", ({ exchange }) => ({ requests: exchange.requests }));
on("GET", "totals", totals);

/**
 * The control API: what cannot be had at Stripe, for tests and for the dashboard's buttons.
 * @throws NoSuchControl, ZodError, ApiError
 */
export async function control(parts: Parts, method: string, path: string, body: unknown): Promise<object> {
  for (const [verb, pattern, run] of routes) {
    const match = verb === method ? pattern.exec(path) : null;
    if (match) return run(parts, match[1] ?? "", body);
  }
  throw new NoSuchControl(`The Stripe emulator's control API has no ${method} ${path}.`);
}

/** What a problem of the control API is answered with. */
export function controlProblem(error: unknown): { status: number; body: object } {
  if (error instanceof NoSuchControl) return { status: 404, body: { error: error.message } };
  if (error instanceof z.ZodError) return { status: 400, body: { error: z.prettifyError(error) } };
  if (error instanceof SyntaxError) return { status: 400, body: { error: `The body is no JSON: ${error.message}` } };
  if (error instanceof ApiError) return { status: error.status, body: { error: error.message } };
  throw error;
}

import type Stripe from "stripe";
import { invalid } from "./errors.ts";
import { asOfNow } from "./resources/balance.ts";
import type { Body } from "./store.ts";
import type { World } from "./world.ts";

/** Properties that name another object, which `expand` puts in their place. */
const EXPANDABLE = new Set([
  "balance_transaction",
  "charge",
  "failure_balance_transaction",
  "latest_charge",
  "payment_intent",
  "payment_method",
  "source",
]);
/** Named where they may be expanded, null here always. */
const ALWAYS_NULL = new Set(["application", "customer", "on_behalf_of", "original_payout", "review", "transfer"]);
const DEEPEST = 4;

type Open = Record<string, unknown>;

/** An object as an answer shows it: as of now, with what the caller wants to see in full. */
export function render(world: World, object: object, expand: readonly string[] = []): object {
  const shown = structuredClone(now(world, object)) as Open;
  for (const path of expand) {
    const names = path.split(".");
    if (names.length > DEEPEST)
      throw invalid(`You cannot expand more than ${DEEPEST} levels of a property (${path}).`, { param: "expand" });
    open(world, shown, names);
  }
  return shown;
}

function now(world: World, object: object): object {
  const kind: unknown = Reflect.get(object, "object");
  if (kind === "balance_transaction") return asOfNow(world, object as Stripe.BalanceTransaction);
  if (kind === "list") {
    const page = object as { data: object[] };
    return { ...page, data: page.data.map((each) => now(world, each)) };
  }
  if (kind !== "dispute") return object;
  const dispute = object as Stripe.Dispute;
  return { ...dispute, balance_transactions: dispute.balance_transactions.map((entry) => asOfNow(world, entry)) };
}

function open(world: World, at: Open, names: readonly string[]): void {
  const [name = "", ...rest] = names;
  if (name === "data" && Array.isArray(at["data"])) {
    for (const each of at["data"]) open(world, each as Open, rest);
    return;
  }
  if (name === "refunds" && at["object"] === "charge") at["refunds"] ??= refundsOf(world, String(at["id"]));
  else if (EXPANDABLE.has(name) && typeof at[name] === "string") {
    const found: Body | undefined = world.store.any(at[name]);
    if (found) at[name] = now(world, found);
  } else if (
    !ALWAYS_NULL.has(name) &&
    (!EXPANDABLE.has(name) || at[name] === undefined) &&
    typeof at[name] !== "object"
  )
    throw invalid(`This property cannot be expanded (${name}).`, { param: "expand" });
  const inside = at[name];
  if (rest.length > 0 && typeof inside === "object" && inside !== null) open(world, inside as Open, rest);
}

function refundsOf(world: World, chargeId: string): object {
  const page = world.store.page<Stripe.Refund>("refund", { charge: chargeId }, { limit: 10 });
  return { object: "list", ...page, url: `/v1/charges/${chargeId}/refunds` };
}

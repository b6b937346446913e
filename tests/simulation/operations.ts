import type Stripe from "stripe";
import { Broken, type Gift, type UnansweredRefund } from "./acknowledged.ts";
import type { Reply, Request } from "./product.ts";
import { seeded } from "./random.ts";
import { CARDS, CRONS, type Operation } from "./steps.ts";
import type { World } from "./world.ts";

/** So many people give; each has one address and one e-mail, so the limits count as they do outside. */
const DONORS = 24;

/** Answers that the contract has for a gift, and 0: none came. Everything else is a finding. */
const GIFT_ANSWERS = new Set([0, 200, 201, 202, 402, 409, 422, 429, 503]);
const ADMIN_ANSWERS = new Set([0, 200, 201, 202, 403, 404, 409, 412, 422, 429, 503]);

type Do<Name extends Operation["do"]> = Extract<Operation, { do: Name }>;
type Performers = { readonly [Name in Operation["do"]]: (world: World, step: Do<Name>) => Promise<unknown> };

/** What a number says beyond which of a list is meant, so that one step has several ways without being longer. */
const beyond = (which: number, length: number, ways: number): number => Math.floor(which / Math.max(1, length)) % ways;

const one = <T>(list: readonly T[], which: number): T | undefined => list[which % Math.max(1, list.length)];

/** The amount in a currency that counts whole units: yen are not cents. */
const inUnits = (amountMinor: number, currency: string): number =>
  currency === "JPY" ? Math.max(100, amountMinor) : amountMinor;

async function send(world: World, request: Request, expected: ReadonlySet<number>): Promise<Reply> {
  const reply = await world.product.call(request);
  if (!expected.has(reply.status))
    throw new Broken(`${request.method} ${request.path.replaceAll(/[0-9a-f-]{36}/g, ":id")} answered ${reply.status}`, {
      request,
      reply,
    });
  return reply;
}

const giving = async (world: World, gift: Gift): Promise<void> => {
  const reply = await send(
    world,
    {
      method: "POST",
      path: "/api/v1/pledges",
      address: gift.address,
      headers: { "idempotency-key": gift.key },
      json: gift.request,
    },
    GIFT_ANSWERS,
  );
  world.acknowledged.answered(gift, reply);
};

/** Sends a gift under its key, as the donor's browser does when it has not heard or is asked to again. */
export const giveAgain = giving;

/** Makes a new gift and sends it `times` at once. */
export async function give(world: World, step: Omit<Do<"pledge">, "do">): Promise<Gift> {
  const campaign = step.campaign % world.scene.campaigns.length;
  const { id, currency } = world.scene.campaigns[campaign] ?? { id: "", currency: "EUR" };
  const donor = step.donor % DONORS;
  const number = world.acknowledged.gifts.length;
  const email = `donor-${donor}@devmentor.test`;
  const gift: Gift = {
    number,
    key: `simulated-gift-${number}`,
    address: `10.20.0.${donor + 1}`,
    email,
    campaign,
    request: {
      campaignId: id,
      amountMinor: inUnits(step.amountMinor, currency),
      currency,
      coverFees: step.coverFees,
      donor: { name: `Donor ${donor}`, email, anonymous: donor % 3 === 0 },
      paymentMethod: CARDS[step.card],
    },
    cards: [],
    answers: [],
  };
  world.acknowledged.gifts.push(gift);
  const status = world.acknowledged.campaigns.get(campaign) ?? "active";
  await Promise.all(Array.from({ length: step.times }, () => giving(world, gift)));
  if (status !== "active" && gift.pledgeId !== undefined)
    throw new Broken("a campaign that is closed took a gift", { gift, status });
  return gift;
}

/** The donor's key with another body: of that it has no answer. */
async function giveOtherwise(world: World, gift: Gift): Promise<void> {
  const { amountMinor } = gift.request as { readonly amountMinor: number };
  const reply = await world.product.call({
    method: "POST",
    path: "/api/v1/pledges",
    address: gift.address,
    headers: { "idempotency-key": gift.key },
    json: { ...gift.request, amountMinor: amountMinor + 100 },
  });
  if (![0, 409, 422, 429, 503].includes(reply.status))
    throw new Broken("a key stood for another request", { gift, reply });
}

/** Tries a further card under its key, or sends that again. */
async function tryCard(world: World, gift: Gift, card: Gift["cards"][number]): Promise<void> {
  const { status } = await asDonor(world, gift, {
    method: "POST",
    path: `/api/v1/pledges/${gift.pledgeId}/payments`,
    headers: { "idempotency-key": card.key },
    json: { paymentMethod: card.paymentMethod },
  });
  gift.answers.push(status);
}

/** Does what somebody does outside of our API; what the provider refuses at this moment is left. */
async function byHand(world: World, where: string, body: object = {}): Promise<unknown> {
  try {
    return await world.control("POST", where, body);
  } catch {
    return "refused";
  }
}

async function intents(
  world: World,
  wanted: (intent: Stripe.PaymentIntent) => boolean,
): Promise<Stripe.PaymentIntent[]> {
  const found: Stripe.PaymentIntent[] = [];
  for await (const intent of world.provider.paymentIntents.list({ limit: 100 })) if (wanted(intent)) found.push(intent);
  return found;
}

async function charges(world: World, wanted: (charge: Stripe.Charge) => boolean): Promise<Stripe.Charge[]> {
  const found: Stripe.Charge[] = [];
  for await (const charge of world.provider.charges.list({ limit: 100 })) if (wanted(charge)) found.push(charge);
  return found;
}

/** An answer about a gift by who holds its token. */
const asDonor = (world: World, gift: Gift, request: Request, expected = GIFT_ANSWERS): Promise<Reply> =>
  send(
    world,
    { ...request, address: gift.address, headers: { ...request.headers, "x-status-token": gift.statusToken ?? "" } },
    expected,
  );

/** Asks for a refund `times` at once under its key; what got no answer is kept, to be asked for again. */
async function askRefund(world: World, asked: UnansweredRefund, times: number): Promise<void> {
  const { key, paymentId, amountMinor } = asked;
  const ask = () =>
    send(
      world,
      {
        method: "POST",
        path: `/api/v1/admin/payments/${paymentId}/refunds`,
        token: world.scene.owner.token,
        headers: { "idempotency-key": key },
        json: { amountMinor, reason: "requested_by_customer" },
      },
      ADMIN_ANSWERS,
    );
  const replies = await Promise.all(Array.from({ length: times }, ask));
  const made = new Set(
    replies.flatMap(({ body }) => {
      const id = (body["refund"] as { id?: string } | undefined)?.id;
      return id === undefined ? [] : [id];
    }),
  );
  if (made.size > 1) throw new Broken("one key made two refunds", { asked, replies });
  for (const id of made) world.acknowledged.refunds.set(id, { id, paymentId, amountMinor });
  if (made.size === 0 && replies.some(({ status }) => status === 0 || status === 503))
    world.acknowledged.unanswered.push(asked);
}

const perform: Performers = {
  pledge: (world, step) => give(world, step),

  again: async (world, { gift: which }) => {
    const gift = one(world.acknowledged.gifts, which);
    if (!gift) return;
    const way = beyond(which, world.acknowledged.gifts.length, 4);
    const card = gift.cards.at(-1);
    // What came last is what a browser sends again.
    if (card && way !== 0) await tryCard(world, gift, card);
    else if (gift.pledgeId !== undefined && way === 1) await giveOtherwise(world, gift);
    else await giving(world, gift);
  },

  another_card: async (world, { gift: which, card }) => {
    const gift = one(world.acknowledged.known, which);
    if (!gift?.statusToken) return;
    // Now and then in two tabs at once, each of which has a key of its own.
    const tabs = beyond(which, world.acknowledged.known.length, 3) === 0 ? 2 : 1;
    const tries = Array.from({ length: tabs }, (_, tab) => ({
      key: `${gift.key}-card-${gift.cards.length + tab}`,
      paymentMethod: CARDS[card],
    }));
    gift.cards.push(...tries);
    await Promise.all(tries.map((each) => tryCard(world, gift, each)));
  },

  authenticate: async (world, { gift: which, passed, refresh }) => {
    const asked = one(await intents(world, ({ status }) => status === "requires_action"), which);
    if (!asked) return;
    await byHand(world, `payment_intents/${asked.id}/authenticate`, { passed });
    const gift = world.acknowledged.known.find(({ pledgeId }) => pledgeId === asked.metadata["pledge"]);
    if (refresh && gift?.statusToken)
      await asDonor(world, gift, { method: "POST", path: `/api/v1/pledges/${gift.pledgeId}/refresh` });
  },

  look: async (world, { gift: which }) => {
    const gift = one(world.acknowledged.known, which);
    if (!gift?.statusToken) return;
    const reply = await asDonor(
      world,
      gift,
      { method: "GET", path: `/api/v1/pledges/${gift.pledgeId}` },
      new Set([0, 200, 404, 429, 503]),
    );
    if (reply.status === 404) throw new Broken("a pledge that was acknowledged is not found", { gift, reply });
    const campaign = world.scene.campaigns[gift.campaign];
    await send(world, { method: "GET", path: `/api/v1/campaigns/${campaign?.id}/totals` }, new Set([0, 200, 503]));
  },

  capture_by_hand: async (world, { gift }) => {
    const held = one(await intents(world, ({ status }) => status === "requires_capture"), gift);
    if (held) await byHand(world, `payment_intents/${held.id}/capture`);
  },

  void_by_hand: async (world, { gift }) => {
    const open = one(
      await intents(world, ({ status }) => ["requires_capture", "requires_action"].includes(status)),
      gift,
    );
    if (open) await byHand(world, `payment_intents/${open.id}/cancel`);
  },

  refund_by_hand: async (world, { gift, share }) => {
    const paid = one(
      await charges(world, (each) => each.captured && each.amount_refunded < each.amount_captured),
      gift,
    );
    if (!paid) return;
    const amount = Math.max(1, Math.floor((paid.amount_captured - paid.amount_refunded) * share));
    await byHand(world, `charges/${paid.id}/refund`, { amount });
  },

  refund: async (world, { gift, share, times }) => {
    const [unanswered] = world.acknowledged.unanswered.splice(0, beyond(gift, 7, 2));
    if (unanswered) return askRefund(world, unanswered, times);
    const payments = await world.ask(
      (sql) => sql<{ id: string; left: number }[]>`
        select id, (captured_minor - refunded_minor)::int as left from public.payments
        where captured_minor > refunded_minor order by created_at, id`,
    );
    const payment = one(payments, gift);
    if (!payment) return;
    const key = `simulated-refund-${world.acknowledged.nextRefund()}`;
    const amountMinor = Math.max(1, Math.floor(payment.left * share));
    await askRefund(world, { key, paymentId: payment.id, amountMinor }, times);
  },

  decide_refund: async (world, { refund: which, approved }) => {
    const waiting = await world.ask(
      (sql) => sql<{ id: string }[]>`
        select id from public.refunds where needs_approval and approved_at is null and status = 'pending' order by created_at, id`,
    );
    const refund = one(waiting, which);
    if (!refund) return;
    await send(
      world,
      {
        method: "POST",
        path: `/api/v1/admin/refunds/${refund.id}/decision`,
        token: world.scene.operator.token,
        json: { approved },
      },
      ADMIN_ANSWERS,
    );
  },

  fail_refund: async (world, { refund: which }) => {
    const made: Stripe.Refund[] = [];
    for await (const refund of world.provider.refunds.list({ limit: 100 }))
      if (refund.status === "succeeded" || refund.status === "pending") made.push(refund);
    const refund = one(made, which);
    if (refund) await byHand(world, `refunds/${refund.id}`, { status: "failed", failureReason: "lost_or_stolen_card" });
  },

  dispute: async (world, { gift, kind }) => {
    const paid = one(await charges(world, (each) => each.captured && !each.disputed && !each.refunded), gift);
    if (paid) await byHand(world, `charges/${paid.id}/dispute`, { kind });
  },

  decide_dispute: async (world, { dispute: which, action }) => {
    const disputes: Stripe.Dispute[] = [];
    for await (const dispute of world.provider.disputes.list({ limit: 100 })) disputes.push(dispute);
    const dispute = one(disputes, which);
    if (dispute) await byHand(world, `disputes/${dispute.id}`, { action });
  },

  move_campaign: async (world, { campaign, status }) => {
    const number = campaign % world.scene.campaigns.length;
    // The last one stays open, so that there is always somewhere to give to.
    if (number === world.scene.campaigns.length - 1 && status !== "active") return;
    const { id = "" } = world.scene.campaigns[number] ?? {};
    const [row] = await world.ask(
      (sql) => sql<{ version: string; status: string }[]>`
        select version::text as version, status::text as status from public.campaigns where id = ${id}`,
    );
    const change = () =>
      send(
        world,
        {
          method: "PUT",
          path: `/api/v1/admin/campaigns/${id}`,
          token: world.scene.owner.token,
          headers: { "if-match": `"${row?.version}"` },
          json: { status },
        },
        ADMIN_ANSWERS,
      );
    const reply = await change();
    if (reply.status === 200) world.acknowledged.campaigns.set(number, status);
    // It may have happened all the same: nothing is known of it from here on.
    else if (reply.status === 0 || reply.status === 503) world.acknowledged.campaigns.delete(number);
    if (reply.status !== 200 || status === row?.status) return;
    if (row?.status === "completed" || row?.status === "cancelled")
      throw new Broken("a campaign that had ended went on", { row, reply });
    // Somebody else had the page open all the while.
    const stale = await change();
    if (stale.status === 200) throw new Broken("a change of what had been changed was taken", { row, stale });
  },

  reconcile: (world) =>
    send(
      world,
      { method: "POST", path: "/api/v1/admin/reconciliations", token: world.scene.operator.token, json: {} },
      ADMIN_ANSWERS,
    ),

  cron: async (world, { cron, twice }) => {
    for (const id of CRONS[cron]) await world.workflows.tick(id, twice ? 2 : 1, world.product.url);
  },

  work: (world, { requests, abreast, order }) => world.workflows.work(requests, abreast, order, world.product.url),

  deliver: (world, step) => deliver(world, step),

  wait: (world, { ms }) => world.letPass(ms),
};

/** Delivers webhooks that are due; each that is not taken is due again by the provider's own waits. @returns how many */
export async function deliver(world: World, { most, abreast, order, mix }: Omit<Do<"deliver">, "do">): Promise<number> {
  const { deliveries } = await world.control<{ deliveries: { id: number; state: string; due_at: number }[] }>(
    "GET",
    "deliveries",
  );
  const now = world.now();
  const due = deliveries
    .filter((each) => each.state === "pending" && each.due_at <= now)
    .map(({ id }) => id)
    .toReversed();
  const chosen = (
    order === "mixed" ? seeded(mix).shuffled(due) : order === "newest first" ? due.toReversed() : due
  ).slice(0, most);
  const lanes = Array.from({ length: abreast }, (_, lane) => chosen.filter((__, index) => index % abreast === lane));
  await Promise.all(
    lanes.map((ids) => (ids.length > 0 ? world.control("POST", "deliveries/send", { ids }) : undefined)),
  );
  return chosen.length;
}

/** Does one operation of a schedule. @throws Broken when an answer is not one of the contract's, or contradicts an earlier one */
export function performOperation(world: World, step: Operation): Promise<unknown> {
  return (perform[step.do] as (world: World, step: Operation) => Promise<unknown>)(world, step);
}

import { type GameDay, secondsSince } from "./day.ts";
import { Donors, lossesOf, openCampaign, settled, type Gift } from "./donors.ts";
import { until, type Stack } from "./stack.ts";

const OUT_MINUTES = 93;

/** The payment provider is away for 93 minutes (virtual ones); donors come meanwhile, and half of them come again. */
export const stripeOut: GameDay = {
  name: "stripe-out",
  async run(stack, say) {
    const donors = new Donors(stack, await openCampaign(stack));
    for (let n = 0; n < 5; n += 1) await donors.insist();
    await settled(stack);
    // Taken, and not captured yet when the provider goes.
    const taken = await donors.give();
    say("the provider is gone");
    await stack.stripe.process.kill();
    const began = performance.now();
    const gifts: Gift[] = Array.from({ length: 12 }, () => donors.gift());
    const answers = await Promise.all(gifts.map((gift) => donors.give(gift)));
    const page = await fetch(`${stack.url}/api/v1/campaigns/${donors.campaignId}/totals`);
    await page.arrayBuffer();
    const statuses = [...new Set(answers.map(({ status }) => status))].toSorted();
    say(`donors are answered ${statuses.join(", ")}, totals ${page.status}`);
    if (statuses.some((status) => ![202, 503].includes(status)))
      throw new Error(`Without the provider donors were answered ${statuses.join(", ")}.`);
    for (let minute = 0; minute < OUT_MINUTES; minute += 31) {
      await pass(stack, 31);
      await sweep(stack);
    }
    const outSeconds = secondsSince(began);

    say(`${OUT_MINUTES} minutes are over; the provider is back`);
    await stack.stripe.process.start();
    const back = performance.now();
    await stack.stripe.control("POST", "clock", { advanceMs: OUT_MINUTES * 60_000 });
    const again = await Promise.all(gifts.filter((_, index) => index % 2 === 0).map((gift) => donors.insist(gift)));
    const fresh = await donors.insist();
    const accepting = secondsSince(back);
    say(`the next gift is taken ${accepting.toFixed(1)} s after its return`);
    const stop = setInterval(() => void sweep(stack).catch(() => undefined), 5_000);
    try {
      await settled(stack);
    } finally {
      clearInterval(stop);
    }
    await until("no payment is left open", async () => {
      const [left] = await stack.sql<{ n: number }[]>`
        select count(*)::int as n from public.payments where state in ('authorized', 'captured') or unknown_since is not null`;
      return left?.n === 0;
    });
    const recoverySeconds = secondsSince(back);
    if (fresh.status !== 201 && fresh.status !== 200) throw new Error("No new gift was taken.");
    return {
      recoverySeconds,
      losses: await lossesOf(stack, donors),
      notes: [
        `out for ${OUT_MINUTES} virtual minutes (${outSeconds.toFixed(0)} s of the machine's); answers meanwhile: ${statuses.join(", ")}`,
        `a gift begun just before (${taken.status}) was captured; ${again.length} donors came again with their key: ${[...new Set(again.map(({ status }) => status))].join(", ")}`,
        `new gifts are taken ${accepting.toFixed(1)} s after the return, everything has ended after ${recoverySeconds.toFixed(1)} s`,
      ],
    };
  },
};

/** Lets time pass for what the database waits for: every moment that is looked at moves into the past. */
async function pass({ sql }: Stack, minutes: number): Promise<void> {
  const by = `interval '${minutes} minutes'`;
  await sql.unsafe(`update public.payments set check_at = check_at - ${by}, waiting_until = waiting_until - ${by},
      unknown_since = unknown_since - ${by}, capture_before = capture_before - ${by}
    where state in ('pending', 'authorized');
    update private.outbox set next_attempt_at = next_attempt_at - ${by} where published_at is null;
    update private.idempotency_keys set lease_until = lease_until - ${by} where state = 'running'`);
}

/** The minute of the crons has come. */
async function sweep({ sql }: Stack): Promise<void> {
  await sql`update devstack_inngest.ticks set next_at = now()
    where function_id like '%-sweep-payments' or function_id like '%-drive-webhook-inbox'`;
}

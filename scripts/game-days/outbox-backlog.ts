import { makePayments } from "../../tests/support/reconciling/payments.ts";
import { type GameDay, secondsSince } from "./day.ts";
import { Donors, lossesOf, openCampaign } from "./donors.ts";
import { until } from "./stack.ts";

const WANTED = 100_000;
/** Events of one gift that was taken: pledged, authorised, captured, completed, and the pledge's own. */
const EACH = 5;

/** Nobody has published an event for so long that a hundred thousand wait; then the relay is back, with donors at work. */
export const outboxBacklog: GameDay = {
  name: "outbox-backlog",
  stack: { sharedBuffersMb: 512 },
  async run(stack, say) {
    await stack.host.kill();
    await makePayments(stack.sql, WANTED / EACH, { days: 1, unsent: 0, atOnce: 2, folded: false });
    const waiting = async (): Promise<number> => {
      const [row] = await stack.sql<{ n: number }[]>`
        select count(*)::int as n from private.outbox where published_at is null and dead_at is null`;
      return row?.n ?? 0;
    };
    const backlog = await waiting();
    say(`${backlog} events wait; the relay is started`);
    const began = performance.now();
    await stack.host.start();
    const donors = new Donors(stack, await openCampaign(stack));
    const gift = performance.now();
    await donors.insist();
    const giftSeconds = secondsSince(gift);
    await until("the outbox is empty", async () => (await waiting()) === 0, 1_200_000);
    const published = secondsSince(began);
    say(`published after ${published.toFixed(1)} s`);
    await until(
      "every event is counted",
      async () => {
        const [row] = await stack.sql<{ n: number }[]>`select count(*)::int as n from private.check_invariants(true)`;
        return row?.n === 0;
      },
      1_200_000,
    );
    const recoverySeconds = secondsSince(began);
    return {
      recoverySeconds,
      losses: { ...(await lossesOf(stack, donors)), money: [] },
      notes: [
        `${backlog} events published in ${published.toFixed(1)} s (${(backlog / published).toFixed(0)}/s), counted in the totals after ${recoverySeconds.toFixed(1)} s`,
        `a gift meanwhile was taken within ${giftSeconds.toFixed(1)} s`,
      ],
    };
  },
};

import { randomUUID } from "node:crypto";
import Stripe from "stripe";
import { type GameDay, secondsSince } from "./day.ts";
import { Donors, lossesOf, openCampaign, settled } from "./donors.ts";

const signer = new Stripe("sk_signs_only").webhooks;

/** The signing secret of the webhook is rolled with donors at work: old, both, then only the new one. */
export const webhookSecret: GameDay = {
  name: "webhook-secret-rolled",
  async run(stack, say) {
    const donors = new Donors(stack, await openCampaign(stack));
    const old = stack.stripe.webhookSecret;
    let going = true;
    const traffic = donors.traffic(() => going, 2);
    const began = performance.now();
    const { secret } = (await stack.stripe.control("POST", "webhooks/roll", { keepOldMs: 3_600_000 })) as {
      secret: string;
    };
    say("rolled at the provider: it signs with both, we know the old one");
    await donors.insist();
    const [oldOnly, newEarly] = [await send(stack.url, old), await send(stack.url, secret)];
    let away = performance.now();
    await restart(`${secret},${old}`);
    const restarts = [secondsSince(away)];
    say("we know both");
    const both = [await send(stack.url, old), await send(stack.url, secret)];
    await donors.insist();
    await stack.stripe.control("POST", "clock", { advanceMs: 3_600_001 });
    say("the old one has ended at the provider");
    await donors.insist();
    away = performance.now();
    await restart(secret);
    restarts.push(secondsSince(away));
    const newOnly = [await send(stack.url, old), await send(stack.url, secret)];
    await donors.insist();
    going = false;
    await traffic;
    await settled(stack);
    const seen = JSON.stringify([oldOnly, newEarly, both, newOnly]);
    if (seen !== JSON.stringify([200, 400, [200, 200], [400, 200]]))
      throw new Error(`Signatures by old and new were answered ${seen}.`);
    const refused = await refusedDeliveries();
    if (refused > 0) throw new Error(`${refused} of the provider's deliveries were refused for their signature.`);
    return {
      recoverySeconds: Math.max(...restarts),
      losses: await lossesOf(stack, donors),
      notes: [
        `whole change ${secondsSince(began).toFixed(1)} s; two restarts of ${restarts.map((each) => each.toFixed(1)).join(" and ")} s`,
        "old secret accepted before and during the overlap and refused after it; no delivery of the provider was refused",
      ],
    };

    async function restart(secrets: string): Promise<void> {
      await stack.host.kill("SIGTERM");
      stack.host.setEnv({ STRIPE_WEBHOOK_SECRETS: secrets });
      await stack.host.start();
    }

    async function refusedDeliveries(): Promise<number> {
      const { deliveries } = (await stack.stripe.control("GET", "deliveries")) as {
        deliveries: { last_status: number | null }[];
      };
      return deliveries.filter((each) => each.last_status === 400).length;
    }
  },
};

/** Sends an event that changes nothing, signed by a secret. @returns the status of the answer */
async function send(app: string, secret: string): Promise<number> {
  const payload = JSON.stringify({
    id: `evt_${randomUUID().replaceAll("-", "")}`,
    object: "event",
    type: "balance.available",
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    data: { object: { object: "balance" } },
  });
  const answer = await fetch(`${app}/api/webhooks/stripe`, {
    method: "POST",
    headers: { "stripe-signature": signer.generateTestHeaderString({ payload, secret }) },
    body: payload,
  });
  await answer.arrayBuffer();
  return answer.status;
}

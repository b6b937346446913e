import { recordOutages } from "@/lib/platform/resilience/outages";
import { POLICIES } from "@/lib/platform/resilience/policies";
import { Resilience } from "@/lib/platform/resilience/resilience";
import { outageStore } from "@/lib/platform/resilience/store";
import { answerLines } from "../../support/answer-lines";

/** A process of the product that calls a service; `call 5` makes five calls and answers where its breaker stands. */
const target = process.env["TARGET_URL"] ?? "";
const breaker = { ...POLICIES.stripe.breaker, openMs: 400 };
const resilience = new Resilience({ ...POLICIES, stripe: { ...POLICIES.stripe, attempts: 1, breaker } }, () => "UTC");
const warnings: string[] = [];
const recorder = recordOutages({
  resilience,
  store: outageStore,
  log: { warn: (_, message) => warnings.push(message) },
});

await answerLines(async (line) => {
  for (let n = 0; n < Number(line.split(" ")[1]); n++) {
    const call = async () => {
      const response = await fetch(target);
      if (!response.ok) throw Object.assign(new Error(`HTTP ${response.status}`), { status: response.status });
    };
    await resilience.run("stripe", call).catch(() => undefined);
  }
  await recorder.settled();
  return { state: resilience.states().find(({ policy }) => policy === "stripe")?.state, warnings };
});

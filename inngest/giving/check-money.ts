import { checkMoney } from "@/lib/giving/invariants/check-money";
import { inngest } from "../client";

/** Every minute, as far as it does not cost more than a twentieth of the time: whether the books hold to their invariants. */
export const checkMoneyFunction = inngest.createFunction(
  {
    id: "check-money",
    name: "Look at the invariants of money",
    triggers: [{ cron: "* * * * *" }],
    // The next minute is the next try.
    retries: 0,
    concurrency: [{ limit: 1 }],
  },
  async ({ step }) => step.run("check", () => checkMoney()),
);

// breaks: inngest(no-variable-mutation-in-step)
import { inngest } from "./client";
export const mutation = inngest.createFunction({ id: "mutation", triggers: [{ event: "a" }] }, async ({ step }) => {
  let total = 0;
  await step.run("count", () => {
    total = 1;
  });
  return total;
});

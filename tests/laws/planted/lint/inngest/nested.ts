// breaks: inngest(no-nested-steps)
import { inngest } from "./client";
export const nested = inngest.createFunction({ id: "nested", triggers: [{ event: "a" }] }, async ({ step }) => {
  await step.run("outer", async () => {
    await step.run("inner", () => 1);
  });
});

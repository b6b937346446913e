import { NonRetriableError } from "inngest";
import { z } from "zod";
import { STATES, type StateScope } from "@/lib/platform/state/policies";
import { appState } from "@/lib/platform/state/app-state";
import { inngest } from "../client";

const changedSchema = z.object({
  scope: z.enum(Object.keys(STATES) as [StateScope, ...StateScope[]]),
  key: z.string(),
  version: z.number().int().positive(),
});

/**
 * A writer could not tell Redis of its write, which the database then publishes: older copies are taken out as soon
 * as Redis is back, whatever has become of the writer.
 */
export const stateChangedFunction = inngest.createFunction(
  {
    id: "state-changed",
    name: "Take out copies of replaced state",
    triggers: [{ event: "state/changed" }],
    retries: 10,
  },
  async ({ event, step }) => {
    const changed = changedSchema.safeParse(event.data);
    if (!changed.success)
      throw new NonRetriableError("state/changed names no state that there is", { cause: changed.error });
    const { scope, key, version } = changed.data;
    await step.run("announce", () => appState().announce(scope, key, version));
  },
);

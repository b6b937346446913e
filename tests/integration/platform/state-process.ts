import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { appState } from "@/lib/platform/state/app-state";
import { answerLines } from "../../support/answer-lines";

/**
 * A process of the product. `add <key> <times>` adds one so often, taking up refused changes again; `read <key>` reads.
 * On a machine that is too busy to answer in time an addition may or may not have been made: `unknown` counts those.
 */
const counter = (key: string) => ({
  scope: "learning-session" as const,
  key,
  schema: z.object({ count: z.number() }),
  initial: { count: 0 },
});

await answerLines(async (line) => {
  const [verb, key = "", times = "1"] = line.split(" ");
  if (verb === "read") return appState().read(counter(key));
  let conflicts = 0;
  let unknown = 0;
  const versions: number[] = [];
  while (versions.length + unknown < Number(times)) {
    try {
      const { version } = await appState().update(counter(key), ({ count }) => ({ count: count + 1 }));
      versions.push(version);
    } catch (error) {
      if (error instanceof AppError && error.code === "conflict") conflicts += 1;
      else if (error instanceof AppError && error.code === "database_unavailable") unknown += 1;
      else throw error;
    }
  }
  return { versions, conflicts, unknown };
});

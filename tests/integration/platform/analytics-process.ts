import { closeAnalytics, recordAnalytics } from "@/lib/platform/batch/analytics";
import { answerLines } from "../../support/answer-lines";

/** A process of the product: `record <times>` counts so many events; SIGTERM ends it as the worker ends. */
process.once("SIGTERM", () => void closeAnalytics().then((lost) => process.exit(lost === 0 ? 0 : 1)));

await answerLines(async (line) => {
  const times = Number(line.split(" ")[1]);
  for (let n = 0; n < times; n += 1) recordAnalytics("analysis.started", { outcome: "started", private: false });
  return times;
});

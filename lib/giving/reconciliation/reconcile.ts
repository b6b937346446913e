import "server-only";
import { log } from "@/lib/platform/telemetry/log";
import { compareBalance } from "./compare-balance";
import { compareCharges, compareIntents } from "./compare-intents";
import { compareDisputes, compareRefunds } from "./compare-money-back";
import { compareOurs } from "./compare-ours";
import { Findings } from "./findings";
import { PagesAhead } from "./pages-ahead";
import { STAGES, type Run } from "./schemas";
import { finishRun, readRun, recordPage } from "./store";

/** How long a slice may go on: shorter than any host lets one request live. */
const SLICE_MS = 20_000;

/**
 * Goes on with a run for a while, page by page from where it stands; each page is written with its place, so whoever is killed
 * loses one page's work and counts nothing twice.
 * @param runId null: the one that is going
 * @param now injected for tests
 * @returns the run as it is now, null when none is going
 * @throws StripeOutcomeError, AppError `database_unavailable`: the run stays where it is, the next call goes on
 */
export async function reconcileOn(runId: string | null, now: () => number = Date.now): Promise<Run | null> {
  let run = await readRun(runId);
  const until = now() + SLICE_MS;
  const pages = new PagesAhead();
  while (run?.state === "running") {
    if (run.stage === "done") return finishRun(run.id, null);
    run = await comparePage(run, pages);
    if (now() >= until) break;
  }
  return run;
}

async function comparePage(run: Run, pages: PagesAhead): Promise<Run> {
  const findings = new Findings();
  const after = await walk(run, pages, findings);
  const stage = after === null ? nextStage(run) : run.stage;
  return recordPage(run, findings.page({ stage, lastId: after }));
}

function walk(run: Run, pages: PagesAhead, findings: Findings): Promise<string | null> {
  const place = { window: { from: new Date(run.from), to: new Date(run.to) }, after: run.lastId, pages };
  switch (run.stage) {
    case "intents":
      return compareIntents(place, findings);
    case "charges":
      return compareCharges(place, findings);
    case "refunds":
      return compareRefunds(place, findings);
    case "disputes":
      return compareDisputes(place, findings);
    case "balance":
      return compareBalance(place, findings);
    case "ours":
      return compareOurs(run.id, run.lastId, findings);
    case "done":
      return Promise.resolve(null);
  }
}

const nextStage = (run: Run): Run["stage"] => STAGES[STAGES.indexOf(run.stage) + 1] ?? "done";

/** Ends a run that cannot go on, with why. */
export async function giveUp(runId: string, error: unknown): Promise<Run> {
  log.error({ error, runId }, "the comparison with the payment provider was given up");
  return finishRun(runId, error instanceof Error ? error.message : String(error));
}

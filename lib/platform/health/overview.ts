import "server-only";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { serverEnv } from "@/lib/env/server";
import { log } from "../telemetry/log";
import { metrics } from "../telemetry/metrics";
import type { Operations } from "../telemetry/operations";
import { recordDeployment } from "../telemetry/store";
import { Dependencies } from "./dependencies";
import { History, STEP_MS } from "./history";
import type { DependencyHealth, HealthOverview } from "./schemas";
import { scalingTriggers } from "./triggers";

interface Home {
  readonly dependencies: Dependencies;
  readonly history: History;
  readonly since: string;
  build: string;
}

/** Next has several module graphs in a process; the one that serves pages shows what the one that started has noted. */
const KEY = Symbol.for("devmentor.health");
const place = globalThis as { [KEY]?: Home };

function home(): Home {
  return (place[KEY] ??= {
    dependencies: new Dependencies(),
    history: new History(),
    since: new Date().toISOString(),
    build: "unbuilt",
  });
}

/** Begins to note how this process stands, and that its build serves here. Once a process, at its start; it keeps none alive. */
export async function startHealth(): Promise<void> {
  const { history } = home();
  home().build = await buildId();
  let isTold = false;
  const tick = async (): Promise<void> => {
    try {
      await history.note(Date.now());
      if (!isTold) await recordDeployment(home().build, serverEnv().DEPLOY_REGION);
      isTold = true;
    } catch (error) {
      log.debug({ error }, "how this process stands could not be noted whole");
    }
  };
  setInterval(() => void tick(), STEP_MS).unref();
  void tick();
}

/** What Next called the build; without one (`next dev`) there is none. */
async function buildId(): Promise<string> {
  try {
    return (await readFile(path.join(process.cwd(), ".next", "BUILD_ID"), "utf8")).trim();
  } catch {
    return "unbuilt";
  }
}

/** Is it well; if not, which part, since when. Ends within two seconds, whatever hangs. */
export async function healthOverview(): Promise<HealthOverview> {
  const { dependencies, history, since, build } = home();
  const told = metrics().database.standing();
  const [looked, standing] = await Promise.all([dependencies.look(told), told]);
  return {
    status: statusOf(looked, standing),
    checkedAt: new Date().toISOString(),
    instance: { since, build, region: serverEnv().DEPLOY_REGION },
    dependencies: looked,
    operations: standing ?? null,
    history: [...history.moments],
    triggers: scalingTriggers(history.moments, standing),
  };
}

/** Money that is not in order is as bad as a database that is away. */
export function statusOf(
  dependencies: readonly DependencyHealth[],
  standing: Operations | undefined,
): HealthOverview["status"] {
  const isBroken = Object.values(standing?.moneyCheck?.broken ?? {}).some((rows) => rows > 0);
  if (isBroken || dependencies.some(({ needed, status }) => needed && status === "down")) return "unwell";
  const isBehind = standing !== undefined && standing.queues.outbox.oldestSeconds > 60;
  const isAway = dependencies.some(({ status, breaker }) => status === "down" || breaker === "open");
  return isBehind || isAway || standing === undefined ? "degraded" : "well";
}

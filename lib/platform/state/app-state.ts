import { redis } from "@/lib/platform/redis/client";
import { run } from "@/lib/platform/resilience/resilience";
import { log } from "@/lib/platform/telemetry/log";
import { metrics } from "@/lib/platform/telemetry/metrics";
import { State } from "./state";
import { stateTable } from "./store";

/** Next has several module graphs in a process; what it remembers is one for all of them. */
const KEY = Symbol.for("devmentor.state");
const home = globalThis as { [KEY]?: State };

/** This process's view of the shared state. */
export function appState(): State {
  return (home[KEY] ??= new State({
    callRedis: (call) => run("redis", () => call(redis())),
    truth: stateTable,
    onCount: (event) => metrics().usedState(event),
    log,
  }));
}

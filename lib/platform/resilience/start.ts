import { log } from "@/lib/platform/telemetry/log";
import { recordOutages } from "./outages";
import { resilience } from "./resilience";
import { outageStore } from "./store";

/** Next runs `instrumentation` in one module graph and requests in others; outages are recorded once a process. */
const KEY = Symbol.for("devmentor.outages");
const home = globalThis as { [KEY]?: ReturnType<typeof recordOutages> };

/** Begins to record the outages that this process's breakers notice. Once a process, at its start. */
export function startOutageRecords(): void {
  home[KEY] ??= recordOutages({ resilience: resilience(), store: outageStore, log });
}

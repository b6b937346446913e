import { execFileSync } from "node:child_process";
import { isAlive } from "./alive.ts";

/** When this process should come to an end. */
export interface StopSignals {
  /** Resolves once, however often it is asked. */
  readonly asked: Promise<void>;
  /** Asks from inside. */
  now(): void;
}

const LOOK_EVERY_MS = 500;

/**
 * Listens for everything that means "stop": Ctrl-C, SIGTERM, the terminal closing, and the end of the
 * npm (or the older Node) that started us, which after a `kill -9` says nothing.
 */
export function onStopSignals(): StopSignals {
  let now: () => void = () => {};
  const asked = new Promise<void>((resolve) => {
    now = resolve;
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, now);
  process.once("disconnect", now);
  if (process.env["npm_lifecycle_event"]) {
    const parent = process.ppid;
    const npm = npmBehind(parent);
    const watch = setInterval(() => {
      if (process.ppid !== parent || !isAlive(npm)) now();
    }, LOOK_EVERY_MS);
    watch.unref();
  }
  return { asked, now: () => now() };
}

/** npm runs scripts through a shell, which outlives it: then npm is that shell's parent. */
function npmBehind(parent: number): number {
  try {
    const [grandparent = "", ...command] = execFileSync("ps", ["-o", "ppid=,comm=", "-p", String(parent)], {
      encoding: "utf8",
    })
      .trim()
      .split(/\s+/);
    return /^-?(?:\/.*\/)?(?:da|ba|z|k|a)?sh$/.test(command.join(" ")) ? Number(grandparent) : parent;
  } catch {
    return parent; // No `ps` here: the parent alone is watched.
  }
}

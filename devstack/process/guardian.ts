import { type ChildProcess, spawn } from "node:child_process";
import type { Log } from "../service.ts";

/**
 * A shell of about one megabyte that outlives us. It knows the process groups we have started, and
 * ends them when its standard input closes, which the kernel does for us even after `kill -9`.
 * Interrupt first (PostgreSQL writes its log to the disk, Redis its file), by force after five seconds.
 */
const SCRIPT = `
groups=''
while read -r verb group; do
  case "$verb" in
    add) groups="$groups $group" ;;
    drop) kept=''; for each in $groups; do [ "$each" = "$group" ] || kept="$kept $each"; done; groups="$kept" ;;
  esac
done
for group in $groups; do kill -s INT -- "-$group" 2>/dev/null; done
waited=0
while [ "$waited" -lt 50 ]; do
  left=''
  for group in $groups; do kill -s 0 -- "-$group" 2>/dev/null && left="$left $group"; done
  [ -z "$left" ] && exit 0
  sleep 0.1
  waited=$((waited + 1))
done
for group in $left; do kill -s KILL -- "-$group" 2>/dev/null; done
`;

export interface Guardian {
  readonly pid: number | undefined;
  /** Have the process group led by `pid` ended should we die. */
  add(pid: number): void;
  drop(pid: number): void;
  /** Lets the guardian go without ending anything. */
  dismiss(): Promise<void>;
}

/** Starts the guardian; a new one takes its place should someone end it. */
export function startGuardian(log: Log): Guardian {
  const groups = new Set<number>();
  let dismissed = false;
  let shell: ChildProcess = hire();

  function hire(): ChildProcess {
    const child = spawn("/bin/sh", ["-c", SCRIPT], { stdio: ["pipe", "ignore", "ignore"], detached: true });
    child.stdin?.on("error", () => {}); // It went away; `exit` below hires another.
    child.once("exit", () => {
      if (dismissed) return;
      log("the guardian was ended; starting another");
      shell = hire();
    });
    child.once("error", (error) =>
      log(`the guardian could not be started (${error.message}): native services will outlive a kill -9`),
    );
    for (const group of groups) child.stdin?.write(`add ${group}\n`);
    return child;
  }

  return {
    get pid() {
      return shell.pid;
    },
    add(pid) {
      groups.add(pid);
      shell.stdin?.write(`add ${pid}\n`);
    },
    drop(pid) {
      groups.delete(pid);
      shell.stdin?.write(`drop ${pid}\n`);
    },
    async dismiss() {
      dismissed = true;
      for (const group of groups) shell.stdin?.write(`drop ${group}\n`);
      if (shell.exitCode !== null || shell.signalCode !== null) return;
      const gone = new Promise<void>((resolve) => shell.once("exit", () => resolve()));
      shell.stdin?.end();
      await gone;
    },
  };
}

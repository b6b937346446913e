import "server-only";
import { spawnSync } from "node:child_process";
import { executablePath } from "@/lib/env/executable-path";

/** What the kernel holds a process and its children to, whatever they try; what is absent stays as it is. */
export interface Confinement {
  /** Size of any file that it writes. */
  readonly fileBytes?: number;
  /** Address space; not for Node, whose WebAssembly reserves far more than it uses. */
  readonly addressBytes?: number;
  /** Of processor time; SIGXCPU, then SIGKILL a second later. */
  readonly cpuSeconds?: number;
}

/** All that a child process gets of our environment: where programs are. No key of ours is ever in theirs. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  // Next's types want NODE_ENV in every environment.
  return { PATH: executablePath() } as unknown as NodeJS.ProcessEnv;
}

const found = new Map<string, boolean>();

function has(program: string): boolean {
  const known = found.get(program);
  if (known !== undefined) return known;
  const here = spawnSync(program, ["--version"], { env: bareEnvironment(), stdio: "ignore" }).status === 0;
  found.set(program, here);
  return here;
}

/**
 * The beginning of a command line that confines what follows it: it dies with the process that started it, writes no
 * core and keeps to its limits. Empty where util-linux is not installed (macOS); time limits hold there all the same.
 */
export function confined(limits: Confinement): string[] {
  return [
    ...(has("setpriv") ? ["setpriv", "--pdeathsig=KILL", "--"] : []),
    ...(has("prlimit")
      ? [
          "prlimit",
          ...(limits.fileBytes === undefined ? [] : [`--fsize=${limits.fileBytes}`]),
          ...(limits.addressBytes === undefined ? [] : [`--as=${limits.addressBytes}`]),
          ...(limits.cpuSeconds === undefined ? [] : [`--cpu=${limits.cpuSeconds}:${limits.cpuSeconds + 1}`]),
          "--core=0",
          "--",
        ]
      : []),
  ];
}

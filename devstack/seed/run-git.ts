import { spawn } from "node:child_process";
import type { Writable } from "node:stream";

export interface Git {
  /** Runs git and returns what it printed. @throws Error with git's own words when it fails. */
  (args: readonly string[], feed?: (stdin: Writable) => Promise<void>): Promise<string>;
}

/**
 * git without the user's configuration. `configFile` allows repositories that belong to another account
 * (a clone made by someone else, a stack run as root): git passes that permission on through files only.
 */
export function gitWith(configFile: string): Git {
  return (args, feed) =>
    new Promise((resolve, reject) => {
      const child = spawn("git", [...args], {
        stdio: [feed ? "pipe" : "ignore", "pipe", "pipe"],
        env: gitEnvironment(configFile),
      });
      let out = "";
      let err = "";
      child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
      child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text));
      child.on("error", (cause) =>
        reject(new Error(`git could not be started (${cause.message}). Install git and start again.`, { cause })),
      );
      child.on("close", (code) => {
        if (code === 0) resolve(out.trim());
        else
          reject(
            new Error(
              `git ${args
                .filter((arg) => !arg.startsWith("-"))
                .slice(0, 2)
                .join(" ")} ended with ${code}: ${err.trim()}`,
            ),
          );
      });
      if (feed && child.stdin) {
        // A git that ends early closes the pipe; its exit code above says why, better than EPIPE does.
        child.stdin.on("error", () => {});
        feed(child.stdin).catch(reject);
      }
    });
}

export function gitEnvironment(configFile: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: "/nonexistent",
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: configFile,
    GIT_TERMINAL_PROMPT: "0",
  } as unknown as NodeJS.ProcessEnv;
}

import { createHash } from "node:crypto";

/**
 * Upstash adds a script flag that Redis does not know, `allow-key-locking`, and @upstash/ratelimit
 * puts it into every script: a real Redis refuses those. The flag only lets Upstash run scripts with
 * different keys side by side, so it is taken out here, while callers keep addressing the script by
 * the SHA-1 of the text they sent.
 */
export class ScriptNames {
  readonly #shaByCallersSha = new Map<string, string>();

  /** Rewrites a command so that Redis understands it; others pass unchanged. */
  translate(command: readonly string[]): string[] {
    const name = command[0]?.toLowerCase();
    if ((name === "eval" || name === "eval_ro") && command[1] !== undefined) {
      return [command[0] ?? "", this.#accept(command[1]), ...command.slice(2)];
    }
    if ((name === "evalsha" || name === "evalsha_ro") && command[1] !== undefined) {
      return [command[0] ?? "", this.#known(command[1]), ...command.slice(2)];
    }
    const action = name === "script" ? command[1]?.toLowerCase() : undefined;
    if (action === "load" && command[2] !== undefined) return ["script", "load", this.#accept(command[2])];
    if (action === "exists") return ["script", "exists", ...command.slice(2).map((sha) => this.#known(sha))];
    return [...command];
  }

  /** `SCRIPT LOAD` answers a name: the caller must get the one of its own text. */
  answer(command: readonly string[], reply: unknown): unknown {
    const isLoad = command[0]?.toLowerCase() === "script" && command[1]?.toLowerCase() === "load";
    return isLoad && Buffer.isBuffer(reply) && command[2] !== undefined ? Buffer.from(sha1(command[2])) : reply;
  }

  #accept(script: string): string {
    const rewritten = withoutKeyLocking(script);
    if (rewritten !== script) this.#shaByCallersSha.set(sha1(script), sha1(rewritten));
    return rewritten;
  }

  #known(sha: string): string {
    return this.#shaByCallersSha.get(sha.toLowerCase()) ?? sha;
  }
}

function withoutKeyLocking(script: string): string {
  const shebang = /^#!lua([^\n]*)/.exec(script);
  const flags = /\bflags=(\S*)/.exec(shebang?.[1] ?? "")?.[1]?.split(",");
  if (!shebang || !flags?.includes("allow-key-locking")) return script;
  const rest = flags.filter((flag) => flag !== "allow-key-locking");
  // An empty first line keeps the line numbers in Redis's error messages right.
  return (rest.length > 0 ? `#!lua flags=${rest.join(",")}` : "") + script.slice(shebang[0].length);
}

function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}

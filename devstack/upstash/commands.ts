/** A request that cannot be run, in Upstash's own words. */
export class CommandRefused extends Error {
  override readonly name = "CommandRefused";
}

/**
 * What Upstash does not offer over REST, or what would reach past the database into the server or
 * into the one connection that all requests share (a bare MULTI would swallow strangers' commands).
 */
const UNAVAILABLE = new Set([
  "acl",
  "asking",
  "auth",
  "bgrewriteaof",
  "bgsave",
  "blmove",
  "blmpop",
  "blpop",
  "brpop",
  "brpoplpush",
  "bzmpop",
  "bzpopmax",
  "bzpopmin",
  "client",
  "cluster",
  "command",
  "config",
  "debug",
  "discard",
  "exec",
  "failover",
  "hello",
  "latency",
  "lolwut",
  "memory",
  "migrate",
  "module",
  "monitor",
  "multi",
  "object",
  "psubscribe",
  "psync",
  "punsubscribe",
  "quit",
  "readonly",
  "readwrite",
  "replconf",
  "replicaof",
  "reset",
  "role",
  "save",
  "select",
  "shutdown",
  "slaveof",
  "slowlog",
  "ssubscribe",
  "subscribe",
  "sunsubscribe",
  "swapdb",
  "sync",
  "unsubscribe",
  "unwatch",
  "wait",
  "waitaof",
  "watch",
]);

/**
 * Reads one command: an array of strings, numbers, booleans; objects are taken as JSON, as Upstash does.
 * @throws CommandRefused when it is no command or one that is not available
 */
export function readCommand(value: unknown): string[] {
  if (!Array.isArray(value)) throw new CommandRefused("ERR failed to parse command");
  if (value.length === 0) throw new CommandRefused("ERR empty command");
  const command = value.map((part: unknown) => {
    if (part === null || part === undefined)
      throw new CommandRefused("ERR failed to parse command: null is not an argument");
    return typeof part === "object" ? JSON.stringify(part) : String(part);
  });
  refuseUnavailable(command);
  return command;
}

function refuseUnavailable(command: readonly string[]): void {
  const name = command[0]?.toLowerCase() ?? "";
  const blocks =
    (name === "xread" || name === "xreadgroup") && command.slice(1, 8).some((part) => part.toLowerCase() === "block");
  const kills = name === "script" && ["kill", "debug"].includes(command[1]?.toLowerCase() ?? "");
  const reloads = name === "function" && ["kill", "restore"].includes(command[1]?.toLowerCase() ?? "");
  if (UNAVAILABLE.has(name) || blocks || kills || reloads) {
    throw new CommandRefused(
      `ERR Command is not available: '${(command[0] ?? "").toUpperCase()}'. See https://upstash.com/docs/redis/overall/rediscompatibility for details`,
    );
  }
}

/**
 * Reads a list of commands, the body of `/pipeline` and `/multi-exec`.
 * @throws CommandRefused when the body is no list of commands
 */
export function readCommands(value: unknown): (string[] | CommandRefused)[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new CommandRefused("ERR failed to parse pipeline: expected a list of commands");
  return value.map((entry: unknown) => {
    try {
      return readCommand(entry);
    } catch (error) {
      if (error instanceof CommandRefused) return error;
      throw error;
    }
  });
}

/**
 * Reads a command from a path such as `/set/foo/bar?EX=100`; a body becomes the last argument before
 * the query's, as Upstash does.
 * @throws CommandRefused when a segment is not valid percent-encoding
 */
export function readPathCommand(path: string, query: URLSearchParams, body: string): string[] {
  let segments: string[];
  try {
    segments = path.replace(/^\//, "").split("/").map(decodeURIComponent);
  } catch {
    throw new CommandRefused("ERR failed to parse command: the path is not valid percent-encoding");
  }
  const options = [...query]
    .filter(([name]) => name !== "_token")
    .flatMap(([name, value]) => (value === "" ? [name] : [name, value]));
  return readCommand([...segments, ...(body === "" ? [] : [body]), ...options]);
}

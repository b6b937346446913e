import "server-only";

/**
 * Where programs are looked for. Child processes get this and nothing else of our environment, so
 * that no key of ours is ever in theirs.
 */
export function executablePath(): string {
  return process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin";
}

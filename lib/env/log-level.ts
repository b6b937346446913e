/** LOG_LEVEL as it stands; apart from server.ts because a log line must not depend on a complete environment. */
export function logLevel(): string {
  return process.env["LOG_LEVEL"] ?? "info";
}

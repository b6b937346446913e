/**
 * Whether a `Host` header names this machine. The stack answers nothing else, so a page on the
 * internet that rebinds its own name to 127.0.0.1 cannot talk to it from a developer's browser.
 * The port is not compared: a service may be reached through a forwarded one.
 */
export function isLoopbackHost(host: string | undefined): boolean {
  if (!host) return false;
  const name = host.replace(/:\d+$/, "").toLowerCase();
  return name === "127.0.0.1" || name === "localhost" || name === "[::1]";
}

import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";

/** Ports that a script may expect; each gives way to a free one when something else holds it. */
export const PREFERRED_PORTS = {
  supabase: 54321,
  postgres: 54322,
  upstash: 54330,
  redis: 54331,
  git: 54340,
  github: 4001,
  resend: 4003,
  inngest: 8288,
  stripe: 12111,
} as const;

export type PortName = keyof typeof PREFERRED_PORTS;

function tryListen(port: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(null);
      else reject(error);
    });
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : null));
    });
  });
}

/**
 * Where the system takes the ports of outgoing connections from: a service that has to come back on its port after
 * a crash must not lie there, because any connection of any program may have taken the port meanwhile.
 */
function firstEphemeralPort(): number {
  try {
    return Number(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").trim().split(/\s+/)[0]);
  } catch {
    return 49_152; // Not Linux: what IANA sets aside, as macOS and Windows do.
  }
}

const LOWEST = 10_000;
const ATTEMPTS = 50;

/** A port of 127.0.0.1 that nobody listens on at this moment, nor is likely to take while its service restarts. */
export async function freePort(): Promise<number> {
  const end = firstEphemeralPort();
  // Where a system uses nearly all ports for connections there is no better choice than its own.
  for (let attempt = 0; end - LOWEST > 1_000 && attempt < ATTEMPTS; attempt += 1) {
    const port = await tryListen(randomInt(LOWEST, end));
    if (port !== null) return port;
  }
  const port = await tryListen(0);
  if (port === null) throw new Error("The system has no free port left on 127.0.0.1.");
  return port;
}

/** `wanted` when it is free, else any free port. */
export async function portOr(wanted: number): Promise<number> {
  return (await tryListen(wanted)) ?? (await freePort());
}

/** Whether nobody listens on a port of 127.0.0.1. */
export async function isFree(port: number): Promise<boolean> {
  return (await tryListen(port)) !== null;
}

/** The first free port from `first` upwards. */
export async function portFrom(first: number): Promise<number> {
  for (let port = first; port < first + 100; port += 1) if (await isFree(port)) return port;
  return freePort();
}

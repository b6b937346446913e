import { serverEnv } from "@/lib/env/server";

/**
 * The header into which the server entry writes the socket's own address, over whatever came in.
 * Next fills `x-forwarded-for` only when it is absent, so that one is anybody's to write.
 */
export const SOCKET_ADDRESS_HEADER = "x-devmentor-socket-address";

/**
 * Whose call this is, for limits. The socket's address, unless TRUSTED_PROXY_HOPS says how many proxies
 * of ours append to X-Forwarded-For: then the entry that the outermost of them wrote, counted from the right.
 * @returns an address, or `unknown`, which all callers without one share.
 */
export function clientAddress(headers: Headers, trustedHops: number = serverEnv().TRUSTED_PROXY_HOPS): string {
  if (trustedHops > 0) {
    const chain = (headers.get("x-forwarded-for") ?? "")
      .split(",")
      .map((entry) => entry.trim())
      .filter(Boolean);
    // A chain shorter than our own proxies make it did not come through all of them.
    const forwarded = chain.at(-trustedHops);
    if (forwarded) return normalise(forwarded);
  }
  const socket = headers.get(SOCKET_ADDRESS_HEADER);
  return socket ? normalise(socket) : "unknown";
}

/** IPv4 in IPv6 clothing is the same caller; of an IPv6 address the /64 is one caller, as it is one customer. */
function normalise(address: string): string {
  const bare = address
    .replace(/^\[|\](:\d+)?$/g, "")
    .replace(/%.*$/, "")
    .toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  if (mapped) return mapped;
  const withPort = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(bare)?.[1];
  if (withPort) return withPort;
  if (!bare.includes(":")) return bare.slice(0, 64);
  const [head = "", tail] = bare.split("::");
  const left = head.split(":").filter(Boolean);
  const right = tail === undefined ? [] : tail.split(":").filter(Boolean);
  const groups =
    tail === undefined
      ? left
      : [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}

import { BlockList, isIPv4, isIPv6 } from "node:net";

/** Ranges that are not the public internet (IANA special-purpose registries), and multicast. */
const NOT_PUBLIC_V4: readonly [string, number][] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/**
 * IPv6 is public only inside 2000::/3, less what embeds or translates other addresses (6to4, Teredo)
 * and documentation. Everything else, IPv4-mapped and NAT64 included, is refused by not being in it.
 */
const NOT_PUBLIC_V6: readonly [string, number][] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const blockedV4 = new BlockList();
for (const [network, bits] of NOT_PUBLIC_V4) blockedV4.addSubnet(network, bits, "ipv4");
const globalV6 = new BlockList();
globalV6.addSubnet("2000::", 3, "ipv6");
const blockedV6 = new BlockList();
for (const [network, bits] of NOT_PUBLIC_V6) blockedV6.addSubnet(network, bits, "ipv6");

/** @returns whether `address` (an IP address in text) is on the public internet; anything else is not. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !blockedV4.check(address, "ipv4");
  // A zone (fe80::1%eth0) only exists on link-local addresses.
  if (!isIPv6(address) || address.includes("%")) return false;
  return globalV6.check(address, "ipv6") && !blockedV6.check(address, "ipv6");
}

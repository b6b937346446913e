import { describe, expect, it } from "vitest";
import { clientAddress, SOCKET_ADDRESS_HEADER } from "./client-address";

const headers = (forwarded: string | undefined, socket = "203.0.113.9") =>
  new Headers({
    [SOCKET_ADDRESS_HEADER]: socket,
    ...(forwarded === undefined ? {} : { "x-forwarded-for": forwarded }),
  });

describe("clientAddress", () => {
  it("believes the socket alone when no proxy is trusted", () => {
    expect(clientAddress(headers("1.2.3.4"), 0)).toBe("203.0.113.9");
  });

  it("takes the entry our outermost proxy wrote, not what the caller put before it", () => {
    expect(clientAddress(headers("6.6.6.6, 198.51.100.7"), 1)).toBe("198.51.100.7");
    expect(clientAddress(headers("6.6.6.6, 198.51.100.7, 10.0.0.1"), 2)).toBe("198.51.100.7");
  });

  it("falls back to the socket when the chain is shorter than our proxies", () => {
    expect(clientAddress(headers("6.6.6.6"), 2)).toBe("203.0.113.9");
    expect(clientAddress(headers(undefined), 1)).toBe("203.0.113.9");
  });

  it("names nobody rather than guess", () => {
    expect(clientAddress(new Headers(), 0)).toBe("unknown");
  });

  it.each([
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["192.0.2.1:4711", "192.0.2.1"],
    ["2001:db8:0:1:ffff::1", "2001:db8:0:1::/64"],
    ["2001:0db8:0000:0001:1:2:3:4", "2001:db8:0:1::/64"],
    ["[2001:db8::5]:443", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
  ])("reads %s as %s", (address, expected) => {
    expect(clientAddress(headers(undefined, address), 0)).toBe(expected);
  });
});

// Loaded with --import before the Next server. Plain JavaScript: the production image runs it as it is.
//
// Next fills `x-forwarded-for` only when a request lacks it, so that header is anybody's to write. Limits
// need an address that nobody can choose: the socket's. It is written into a header of our own for each
// request, over whatever came in under that name (lib/platform/rate-limit/client-address.ts reads it).
import { Server } from "node:http";

export const SOCKET_ADDRESS_HEADER = "x-devmentor-socket-address";

const emit = Server.prototype.emit;

Server.prototype.emit = function (event, ...values) {
  if (event === "request" || event === "upgrade" || event === "checkContinue") recordSocketAddress(values[0]);
  return emit.call(this, event, ...values);
};

/** @param {import("node:http").IncomingMessage} request */
export function recordSocketAddress(request) {
  const address = request.socket.remoteAddress ?? "unknown";
  const raw = request.rawHeaders;
  for (let index = raw.length - 2; index >= 0; index -= 2) {
    if (raw[index]?.toLowerCase() === SOCKET_ADDRESS_HEADER) raw.splice(index, 2);
  }
  raw.push(SOCKET_ADDRESS_HEADER, address);
  // Node derives `headers` from `rawHeaders` on first use, which may already have happened.
  request.headers[SOCKET_ADDRESS_HEADER] = address;
  request.headersDistinct[SOCKET_ADDRESS_HEADER] = [address];
}

import type { IncomingMessage, ServerResponse } from "node:http";
import { isLoopbackHost } from "../host-check.ts";

/** Answers 421 to a request whose `Host` is not this machine; returns whether to go on. */
export function acceptLocalHost(request: IncomingMessage, response: ServerResponse): boolean {
  if (isLoopbackHost(request.headers.host)) return true;
  response.writeHead(421, { "content-type": "application/problem+json" });
  response.end(
    JSON.stringify({
      title: "Not for this host",
      status: 421,
      detail:
        "The embedded stack answers on 127.0.0.1 and localhost only, so that no other site can reach it through your browser.",
    }),
  );
  return false;
}

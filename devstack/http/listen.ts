import type { Server } from "node:http";

/**
 * Listens on 127.0.0.1.
 * @returns the port, which is the one asked for unless that was 0.
 * @throws Error when the port is taken.
 */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      const address = server.address();
      if (typeof address === "object" && address) resolve(address.port);
      else reject(new Error("The server has no address although it listens."));
    });
  });
}

/** Stops listening and cuts what is still open; resolves when the port is free. */
export function closeServer(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}

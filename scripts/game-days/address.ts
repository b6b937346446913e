import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** One address in front of whichever server is the right one now, as a pooler or a virtual address is. */
export interface Address {
  readonly port: number;
  /** From now on it leads there; connections to the server before are cut. */
  leadTo(port: number): void;
  close(): Promise<void>;
}

/** @param to port on 127.0.0.1 that it leads to at first */
export async function openAddress(to: number): Promise<Address> {
  let target = to;
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target, "127.0.0.1");
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.setNoDelay(true);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    leadTo: (port) => {
      target = port;
      cut();
    },
    close: () =>
      new Promise((resolve) => {
        cut();
        server.close(() => resolve());
      }),
  };
}

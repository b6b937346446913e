import { spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const SERVER = new URL("../../../server/", import.meta.url);

/** A bare server that tells which headers it sees, started the way the application is. */
const ECHO = `
  const server = require("node:http").createServer((request, response) => {
    response.end(JSON.stringify({ headers: request.headers, raw: request.rawHeaders }));
  });
  server.listen(Number(process.env.PORT), "127.0.0.1", () => process.stdout.write("port " + server.address().port + "\\n"));
`;

let child: ReturnType<typeof spawn>;
let port: number;

beforeAll(async () => {
  const { freePort } = await import("../../../devstack/ports.ts");
  port = await freePort();
  const preloads = ["socket-address.mjs", `canonical-host.mjs?home=http://127.0.0.1:${port}`].flatMap((file) => [
    "--import",
    new URL(file, SERVER).href,
  ]);
  child = spawn(process.execPath, [...preloads, "--eval", ECHO], {
    env: {
      PATH: process.env["PATH"],
      PORT: String(port),
    } as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.stdout) await once(child.stdout, "data");
});
afterAll(async () => {
  child.kill();
  await once(child, "exit");
});

function ask(
  headers: Record<string, string | string[]>,
): Promise<{ status: number; location: string | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, path: "/login?next=%2Fsettings", headers }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, location: response.headers.location, body }),
      );
    }).on("error", reject);
  });
}

describe("the socket's address", () => {
  it("is written over whatever a caller sends under that name, in every spelling", async () => {
    const { body } = await ask({
      "x-devmentor-socket-address": ["6.6.6.6", "7.7.7.7"],
      "X-DevMentor-Socket-Address": "8.8.8.8",
      "x-forwarded-for": "9.9.9.9",
    });
    const seen = JSON.parse(body) as { headers: Record<string, string>; raw: string[] };
    expect(seen.headers["x-devmentor-socket-address"]).toBe("127.0.0.1");
    expect(body).not.toMatch(/6\.6\.6\.6|7\.7\.7\.7|8\.8\.8\.8/);
    expect(seen.raw.filter((text) => text.toLowerCase() === "x-devmentor-socket-address")).toHaveLength(1);
  });
});

describe("the one name of this machine", () => {
  it("sends a page asked for on localhost to the address in APP_URL, path and query kept", async () => {
    const answer = await ask({ host: `localhost:${port}`, accept: "text/html,*/*" });
    expect(answer.status).toBe(307);
    expect(answer.location).toBe(`http://127.0.0.1:${port}/login?next=%2Fsettings`);
  });

  it("leaves API calls, its own name and foreign names alone", async () => {
    expect((await ask({ host: `localhost:${port}`, accept: "application/json" })).status).toBe(200);
    expect((await ask({ host: `127.0.0.1:${port}`, accept: "text/html" })).status).toBe(200);
    expect((await ask({ host: "attacker.example", accept: "text/html" })).status).toBe(200);
  });
});

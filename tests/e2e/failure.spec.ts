import { spawn } from "node:child_process";
import { createServer, connect, type Socket } from "node:net";
import { once } from "node:events";
import path from "node:path";
import { freePort } from "../../devstack/ports.ts";
import { projectRoot } from "../support/run-tool.ts";
import { expect, expectAccessible, test } from "./fixtures.ts";
import { demoPerson, signIn } from "./people.ts";

// What a browser and React say while the database is away; 441 is React's number for a failed server component.
const WHILE_AWAY = [/status of 50\d/, /^50\d from/, /WebSocket connection to/, /React error #441/];
test.use({ expectedConsoleErrors: [WHILE_AWAY, { scope: "test" }] });

/** The way from an application to its database that can be cut and mended. */
async function severable(target: URL) {
  const open = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) return void near.destroy();
    const far = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy()).on("close", () => open.delete(from));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const cut = () => {
    whole = false;
    for (const socket of open) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${address.port}`,
    cut,
    mend: () => {
      whole = true;
    },
    close: () => {
      cut();
      server.close();
    },
  };
}

test("with the database away a page says so, and goes on where it was once it is back", async ({
  freshPage,
  stack,
}) => {
  const supabase = await severable(new URL(stack["SUPABASE_URL"] ?? ""));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  // A second application of the same build, so that no other test loses its database.
  const application = spawn(process.execPath, [path.join(projectRoot, ".next/standalone/server.js")], {
    env: {
      ...process.env,
      ...stack,
      NODE_ENV: "production",
      APP_URL: url,
      SUPABASE_URL: supabase.url,
      PORT: String(port),
      HOSTNAME: "127.0.0.1",
      LOG_LEVEL: "silent",
    },
    stdio: "ignore",
  });
  const ended = once(application, "exit");
  try {
    await expect
      .poll(
        () =>
          fetch(`${url}/api/health`).then(
            ({ status }) => status,
            () => 0,
          ),
        { message: "the application" },
      )
      .toBe(200);
    const page = await freshPage({ baseURL: url });
    await signIn(page, demoPerson("learner"));
    await page.goto("/notifications");
    await expect(page.getByRole("heading", { level: 1, name: "Notices" })).toBeVisible();

    supabase.cut();
    expect((await page.goto("/notifications"))?.status()).toBe(500);
    await expect(page.getByRole("heading", { level: 1, name: "This page could not be shown" })).toBeVisible();
    await expectAccessible(page);
    expect((await page.request.get("/api/v1/notifications")).status()).toBe(503);
    // What needs no database is there all the same.
    expect((await page.request.get("/")).status()).toBe(200);

    supabase.mend();
    // The application trusts its database again a little later than it is back.
    const again = page.getByRole("button", { name: "Try again" });
    await expect(async () => {
      if (await again.isVisible()) await again.click({ timeout: 1_000 });
      await expect(page.getByRole("heading", { level: 1, name: "Notices" })).toBeVisible({ timeout: 2_000 });
    }).toPass();
    // Before the application goes, which a page that is still open would complain of.
    await page.context().close();
  } finally {
    application.kill("SIGTERM");
    await ended;
    supabase.close();
  }
});

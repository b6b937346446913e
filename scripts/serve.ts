import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { screen } from "../devstack/board.ts";
import { AlreadyRunningError, findPeer } from "../devstack/control.ts";
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from "../devstack/demo/accounts.ts";
import { readEnvironment } from "../devstack/environment.ts";
import { GITHUB_USERS } from "../devstack/github/users.ts";
import { freePort, isFree, portFrom } from "../devstack/ports.ts";
import { seedGiving } from "../devstack/seed/giving/seed-giving.ts";
import { onStopSignals } from "../devstack/process/stop-signals.ts";
import { type Devstack, startDevstack } from "../devstack/start.ts";
import { removeState, STATE_DIR } from "../devstack/state.ts";
import { build, isBuilt, SERVER } from "./build.ts";
import { ROOT } from "./install.mjs";
import { keepOps } from "./ops.ts";
import { keepApp, keepWorker, type Product, StartError } from "./product.ts";

const say = (text: string) => process.stdout.write(`${text}\n`);

/**
 * Serves the whole of DevMentor until Ctrl-C: stack, application, worker.
 * @throws StartError, AlreadyRunningError or StateVersionError with what to do.
 */
export async function serve(options: { build: boolean; fresh: boolean; ops: boolean }): Promise<void> {
  const began = Date.now();
  const stateDir = process.env["DEVSTACK_STATE_DIR"] ?? STATE_DIR;
  const ports = process.env["DEVSTACK_PORTS"] === "free" ? "free" : "preferred";
  await refuseSecond(stateDir);
  if (options.fresh) {
    await removeState(stateDir);
    rmSync(path.join(ROOT, ".next"), { recursive: true, force: true });
  }
  const port = ports === "free" && !process.env["PORT"] ? await freePort() : await choosePort();
  const environment = readEnvironment();
  const appUrl = process.env["APP_URL"] ?? `http://localhost:${port}`;
  const stop = onStopSignals();

  say("starting the embedded stack …");
  const stack = await startDevstack({
    stateDir,
    ports,
    appUrl,
    environment: { ...environment, APP_URL: appUrl },
    onStopAsked: stop.now,
  });
  const products: Product[] = [];
  const ended = new AbortController();
  let seeding: Promise<void> | undefined;
  try {
    say(`${screen(stack.services)}\n`);
    const env = { ...stack.env, ...environment, APP_URL: appUrl } as Record<string, string>;
    if (options.build && !isBuilt()) {
      say("building the application (its sources changed since the last build) …");
      const buildBegan = Date.now();
      const aborted = new AbortController();
      void stop.asked.then(() => aborted.abort(new StartError("Stopped while building.")));
      await build(env, path.join(stateDir, "logs", "build.log"), aborted.signal);
      say(`built in ${Math.round((Date.now() - buildBegan) / 1000)} s`);
    }
    if (!existsSync(SERVER)) throw new StartError("There is no build to serve. Run `npm start` without --no-build.");
    const place = { stack, env, stateDir, say };
    products.push(await keepApp(place, port));
    await registerFunctions(stack);
    const workerPort = options.ops ? await freePort() : undefined;
    const worker = await keepWorker(place, workerPort);
    if (worker) products.push(worker);
    if (workerPort !== undefined)
      products.push(...(await keepOps(place, { appPort: port, workerPort, token: env["METRICS_TOKEN"] ?? "" })));
    say(
      welcome(appUrl, stack, environment["METRICS_TOKEN"] ? undefined : stack.env["METRICS_TOKEN"], Date.now() - began),
    );
    seeding = seedInBackground(stack, appUrl, ended.signal);
    const failed = await Promise.race([
      stop.asked.then(() => null),
      ...products.map((product) => product.kept.gaveUp.then(() => product.name)),
    ]);
    if (failed)
      throw new StartError(
        `The ${failed} ended by itself again and again, so everything was stopped. Why is at the end of its log: ${path.join(stateDir, "logs", `${failed}.log`)}`,
      );
    say("stopping …");
  } finally {
    ended.abort();
    await seeding;
    await Promise.all(products.map((product) => product.kept.close()));
    await stack.close();
  }
  say("stopped");
  process.exit(0);
}

/**
 * The demo's campaigns, made over the API once it answers; whoever has started it need not wait. Only where database and
 * payments are the stack's own, so that nothing is ever charged or written elsewhere.
 */
async function seedInBackground(stack: Devstack, appUrl: string, signal: AbortSignal): Promise<void> {
  const own = (name: string) => stack.services.some((service) => service.name === name);
  if (process.env["DEVSTACK_SEED"] === "off" || !stack.databaseUrl || !own("supabase") || !own("stripe")) return;
  try {
    const made = await seedGiving({ appUrl, databaseUrl: stack.databaseUrl, signal });
    if (made) say(`demo: ${made} are made; see ${appUrl}/campaigns`);
  } catch (error) {
    if (!signal.aborted) say(`demo: not all campaigns were made; the next start goes on (${String(error)})`);
  }
}

/** An event that comes before the application's functions are known starts none, so they are asked for at once. */
async function registerFunctions(stack: Devstack): Promise<void> {
  const inngest = stack.services.find((service) => service.name === "inngest");
  if (!inngest) return; // Another Inngest is configured; its own settings say where our functions are.
  const failure = await fetch(`${inngest.url}/v0/apps/sync`, {
    method: "POST",
    signal: AbortSignal.timeout(30_000),
  }).then(
    async (answer) => (answer.ok ? null : `${answer.status}: ${await answer.text()}`),
    (error: unknown) => String(error),
  );
  if (failure) say(`workflows: not registered yet, trying again by itself (${failure})`);
}

async function refuseSecond(stateDir: string): Promise<void> {
  const peer = await findPeer(stateDir);
  if (!peer) return;
  const { services } = (await peer.status()) as { services: { name: string; url: string }[] };
  const app = services.find((service) => service.name === "app");
  const what = app
    ? `DevMentor is already running at ${app.url} (pid ${peer.pid}).`
    : `The embedded stack is already running (pid ${peer.pid}) without an application, or is still starting one.`;
  throw new AlreadyRunningError(`${what} Use that one, or end it with \`npm run devstack -- stop\`.`);
}

async function choosePort(): Promise<number> {
  const asked = process.env["PORT"];
  if (asked === undefined || asked === "") return portFrom(3000);
  const port = Number(asked);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new StartError(`PORT is ${asked}, which is no port number (1 to 65535).`);
  if (await isFree(port)) return port;
  throw new StartError(
    `Port ${port} is taken by another program. Give another one (PORT=${port + 1} npm start), or leave PORT out for the next free one.`,
  );
}

function welcome(appUrl: string, stack: Devstack, token: string | undefined, ms: number): string {
  const inbox = stack.services.find((service) => service.name === "resend");
  const inngest = stack.services.find((service) => service.name === "inngest");
  const hasDemo = stack.services.some((service) => service.name === "supabase");
  return [
    `\nDevMentor is ready at ${appUrl}  (${(ms / 1000).toFixed(1)} s)\n`,
    ...(hasDemo
      ? [
          `sign in with   ${DEMO_ACCOUNTS.map((account) => account.email).join(", ")}`,
          `               password ${DEMO_PASSWORD}`,
        ]
      : []),
    ...(stack.services.some((service) => service.name === "github")
      ? [`or GitHub as   ${GITHUB_USERS.map((user) => user.login).join(", ")}`]
      : []),
    ...(inbox ? [`mails          ${inbox.url}/inbox`] : []),
    ...(inngest ? [`workflows      ${inngest.url}`] : []),
    // The stack's own token alone: what the caller brought is a secret of theirs.
    ...(token ? [`metrics        ${appUrl}/api/metrics, bearer token ${token}`] : []),
    ...stack.services
      .filter(({ name }) => name === "prometheus" || name === "alertmanager")
      .map(({ name, url }) => `${name.padEnd(14)} ${url}`),
    "status         npm run devstack -- status",
    "\nCtrl-C ends everything.",
  ].join("\n");
}

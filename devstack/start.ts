import { ResendEmailDriver } from "@supabase/lite";
import { claim } from "./control.ts";
import { markOwnDatabase, seedDemoAccounts } from "./demo/accounts.ts";
import {
  type Environment,
  environmentFor,
  MAIL_DOMAIN,
  readEnvironment,
  replacedBy,
  type Urls,
} from "./environment.ts";
import { startGit } from "./git/server.ts";
import { type RunningGithub, startGithub } from "./github/server.ts";
import { startInngest } from "./inngest/server.ts";
import { startMail } from "./mail/server.ts";
import { freePort, portOr, type PortName, PREFERRED_PORTS } from "./ports.ts";
import { startPostgres } from "./postgres/server.ts";
import { type Guardian, startGuardian } from "./process/guardian.ts";
import { keep, type Kept, type NativeService } from "./process/keeper.ts";
import { seedRepositories } from "./seed/seed-repositories.ts";
import type { Log, RunningService } from "./service.ts";
import { openState, STATE_DIR, type State } from "./state.ts";
import { Board, type ServiceStatus } from "./board.ts";
import { migrate } from "./supabase/migrate.ts";
import { startStripe } from "./stripe/server.ts";
import { startSupabase } from "./supabase/server.ts";
import { startRedis } from "./upstash/redis.ts";
import { startUpstash } from "./upstash/server.ts";

export interface DevstackOptions {
  /** Default `.devstack` in the project. Two stacks never share one. */
  readonly stateDir?: string;
  /** "preferred" takes the usual ports where they are free; "free" takes any (for tests). */
  readonly ports?: "preferred" | "free";
  /** Origin of the application that will use the stack; default http://localhost:3000. */
  readonly appUrl?: string;
  /** Where variables name services to use instead; default the process's own and `.env.local`. */
  readonly environment?: Environment;
  readonly log?: Log;
  /** Called when someone asks the stack to stop (`npm run devstack -- stop`). */
  readonly onStopAsked?: () => void;
}

export interface Devstack {
  /** As they are at this moment. */
  readonly services: readonly ServiceStatus[];
  /** What the application needs to use them. */
  readonly env: Readonly<Record<string, string>>;
  /** Connection string of the stack's own database; null when Supabase and Inngest are elsewhere. */
  readonly databaseUrl: string | null;
  /** Ends the process groups that it is told of should this process be killed. */
  readonly guardian: Pick<Guardian, "add" | "drop">;
  /** Has a process of the caller's shown as a service. */
  adopt(name: string, url: string, readyMs: number, kept: Kept<NativeService>): void;
  close(): Promise<void>;
}

/**
 * Starts every service that the environment does not name another for, those that need nothing of each
 * other at the same time; applies the migrations and seeds the demo data.
 * @throws AlreadyRunningError, StateVersionError, or the first service's own error after all others were stopped.
 */
export async function startDevstack(options: DevstackOptions = {}): Promise<Devstack> {
  const state = await openState(options.stateDir ?? STATE_DIR);
  const log = options.log ?? state.log("supervisor");
  const board = new Board();
  const env: Record<string, string> = {};
  const control = await claim(state.folder, {
    status: () => ({ services: board.services(), env }),
    stop: () => options.onStopAsked?.(),
    appUrl: () => options.appUrl ?? null,
  });
  const guardian = startGuardian(log);
  const closers: (() => Promise<void>)[] = [];
  let closing: Promise<void> | undefined;
  const close = async () => {
    // The last started is the first stopped: nothing loses its database while it still answers.
    for (const closer of closers.toReversed())
      await closer().catch((error: unknown) => log(`while stopping: ${String(error)}`));
    await guardian.dismiss();
    await control.close();
  };
  const stack: Launch = { state, log, board, guardian, closers, options };
  try {
    const { urls, databaseUrl } = await launch(stack);
    Object.assign(env, environmentFor(state.secrets, urls));
    return {
      get services() {
        return board.services();
      },
      env,
      databaseUrl,
      guardian,
      adopt(name, url, readyMs, kept) {
        board.ready(name, {
          url,
          readyMs,
          pid: () => kept.current.pid,
          up: () => kept.up,
          restarts: () => kept.restarts,
        });
      },
      close: () => (closing ??= close()),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Launch {
  readonly state: State;
  readonly log: Log;
  readonly board: Board;
  readonly guardian: ReturnType<typeof startGuardian>;
  readonly closers: (() => Promise<void>)[];
  readonly options: DevstackOptions;
}

async function launch(stack: Launch): Promise<{ urls: Urls; databaseUrl: string | null }> {
  const { options } = stack;
  const environment = options.environment ?? readEnvironment();
  const replaced = replacedBy(environment);
  const ports = await choosePorts(options.ports ?? "preferred");
  const app = options.appUrl ?? environment["APP_URL"] ?? "http://localhost:3000";
  const supabaseUrl = `http://127.0.0.1:${ports.supabase}`;

  const github = replaced.github ? null : startGithubAndGit(stack, ports, supabaseUrl);
  const mail = replaced.mail ? null : startMailService(stack, ports);
  const upstash = replaced.redis ? null : startRedisAndUpstash(stack, ports);
  const database = replaced.supabase && replaced.inngest ? null : startDatabase(stack, ports);
  const supabase =
    replaced.supabase || !database
      ? null
      : database.then((url) =>
          startSupabaseService(stack, { port: ports.supabase, databaseUrl: url, app, environment, ports }),
        );
  const inngest =
    replaced.inngest || !database
      ? null
      : database.then((url) => startInngestService(stack, { port: ports.inngest, databaseUrl: url, app }));

  const stripe = replaced.stripe ? null : startStripeService(stack, { port: ports.stripe, app });

  // Wait for all before failing, so that what is still starting is stopped as well.
  const outcomes = await Promise.allSettled([github, mail, upstash, database, supabase, inngest, stripe]);
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
  const running = await github;
  return {
    urls: {
      app,
      supabase: (await supabase)?.url,
      upstash: (await upstash)?.url,
      github: running?.github.url,
      git: running?.git.url,
      resend: (await mail)?.url,
      inngest: (await inngest)?.url,
      stripe: (await stripe)?.url,
    },
    databaseUrl: await database,
  };
}

async function choosePorts(how: "preferred" | "free"): Promise<Record<PortName, number>> {
  const taken = new Set<number>();
  const chosen = {} as Record<PortName, number>;
  for (const [name, wanted] of Object.entries(PREFERRED_PORTS) as [PortName, number][]) {
    let port = how === "preferred" ? await portOr(wanted) : await freePort();
    while (taken.has(port)) port = await freePort();
    taken.add(port);
    chosen[name] = port;
  }
  return chosen;
}

/** Starts one service that lives in this process and puts it on the board. */
async function inProcess<Service extends RunningService>(
  stack: Launch,
  name: string,
  start: (log: Log) => Promise<Service>,
): Promise<Service> {
  const began = Date.now();
  stack.board.starting(name);
  const service = await start(stack.state.log(name));
  stack.closers.push(() => service.close());
  stack.board.ready(name, { url: service.url, pid: () => process.pid, readyMs: Date.now() - began });
  return service;
}

async function startDatabase(stack: Launch, ports: Record<PortName, number>): Promise<string> {
  const { board, guardian, state } = stack;
  const began = Date.now();
  board.starting("postgres");
  const log = state.log("postgres");
  const postgres = await keep(
    (port) =>
      startPostgres({ port: port ?? ports.postgres, dataDir: state.path("postgres"), log, onSpawn: guardian.add }),
    guardian,
    log,
  );
  stack.closers.push(() => postgres.close());
  board.ready("postgres", {
    url: postgres.current.url,
    pid: () => postgres.current.pid,
    readyMs: Date.now() - began,
    up: () => postgres.up,
    restarts: () => postgres.restarts,
  });
  const databaseUrl = postgres.current.databaseUrl();
  await markOwnDatabase(databaseUrl, state.secrets.stackId);
  return databaseUrl;
}

async function startSupabaseService(
  stack: Launch,
  o: { port: number; databaseUrl: string; app: string; environment: Environment; ports: Record<PortName, number> },
): Promise<RunningService> {
  const { secrets } = stack.state;
  const { environment } = o;
  const applied = await migrate(o.databaseUrl);
  if (applied.length > 0) stack.log(`applied migrations ${applied.join(", ")}`);
  const realGithub = environment["GITHUB_CLIENT_ID"];
  const github = realGithub
    ? {
        clientId: realGithub,
        secret: environment["GITHUB_CLIENT_SECRET"] ?? "",
        url: environment["GITHUB_URL"] ?? "https://github.com",
      }
    : {
        clientId: secrets.githubClientId,
        secret: secrets.githubClientSecret,
        url: `http://127.0.0.1:${o.ports.github}`,
      };
  const mail = new ResendEmailDriver({
    apiKey: environment["RESEND_API_KEY"] ?? secrets.resendApiKey,
    from: environment["MAIL_FROM"] ?? `DevMentor <hello@${MAIL_DOMAIN}>`,
    endpoint: `${environment["RESEND_API_KEY"] ? (environment["RESEND_BASE_URL"] ?? "https://api.resend.com") : `http://127.0.0.1:${o.ports.resend}`}/emails`,
  });
  const supabase = await inProcess(stack, "supabase", (log) =>
    startSupabase({
      port: o.port,
      databaseUrl: o.databaseUrl,
      publishableKey: secrets.publishableKey,
      secretKey: secrets.secretKey,
      jwtSecret: secrets.jwtSecret,
      siteUrl: o.app,
      redirectUrls: [`${o.app}/**`],
      github,
      mail,
      log,
    }),
  );
  await seedDemoAccounts({
    databaseUrl: o.databaseUrl,
    supabaseUrl: supabase.url,
    publishableKey: secrets.publishableKey,
    stackId: secrets.stackId,
    log: stack.log,
  });
  return supabase;
}

async function startRedisAndUpstash(stack: Launch, ports: Record<PortName, number>): Promise<RunningService> {
  const { board, guardian, state } = stack;
  const began = Date.now();
  board.starting("redis");
  const redisLog = state.log("redis");
  const redis = await keep(
    (port) => startRedis({ port: port ?? ports.redis, dataDir: state.path("redis"), log: redisLog }),
    guardian,
    redisLog,
  );
  stack.closers.push(() => redis.close());
  board.ready("redis", {
    url: redis.current.url,
    pid: () => redis.current.pid ?? process.pid,
    readyMs: Date.now() - began,
    up: () => redis.up,
    restarts: () => redis.restarts,
  });
  return inProcess(stack, "upstash", (log) =>
    startUpstash({ port: ports.upstash, redisUrl: redis.current.url, token: state.secrets.upstashToken, log }),
  );
}

async function startGithubAndGit(
  stack: Launch,
  ports: Record<PortName, number>,
  supabaseUrl: string,
): Promise<{ github: RunningGithub; git: RunningService }> {
  const { secrets } = stack.state;
  const seeded = await seedRepositories(stack.state.path("git"), stack.state.log("git"));
  const github = await inProcess(stack, "github", (log) =>
    startGithub({
      port: ports.github,
      clientId: secrets.githubClientId,
      clientSecret: secrets.githubClientSecret,
      redirectUris: [`${supabaseUrl}/auth/v1/callback`],
      repositories: seeded.repositories,
      gitOrigin: `http://127.0.0.1:${ports.git}`,
      grantsFile: stack.state.path("github-grants.json"),
      runDir: stack.state.path("run"),
      log,
    }),
  );
  const git = await inProcess(stack, "git", (log) =>
    startGit({
      port: ports.git,
      folder: seeded.folder,
      gitConfig: seeded.gitConfig,
      isPrivate: (owner, name) =>
        seeded.repositories.find((each) => each.owner === owner && each.name === name)?.private,
      canRead: github.canRead,
      log,
    }),
  );
  return { github, git };
}

const startMailService = (stack: Launch, ports: Record<PortName, number>) =>
  inProcess(stack, "resend", (log) =>
    startMail({
      port: ports.resend,
      apiKey: stack.state.secrets.resendApiKey,
      domain: MAIL_DOMAIN,
      runDir: stack.state.path("run"),
      log,
    }),
  );

function startInngestService(
  stack: Launch,
  o: { port: number; databaseUrl: string; app: string },
): Promise<RunningService> {
  const { inngestEventKey: eventKey, inngestSigningKey: signingKey } = stack.state.secrets;
  return inProcess(stack, "inngest", (log) =>
    startInngest({
      port: o.port,
      databaseUrl: o.databaseUrl,
      eventKey,
      signingKey,
      apps: [`${o.app}/api/inngest`],
      log,
    }),
  );
}

function startStripeService(stack: Launch, o: { port: number; app: string }): Promise<RunningService> {
  const { stripeSecretKey, stripePublishableKey, stripeWebhookSecret } = stack.state.secrets;
  return inProcess(stack, "stripe", (log) =>
    startStripe({
      port: o.port,
      file: stack.state.path("stripe", "stripe.sqlite"),
      secretKey: stripeSecretKey,
      publishableKey: stripePublishableKey,
      webhook: { url: `${o.app}/api/webhooks/stripe`, secret: stripeWebhookSecret },
      log,
    }),
  );
}

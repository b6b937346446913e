import { createServer, type IncomingMessage } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { App, type EmailDriver } from "@supabase/lite";
import { acceptLocalHost } from "../http/local-host.ts";
import { closeServer, listen } from "../http/listen.ts";
import { withConsoleTo } from "../process/captured-console.ts";
import { within } from "../process/within.ts";
import { attachRealtime } from "../realtime/gateway.ts";
import type { Log, RunningService } from "../service.ts";
import { databaseDown, tellsOfLostDatabase, watchDatabase } from "./database-health.ts";
import { connectLite, followSchemaReloads } from "./schema-cache.ts";

export interface SupabaseOptions {
  /** 0 picks a free port. */
  readonly port: number;
  readonly databaseUrl: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  /** HS256 key of user tokens, at least 32 characters. */
  readonly jwtSecret: string;
  /** Origin of the application: where sign-in may lead back to. */
  readonly siteUrl: string;
  /** Further places that sign-in may lead back to; `**` is a wildcard as in hosted Supabase. */
  readonly redirectUrls?: readonly string[];
  readonly github: { readonly clientId: string; readonly secret: string; readonly url: string } | null;
  /** Where Auth's own mails go; without one they are written to the log. */
  readonly mail?: EmailDriver;
  readonly log: Log;
  /** Connections that the Data API and Auth may hold; default 10. */
  readonly poolSize?: number;
}

/**
 * Supabase on one origin, as one hosted project is: `/auth/v1`, `/rest/v1` (both @supabase/lite)
 * and `/realtime/v1`. Needs a database that {@link ../migrate.ts} has prepared.
 */
export async function startSupabase(options: SupabaseOptions): Promise<RunningService> {
  const { log } = options;
  const server = createServer();
  const port = await listen(server, options.port);
  const url = `http://127.0.0.1:${port}`;
  const connection = connectLite(options.databaseUrl, options.poolSize ?? 10);
  const app = new App({
    connection,
    auth: authConfig(options, url),
    api: { enabled: true, schemas: ["public"], max_rows: 1000, aggregates_enabled: true },
    db: { migrations: { enabled: false } },
    options: {
      // Keyless calls are refused, as hosted Supabase refuses them: no local admin mode, no studio.
      server: { admin: false, disableStudio: true },
      drivers: { email: linksToSupabase(options.mail ?? logMail(log), options.siteUrl, url) },
    },
  });
  await app.init();
  const stopFollowing = await followSchemaReloads(options.databaseUrl, connection, log);
  const { databaseUrl, jwtSecret, publishableKey, secretKey } = options;
  const realtime = await attachRealtime({ server, databaseUrl, jwtSecret, publishableKey, secretKey, log });
  const health = watchDatabase(options.databaseUrl);
  const lite = getRequestListener(async (request, { incoming }) => {
    // lite answers 500 for a lost database as for any fault; callers must be able to tell the two apart.
    let isLost = false;
    const note: Log = (line) => {
      isLost ||= tellsOfLostDatabase(line);
      log(line);
    };
    const answer = await withConsoleTo(note, () =>
      app.fetch(request, { peerAddress: (incoming as IncomingMessage).socket.remoteAddress ?? null }),
    );
    return answer.status >= 500 && (isLost || !(await health.answers())) ? databaseDown() : answer;
  });
  server.on("request", (request, response) => {
    if (!acceptLocalHost(request, response)) return;
    if (realtime.handle(request, response)) return;
    void lite(request, response);
  });
  let closing: Promise<void> | undefined;
  const close = async () => {
    await realtime.close();
    await closeServer(server);
    await health.close();
    await stopFollowing();
    await within(connection.close(), 3_000);
  };
  return { url, port, close: () => (closing ??= close()) };
}

function authConfig(options: SupabaseOptions, url: string) {
  return {
    enabled: true,
    jwt_secret: options.jwtSecret,
    publishable_key: options.publishableKey,
    secret_key: options.secretKey,
    site_url: options.siteUrl,
    additional_redirect_urls: [...(options.redirectUrls ?? [])],
    jwt_expiry: 3600,
    enable_refresh_token_rotation: true,
    refresh_token_reuse_interval: 10,
    minimum_password_length: 8,
    enable_signup: true,
    email: { enable_signup: true, enable_confirmations: false, double_confirm_changes: true },
    external: options.github
      ? {
          github: {
            enabled: true,
            client_id: options.github.clientId,
            secret: options.github.secret,
            url: options.github.url,
            redirect_uri: `${url}/auth/v1/callback`,
          },
        }
      : {},
  };
}

/** lite writes its verification links onto the application's origin; hosted Supabase onto its own. */
function linksToSupabase(mail: EmailDriver, siteUrl: string, url: string): EmailDriver {
  const from = `${siteUrl.replace(/\/$/, "")}/auth/v1/`;
  const fix = (text: string) => text.replaceAll(from, `${url}/auth/v1/`);
  return {
    send: (message) =>
      mail.send({
        ...message,
        ...(message.text === undefined ? {} : { text: fix(message.text) }),
        ...(message.html === undefined ? {} : { html: fix(message.html) }),
      }),
  };
}

const logMail = (log: Log): EmailDriver => ({
  send: async (message) => log(`mail to ${message.to}: ${message.subject}\n${message.text ?? ""}`),
});

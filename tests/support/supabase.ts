import { randomBytes, randomUUID } from "node:crypto";
import { createClient, type Session, type SupabaseClient } from "@supabase/supabase-js";
import type postgres from "postgres";
import { afterAll, beforeAll, inject } from "vitest";
import { startSupabase } from "../../devstack/supabase/server.ts";
import type { Database } from "@/lib/platform/supabase/database.types";
import { cloneDatabase, type TestDatabase } from "./cluster.ts";

export type TestClient = SupabaseClient<Database>;
export type TestRole = Database["public"]["Enums"]["app_role"];

export interface TestUser {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly session: Session;
  readonly accessToken: string;
  /** The Data API as this person: RLS applies. */
  readonly client: TestClient;
}

export interface SentMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface TestSupabase {
  /** Origin of Auth, Data API and Realtime. */
  readonly url: string;
  readonly databaseUrl: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly jwtSecret: string;
  /** As `postgres`: not held by RLS. For arranging and for looking behind the API. */
  readonly sql: postgres.Sql;
  /** What Auth itself mailed, oldest first. */
  readonly mails: readonly SentMail[];
  /** The Data API with the publishable key alone. */
  asAnon(): TestClient;
  /** The Data API with the secret key: service_role. */
  asService(): TestClient;
  /** Signs a new person up through Auth, as the product does; further roles are granted by SQL. */
  asUser(options?: { email?: string; displayName?: string; roles?: readonly TestRole[] }): Promise<TestUser>;
}

const STATELESS = { auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false } };

/**
 * A Supabase on a copy of the migrated template, for the test file that calls it (at its top level): started before
 * its tests, stopped and dropped after them. The handle may be used inside tests and hooks only.
 */
export function useSupabase(): TestSupabase {
  const started: { now?: Running } = {};
  beforeAll(async () => {
    started.now = await start(inject("adminUrl"));
  });
  afterAll(async () => {
    await started.now?.close();
  });
  return new Proxy({} as TestSupabase, {
    get: (_, property) => {
      if (!started.now)
        throw new Error("useSupabase() is ready inside tests and hooks only; call it at the top level.");
      return Reflect.get(started.now.handle, property) as unknown;
    },
  });
}

/** A migrated database without any API, for the test file that calls it; same rules as {@link useSupabase}. */
export function useDatabase(): Pick<TestDatabase, "sql" | "url"> {
  const started: { now?: TestDatabase } = {};
  beforeAll(async () => {
    started.now = await cloneDatabase(inject("adminUrl"));
  });
  afterAll(async () => {
    await started.now?.close();
  });
  const ready = () => {
    if (!started.now) throw new Error("useDatabase() is ready inside tests and hooks only; call it at the top level.");
    return started.now;
  };
  return {
    get sql() {
      return ready().sql;
    },
    get url() {
      return ready().url;
    },
  };
}

interface Running {
  readonly handle: TestSupabase;
  close(): Promise<void>;
}

async function start(adminUrl: string): Promise<Running> {
  const database = await cloneDatabase(adminUrl);
  const keys = {
    publishableKey: `sb_publishable_${randomBytes(16).toString("hex")}`,
    secretKey: `sb_secret_${randomBytes(16).toString("hex")}`,
    jwtSecret: randomBytes(32).toString("hex"),
  };
  const mails: SentMail[] = [];
  const server = await startSupabase({
    port: 0,
    databaseUrl: database.url,
    ...keys,
    siteUrl: TEST_APP_URL,
    github: null,
    mail: {
      send: async (mail) => {
        mails.push({ to: String(mail.to), subject: mail.subject, text: mail.text ?? "" });
      },
    },
    log: () => {},
    poolSize: 5,
  });
  const as = (key: string, accessToken?: string): TestClient =>
    createClient<Database>(server.url, key, {
      ...STATELESS,
      global: { headers: accessToken ? { Authorization: `Bearer ${accessToken}` } : {} },
    });
  const handle: TestSupabase = {
    url: server.url,
    databaseUrl: database.url,
    ...keys,
    sql: database.sql,
    mails,
    asAnon: () => as(keys.publishableKey),
    asService: () => as(keys.secretKey),
    asUser: async (options = {}) => {
      const email = options.email ?? `person-${randomUUID()}@devmentor.test`;
      const password = randomBytes(12).toString("base64url");
      const { data, error } = await as(keys.publishableKey).auth.signUp({
        email,
        password,
        options: { data: { display_name: options.displayName ?? "Test Person" } },
      });
      if (error) throw new Error(`Auth did not sign ${email} up: ${error.message}`, { cause: error });
      if (!data.user || !data.session) throw new Error(`Auth signed ${email} up without a session.`);
      for (const role of options.roles ?? []) {
        await database.sql`insert into public.user_roles (user_id, role) values (${data.user.id}, ${role}) on conflict do nothing`;
      }
      const accessToken = data.session.access_token;
      const client = as(keys.publishableKey, accessToken);
      return { id: data.user.id, email, password, session: data.session, accessToken, client };
    },
  };
  return {
    handle,
    close: async () => {
      await server.close();
      await database.close();
    },
  };
}

/** Where the application would be; tests that call route handlers send it as `Origin`. */
export const TEST_APP_URL = "http://127.0.0.1:3999";

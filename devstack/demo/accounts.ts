import postgres from "postgres";
import type { Log } from "../service.ts";

/** Password of every demo account. They exist in the embedded stack's own database and nowhere else. */
export const DEMO_PASSWORD = "devmentor-demo-1";

export const DEMO_ACCOUNTS = [
  { email: "learner@devmentor.test", displayName: "Lena Learner", roles: [] },
  { email: "donor@devmentor.test", displayName: "Dario Donor", roles: [] },
  { email: "admin@devmentor.test", displayName: "Ada Admin", roles: ["campaign_admin"] },
  { email: "operator@devmentor.test", displayName: "Otis Operator", roles: ["operator", "campaign_admin"] },
] as const;

/** Writes into a database the mark that says: this one belongs to the stack with that id. */
export async function markOwnDatabase(databaseUrl: string, stackId: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(
      "create schema if not exists devstack; revoke all on schema devstack from public; create table if not exists devstack.identity (stack_id text primary key)",
    );
    await sql`insert into devstack.identity (stack_id) values (${stackId}) on conflict do nothing`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

export interface DemoOptions {
  readonly databaseUrl: string;
  readonly supabaseUrl: string;
  readonly publishableKey: string;
  readonly stackId: string;
  readonly log: Log;
}

/**
 * Makes the demo accounts that are missing: signed up through the Auth API like anyone, their roles
 * granted in SQL. Does nothing to accounts that are there.
 * @throws Error on a database that is not this stack's own.
 */
export async function seedDemoAccounts(options: DemoOptions): Promise<void> {
  const sql = postgres(options.databaseUrl, { max: 1, onnotice: () => {} });
  try {
    await assertOwn(sql, options.stackId);
    const present = new Map(
      (
        await sql<{ id: string; email: string }[]>`select id, email from auth.users where email like '%@devmentor.test'`
      ).map((row) => [row.email, row.id]),
    );
    for (const account of DEMO_ACCOUNTS) {
      if (!present.has(account.email)) present.set(account.email, await signUp(options, account));
    }
    await equip(sql, present, options.log);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function assertOwn(sql: postgres.Sql, stackId: string): Promise<void> {
  const [table] = await sql<{ found: string | null }[]>`select to_regclass('devstack.identity')::text as found`;
  const [mark] = table?.found ? await sql`select 1 from devstack.identity where stack_id = ${stackId}` : [];
  if (!mark)
    throw new Error(
      "Demo accounts are refused: this database is not the embedded stack's own. Their password is public.",
    );
}

async function signUp(options: DemoOptions, account: (typeof DEMO_ACCOUNTS)[number]): Promise<string> {
  const response = await fetch(`${options.supabaseUrl}/auth/v1/signup`, {
    method: "POST",
    headers: { apikey: options.publishableKey, "content-type": "application/json" },
    body: JSON.stringify({
      email: account.email,
      password: DEMO_PASSWORD,
      data: { display_name: account.displayName, displayName: account.displayName },
    }),
  });
  const body = (await response.json()) as { user?: { id: string }; id?: string };
  const id = body.user?.id ?? body.id;
  if (!response.ok || !id)
    throw new Error(
      `The demo account ${account.email} could not be signed up: ${response.status} ${JSON.stringify(body)}`,
    );
  options.log(`made the demo account ${account.email}`);
  return id;
}

async function equip(sql: postgres.Sql, ids: ReadonlyMap<string, string>, log: Log): Promise<void> {
  const [table] = await sql<{ found: string | null }[]>`select to_regclass('public.user_roles')::text as found`;
  if (!table?.found) {
    log("public.user_roles is not there yet: the demo accounts have no roles");
    return;
  }
  for (const account of DEMO_ACCOUNTS) {
    const id = ids.get(account.email);
    for (const role of account.roles) {
      if (id) await sql`insert into public.user_roles (user_id, role) values (${id}, ${role}) on conflict do nothing`;
    }
    // Nobody reads mail at .test, so the demo addresses count as proven from the start.
    if (id)
      await sql`update public.profiles set email_verified_at = now() where id = ${id} and email_verified_at is null`;
  }
}

import { createHmac, randomBytes } from "node:crypto";
import { createClient } from "@supabase/supabase-js";
import postgres from "postgres";
import { startSupabase } from "../../devstack/supabase/server.ts";

const NOWHERE = "http://127.0.0.1:9";
const hex = (bytes: number): string => randomBytes(bytes).toString("hex");
export const CURRENCIES = ["EUR", "USD", "JPY"] as const;

/** Somebody who is signed in, for as long as the schedule's time goes on. */
interface Person {
  readonly id: string;
  readonly token: string;
}

interface Campaign {
  readonly id: string;
  readonly currency: (typeof CURRENCIES)[number];
}

export interface SupabaseKeys {
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly jwtSecret: string;
}

/** What stands in a database before a schedule begins. It is in the template, so that no seed has to make it. */
export interface Scene {
  readonly keys: SupabaseKeys;
  readonly owner: Person;
  readonly operator: Person;
  readonly campaigns: readonly Campaign[];
}

/** The Data API and Auth of a database. */
export const startDataApi = (databaseUrl: string, keys: SupabaseKeys) =>
  startSupabase({
    port: 0,
    databaseUrl,
    ...keys,
    siteUrl: NOWHERE,
    github: null,
    mail: { send: async () => undefined },
    log: () => undefined,
    poolSize: 5,
  });

/** Signs up who runs campaigns and who operates, and opens a campaign of each currency. */
export async function setScene(databaseUrl: string): Promise<Scene> {
  const keys = {
    publishableKey: `sb_publishable_${hex(16)}`,
    secretKey: `sb_secret_${hex(16)}`,
    jwtSecret: hex(32),
  };
  const supabase = await startDataApi(databaseUrl, keys);
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    const person = (role: string): Promise<Person> => signUp(sql, supabase.url, keys, role);
    const owner = await person("campaign_admin");
    const operator = await person("operator");
    const campaigns: Campaign[] = [];
    for (const currency of CURRENCIES) campaigns.push({ id: await openCampaign(sql, owner.id, currency), currency });
    return { keys, owner, operator, campaigns };
  } finally {
    await sql.end({ timeout: 5 });
    await supabase.close();
  }
}

/** Their token ends after the schedule's time, however far that goes. */
async function signUp(sql: postgres.Sql, url: string, keys: SupabaseKeys, role: string): Promise<Person> {
  const client = createClient(url, keys.publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  });
  const { data, error } = await client.auth.signUp({
    email: `${role}@devmentor.test`,
    password: hex(12),
    options: { data: { display_name: role } },
  });
  if (error || !data.user || !data.session) throw new Error("Auth signed nobody up.", { cause: error });
  await sql`insert into public.user_roles (user_id, role) values (${data.user.id}, ${role}::public.app_role) on conflict do nothing`;
  return { id: data.user.id, token: prolonged(data.session.access_token, keys.jwtSecret) };
}

async function openCampaign(sql: postgres.Sql, owner: string, currency: string): Promise<string> {
  const draft = { title: `Water ${currency}`, summary: "A well.", story: "A story.", goalMinor: 100_000, currency };
  const [made] = await sql<{ id: string; version: string }[]>`
    select c.made -> 'campaign' ->> 'id' as id, c.made -> 'campaign' ->> 'version' as version
    from (select public.create_campaign(${owner}, ${sql.json(draft)}, '') as made) c`;
  if (!made) throw new Error("No campaign was made.");
  await sql`select public.update_campaign(${owner}, ${made.id}, ${made.version}, ${sql.json({ status: "active" })}, '')`;
  return made.id;
}

/** The same token (HS256), good for ten years. */
function prolonged(token: string, secret: string): string {
  const [head = "", payload = ""] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
  const exp = Math.floor(Date.now() / 1_000) + 10 * 365 * 86_400;
  const longer = Buffer.from(JSON.stringify({ ...claims, exp })).toString("base64url");
  const signature = createHmac("sha256", secret).update(`${head}.${longer}`).digest("base64url");
  return `${head}.${longer}.${signature}`;
}

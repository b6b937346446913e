import { Redis } from "@upstash/redis";
import { describe, expect, inject, test } from "vitest";
import { cloneDatabase } from "../support/cluster.ts";
import { giving } from "../support/giving.ts";
import { useRedis } from "../support/redis.ts";
import { useSupabase } from "../support/supabase.ts";

const supabase = useSupabase();
const redis = useRedis();

describe("the integration suite's own ground", () => {
  test("signs people up through Auth, each with their own view", async () => {
    const [one, two] = await Promise.all([supabase.asUser({ displayName: "One" }), supabase.asUser()]);
    const mine = await one.client.from("profiles").select("id, display_name");
    expect(mine.error).toBeNull();
    expect(mine.data).toEqual([{ id: one.id, display_name: "One" }]);
    const theirs = await two.client.from("profiles").select("id").eq("id", one.id);
    expect(theirs.data).toEqual([]);
  });

  test("grants roles, and reads behind the API", async () => {
    const operator = await supabase.asUser({ roles: ["operator"] });
    const roles = await supabase.sql<{ role: string }[]>`
      select role from public.user_roles where user_id = ${operator.id} order by role`;
    expect(roles.map((row) => row.role)).toEqual(["member", "operator"]);
  });

  test("anon is anon and service is service", async () => {
    const anon = await supabase.asAnon().from("profiles").select("id");
    expect(anon.error?.code).toBe("42501");
    const backlog = await supabase.asService().rpc("outbox_backlog");
    expect(backlog.error).toBeNull();
    const refused = await supabase.asAnon().rpc("outbox_backlog");
    expect(refused.error?.code).toBe("42501");
  });

  test("speaks Upstash's REST to a real Redis, until it is stopped", async () => {
    const client = new Redis({ url: redis.url, token: redis.token, retry: false });
    await client.set("key", { n: 1 });
    expect(await client.get("key")).toEqual({ n: 1 });
    await redis.stopRedis();
    await expect(client.get("key")).rejects.toThrow("Redis is out of reach");
  });

  test("asks after each file whether the money is healthy, and fails the file when it is not", async () => {
    const whole = await cloneDatabase(inject("adminUrl"));
    const fine = giving(() => whole.sql);
    await fine.completed(await fine.campaign(await fine.organiser()));
    await whole.close();
    const broken = await cloneDatabase(inject("adminUrl"));
    const g = giving(() => broken.sql);
    await g.completed(await g.campaign(await g.organiser()));
    await broken.sql`alter table private.ledger_entries disable trigger user`;
    await broken.sql`update private.ledger_entries set amount_minor = amount_minor + 1 where amount_minor > 0`;
    await expect(broken.close()).rejects.toThrow("ledger entries sum to zero");
  });
});

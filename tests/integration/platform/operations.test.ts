import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { checkMoney } from "@/lib/giving/invariants/check-money";
import { readOperations, recordDeployment } from "@/lib/platform/telemetry/store";
import { giving } from "../../support/giving.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useRedis } from "../../support/redis.ts";
import { useSupabase } from "../../support/supabase.ts";

const supabase = useSupabase();
const redis = useRedis();
useProductEnv({ supabase, redis });
const g = giving(() => supabase.sql);

/** The next look does not have to wait for this one. */
const forgetWhen = () => supabase.sql`update private.money_checks set at = at - interval '1 hour'`;

describe("operations_snapshot", () => {
  beforeAll(async () => {
    const { sql } = supabase;
    const owner = await g.organiser();
    const campaign = await g.campaign(owner);
    await g.completed(campaign);
    await g.completed(campaign);
    await g.drain();
    await sql`insert into private.dead_letters (source, name, subject_type, cause, attempts) values ('job', 'a job', 'test', 'why', 3)`;
    await sql`insert into private.webhook_events (id, type, object_id, livemode, created, payload, received_at)
      values ('evt_waits', 'charge.updated', 'ch_1', false, now(), '{}', now() - interval '10 minutes')`;
    await sql`insert into private.outages (service, cause, opened_at, confirmed_at, recovered_at) values
      ('stripe', 'it was away', now() - interval '2 hours', now() - interval '2 hours', now() - interval '1 hour'),
      ('stripe', 'it is away', now() - interval '1 minute', now(), null),
      ('github', 'was away', now() - interval '2 hours', now() - interval '2 hours', now() - interval '1 hour')`;
    await sql`update private.outbox set published_at = now() where published_at is null`;
    await sql`insert into private.outbox (aggregate_type, aggregate_id, name, created_at)
      values ('test', ${randomUUID()}, 'test/thing.happened', now() - interval '90 seconds')`;
  });

  it("says how queues, money and outages stand", async () => {
    const standing = await readOperations();
    expect(standing.queues.outbox.waiting).toBe(1);
    expect(standing.queues.outbox.oldestSeconds).toBeGreaterThanOrEqual(90);
    expect(standing.queues.webhooks.waiting).toBe(1);
    expect(standing.queues.webhooks.oldestSeconds).toBeGreaterThanOrEqual(600);
    expect(standing.deadLetters).toEqual({ job: 1 });
    expect(standing.pledges).toEqual({ under_way: 0, completed: 2, failed: 0 });
    const [totals] = await supabase.sql<{ currency: string; raised: number }[]>`
      select currency, raised_minor::integer as raised from public.campaign_totals`;
    expect(totals?.raised).toBeGreaterThan(0);
    expect(standing.money[totals?.currency ?? ""]).toMatchObject({ raised: totals?.raised, refunded: 0 });
    expect(standing.reconciliation).toBeNull();
    expect(standing.outages.map(({ service, cause, recoveredAt }) => [service, cause, recoveredAt === null])).toEqual([
      ["github", "was away", false],
      ["stripe", "it is away", true],
    ]);
    expect(standing.connections.used).toBeGreaterThan(0);
    expect(standing.connections.limit).toBeGreaterThan(standing.connections.used);
  });

  it("takes the drift of the last comparison that ended, the balance aside", async () => {
    const [run] = await supabase.sql<{ id: string }[]>`
      insert into private.reconciliation_runs (cause, window_from, window_to, state, finished_at)
      values ('schedule', now() - interval '1 day', now(), 'completed', now()) returning id`;
    await supabase.sql`insert into private.reconciliation_sums (run_id, currency, kind, theirs_minor, ours_minor) values
      (${run?.id ?? ""}, 'EUR', 'captured', 1000, 990), (${run?.id ?? ""}, 'EUR', 'refunded', 100, 95),
      (${run?.id ?? ""}, 'EUR', 'balance', 7, 0), (${run?.id ?? ""}, 'JPY', 'captured', 5, 5)`;
    const { reconciliation } = await readOperations();
    expect(reconciliation?.drift).toEqual({ EUR: 5, JPY: 0 });
  });

  it("counts each build once, in each of its regions", async () => {
    expect((await readOperations()).deployments).toMatchObject({ ofDay: 0, regions: 0, firstSeconds: 0 });
    await recordDeployment("build-1", "fra1");
    await recordDeployment("build-1", "fra1");
    await recordDeployment("build-1", "iad1");
    await recordDeployment("build-2", "fra1");
    expect((await readOperations()).deployments).toMatchObject({ ofDay: 2, regions: 2 });
    await expect(recordDeployment("no build at all", "fra1")).rejects.toMatchObject({ name: "AppError" });
  });

  it("reads no table from end to end that grows with gifts", async () => {
    const plan = await supabase.sql.begin(async (sql) => {
      // Small tables are read whole because that is cheapest; asked not to, only what has no index still is.
      await sql`set local enable_seqscan = off`;
      const [source] = await sql<{ body: string }[]>`
        select prosrc as body from pg_proc where proname = 'operations_snapshot'`;
      return sql.unsafe<{ "QUERY PLAN": string }[]>(`explain ${source?.body ?? ""}`);
    });
    const text = plan.map((line) => line["QUERY PLAN"]).join("\n");
    for (const table of ["outbox", "webhook_events", "payments", "refunds", "analyses", "learning_sessions", "pledges"])
      expect(text).not.toMatch(new RegExp(`Seq Scan on ${table}\\b`));
  });
});

describe("check_money", () => {
  it("finds healthy books healthy, and is not asked again at once", async () => {
    expect(await checkMoney()).toEqual({ outcome: "checked", broken: {} });
    await supabase.sql`update private.money_checks set took = interval '1 minute'`;
    expect(await checkMoney()).toEqual({ outcome: "too_soon" });
    expect((await readOperations()).moneyCheck).toMatchObject({ broken: {}, samples: [], tookSeconds: 60 });
  });

  it("keeps which invariant is broken, by how many rows, and which ones", async () => {
    await forgetWhen();
    const [before] = await supabase.sql<{ campaign_id: string; raised_minor: string }[]>`
      update public.campaign_totals set raised_minor = raised_minor + 1 returning campaign_id, raised_minor`;
    expect(await checkMoney()).toEqual({ outcome: "checked", broken: { 6: 1 } });
    expect((await readOperations()).moneyCheck).toMatchObject({
      broken: { 6: 1 },
      samples: [{ invariant: 6, subject: before?.campaign_id }],
    });
    await supabase.sql`update public.campaign_totals set raised_minor = raised_minor - 1`;
    await forgetWhen();
    expect(await checkMoney()).toEqual({ outcome: "checked", broken: {} });
  });

  it("is done by one at a time", async () => {
    await forgetWhen();
    const outcome = await supabase.sql.begin(async (sql) => {
      await sql`select pg_advisory_xact_lock(hashtext('private.money_checks'))`;
      return checkMoney();
    });
    expect(outcome).toEqual({ outcome: "running" });
  });
});

describe("private.money_checks and private.deployments", () => {
  const VERBS = (table: string) => [
    `select * from private.${table}`,
    `insert into private.${table} default values`,
    `delete from private.${table}`,
    `truncate private.${table}`,
  ];

  it.each(["anon", "authenticated", "service_role"])("are out of reach of %s, by every verb", async (role) => {
    const statements = [
      ...VERBS("money_checks"),
      ...VERBS("deployments"),
      "update private.money_checks set broken = '{}'",
      "update private.deployments set region = 'x'",
    ];
    for (const statement of statements)
      await expect(
        supabase.sql.begin(async (sql) => {
          await sql.unsafe(`set local role ${role}`);
          await sql.unsafe(statement);
        }),
        statement,
      ).rejects.toMatchObject({ code: "42501" });
  });

  it("are written and read by functions that are for the service role alone", async () => {
    for (const call of ["check_money()", "operations_snapshot()", "record_deployment('b', 'r')"])
      for (const role of ["anon", "authenticated"])
        await expect(
          supabase.sql.begin(async (sql) => {
            await sql.unsafe(`set local role ${role}`);
            await sql.unsafe(`select public.${call}`);
          }),
          `${call} as ${role}`,
        ).rejects.toMatchObject({ code: "42501" });
  });
});

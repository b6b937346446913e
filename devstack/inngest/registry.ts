import { asJson, transact, type Sql } from "./database.ts";
import { nextTick, readFunction, type ConcurrencyLimit, type RegisteredFunction } from "./registration.ts";
import { functionConfigSchema, type Registration } from "./protocol.ts";
import { keyOf, type Scope } from "./expressions.ts";

/** A registration that asks for something this executor does not do. Nothing of it was stored. */
export class RegistrationRefused extends Error {
  override readonly name = "RegistrationRefused";
}

export interface RegisteredApp {
  readonly id: string;
  readonly url: string;
  readonly sdk: string | null;
  readonly framework: string | null;
  readonly syncedAt: Date;
}

/** Names a limit; encoded, so that the "=" before a key's value is unmistakable. */
function bucketOwner(fn: RegisteredFunction, limit: ConcurrencyLimit, index: number): string {
  return encodeURIComponent(limit.scope === "fn" ? `${fn.id}#${index}` : `${limit.scope}:${limit.key ?? ""}`);
}

/** The functions in force: PostgreSQL is the truth, this is what the scheduler reads. */
export class Registry {
  private readonly sql: Sql;
  private functions = new Map<string, RegisteredFunction>();
  private readonly limits = new Map<string, number>();

  constructor(sql: Sql) {
    this.sql = sql;
  }

  get(functionId: string): RegisteredFunction | undefined {
    return this.functions.get(functionId);
  }

  all(): RegisteredFunction[] {
    return [...this.functions.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Functions with a trigger that names this event, with each such trigger's condition. */
  triggeredBy(event: string): { fn: RegisteredFunction; condition: string | null }[] {
    return this.all().flatMap((fn) =>
      fn.eventTriggers
        .filter(
          (trigger) =>
            trigger.event === event || (trigger.event.endsWith("*") && event.startsWith(trigger.event.slice(0, -1))),
        )
        .map((trigger) => ({ fn, condition: trigger.condition })),
    );
  }

  /** The buckets in which a run's requests count, by its first event. */
  bucketsFor(fn: RegisteredFunction, scope: Scope): string[] {
    return fn.concurrency.map((limit, index) => `${bucketOwner(fn, limit, index)}=${keyOf(limit.key, scope)}`);
  }

  /** How many requests may be under way at once in a bucket. */
  limitOf(bucket: string): number {
    return this.limits.get(bucket.slice(0, bucket.indexOf("="))) ?? Number.POSITIVE_INFINITY;
  }

  /** Reads what was registered before this process began. */
  async load(log: (line: string) => void): Promise<void> {
    const rows = await this.sql<
      { app_id: string; config: unknown }[]
    >`select app_id, config from functions where active`;
    const next = new Map<string, RegisteredFunction>();
    for (const row of rows) {
      const parsed = functionConfigSchema.safeParse(row.config);
      const read = parsed.success
        ? readFunction(row.app_id, parsed.data)
        : { problems: [`a stored function cannot be read: ${parsed.error.message}`] };
      if ("function" in read) next.set(read.function.id, read.function);
      else log(`skipped at start: ${read.problems.join(" ")}`);
    }
    this.replace(next);
  }

  private replace(next: Map<string, RegisteredFunction>): void {
    this.functions = next;
    this.limits.clear();
    for (const fn of next.values()) {
      fn.concurrency.forEach((limit, index) => {
        const owner = bucketOwner(fn, limit, index);
        this.limits.set(owner, Math.min(limit.limit, this.limits.get(owner) ?? Number.POSITIVE_INFINITY));
      });
    }
  }

  /**
   * Takes an app's functions in force, all or none.
   * @returns whether anything changed
   * @throws RegistrationRefused naming each function and what it asks for in vain
   */
  async register(registration: Registration): Promise<{ appId: string; modified: boolean }> {
    const appId = registration.appName ?? registration.app_id ?? "";
    const problems: string[] = [];
    const accepted: { fn: RegisteredFunction; config: unknown }[] = [];
    if (appId === "") problems.push("The registration names no app.");
    for (const config of registration.functions) {
      const read = readFunction(appId, config);
      if ("problems" in read) problems.push(...read.problems);
      else accepted.push({ fn: read.function, config });
    }
    for (const { fn } of accepted) {
      const other = this.functions.get(fn.id);
      if (other && other.appId !== appId)
        problems.push(`Function "${fn.id}": the app "${other.appId}" already has a function of that id.`);
    }
    if (problems.length > 0) throw new RegistrationRefused(problems.join(" "));

    const modified = await transact(this.sql, async (tx) => {
      const before = await tx<
        { id: string; config: unknown }[]
      >`select id, config from functions where app_id = ${appId} and active order by id for update`;
      await tx`
        insert into apps (id, url, sdk, framework) values (${appId}, ${registration.url}, ${registration.sdk ?? null}, ${registration.framework ?? null})
        on conflict (id) do update set url = excluded.url, sdk = excluded.sdk, framework = excluded.framework, synced_at = now()`;
      const known = new Map(before.map((row) => [row.id, JSON.stringify(row.config)]));
      const same =
        known.size === accepted.length &&
        accepted.every(({ fn, config }) => known.get(fn.id) === JSON.stringify(config));
      if (same) return false;
      await tx`update functions set active = false where app_id = ${appId}`;
      for (const { fn, config } of accepted) {
        await tx`
          insert into functions (id, app_id, config) values (${fn.id}, ${appId}, ${asJson(config)})
          on conflict (id) do update set app_id = excluded.app_id, config = excluded.config, active = true, registered_at = now()`;
      }
      await tx`delete from ticks where function_id in (select id from functions where app_id = ${appId} and not active)`;
      for (const { fn } of accepted) {
        await tx`delete from ticks where function_id = ${fn.id} and not cron = any(${[...fn.crons]})`;
        for (const cron of fn.crons) {
          await tx`insert into ticks (function_id, cron, next_at) values (${fn.id}, ${cron}, ${nextTick(cron, new Date())}) on conflict do nothing`;
        }
      }
      return true;
    });
    const next = new Map([...this.functions].filter(([, fn]) => fn.appId !== appId));
    for (const { fn } of accepted) next.set(fn.id, fn);
    this.replace(next);
    return { appId, modified };
  }

  async apps(): Promise<RegisteredApp[]> {
    return await this.sql<
      RegisteredApp[]
    >`select id, url, sdk, framework, synced_at as "syncedAt" from apps order by id`;
  }
}

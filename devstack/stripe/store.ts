import type { Database } from "./database.ts";
import type { Range } from "./parameters.ts";

/** What every object of the API has. */
export interface Body {
  readonly id: string;
  readonly object: string;
  readonly created: number;
}

/** What lists may be narrowed by. */
export interface Filters {
  readonly intent?: string | undefined;
  readonly charge?: string | undefined;
  readonly source?: string | undefined;
  readonly payout?: string | undefined;
  readonly kind?: string | readonly string[] | undefined;
  readonly currency?: string | undefined;
  readonly status?: string | undefined;
  readonly created?: Range | undefined;
}

export interface Paging {
  readonly limit?: number | undefined;
  readonly starting_after?: string | undefined;
  readonly ending_before?: string | undefined;
}

interface Row {
  readonly body: string;
}

/** Columns that lists filter by, out of an object and what is known of it. */
function columns(body: Body, hidden: object): (string | null)[] {
  const text = (name: string): string | null => {
    const value: unknown = Reflect.get(body, name);
    return typeof value === "string" ? value : null;
  };
  const kind = body.object === "event" || body.object === "balance_transaction" ? text("type") : null;
  const payout: unknown = Reflect.get(hidden, "payout");
  return [
    text("payment_intent"),
    text("charge"),
    body.object === "balance_transaction" ? text("source") : null,
    typeof payout === "string" ? payout : null,
    kind,
    text("currency"),
    text("status"),
  ];
}

/** The objects of the emulator, newest last. */
export class Store {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insert<Kept extends Body>(body: Kept, hidden: object = {}): void {
    this.#database.run(
      "insert into objects (id, type, created, body, hidden, intent, charge, source, payout, kind, currency, status) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      body.id,
      body.object,
      body.created,
      JSON.stringify(body),
      JSON.stringify(hidden),
      ...columns(body, hidden),
    );
    this.#index(body, false);
  }

  /** Writes an object as it is now; what is hidden stays unless given. */
  save<Kept extends Body>(body: Kept, hidden: object = this.hidden(body.id)): void {
    this.#database.run(
      "update objects set body = ?, hidden = ?, intent = ?, charge = ?, source = ?, payout = ?, kind = ?, currency = ?, status = ? where id = ?",
      JSON.stringify(body),
      JSON.stringify(hidden),
      ...columns(body, hidden),
      body.id,
    );
    this.#index(body, true);
  }

  /** An object by id. Its type is the caller's claim, which the id's prefix or the route has made sure of. */
  find<Found extends Body>(type: string, id: string): Found | undefined {
    const row = this.#database.first<Row>("select body from objects where id = ? and type = ?", id, type);
    return row && (JSON.parse(row.body) as Found);
  }

  /** An object of any type. */
  any(id: string): Body | undefined {
    const row = this.#database.first<Row>("select body from objects where id = ?", id);
    return row && (JSON.parse(row.body) as Body);
  }

  /** An object that must be there, because another one names it. */
  get<Found extends Body>(type: string, id: string): Found {
    const found = this.find<Found>(type, id);
    if (!found) throw new Error(`The emulator has lost ${type} ${id}, which another object names.`);
    return found;
  }

  hidden<Hidden extends object>(id: string): Hidden {
    const row = this.#database.first<{ hidden: string }>("select hidden from objects where id = ?", id);
    return JSON.parse(row?.hidden ?? "{}") as Hidden;
  }

  /** All objects of a type that a filter lets through, oldest first. For what is few by its nature. */
  every<Found extends Body>(type: string, filters: Filters = {}): Found[] {
    const { where, values } = conditions(type, filters);
    return this.#database
      .all<Row>(`select body from objects where ${where} order by seq`, ...values)
      .map((row) => JSON.parse(row.body) as Found);
  }

  count(type: string): number {
    return this.#database.first<{ n: number }>("select count(*) as n from objects where type = ?", type)?.n ?? 0;
  }

  /**
   * A page, newest first, as Stripe's lists are.
   * @returns undefined when the cursor names nothing
   */
  page<Found extends Body>(
    type: string,
    filters: Filters,
    paging: Paging,
  ): { data: Found[]; has_more: boolean } | undefined {
    const { where, values } = conditions(type, filters);
    const limit = paging.limit ?? 10;
    const cursor = paging.starting_after ?? paging.ending_before;
    let from: number | undefined;
    if (cursor !== undefined) {
      from = this.#database.first<{ seq: number }>(
        "select seq from objects where id = ? and type = ?",
        cursor,
        type,
      )?.seq;
      if (from === undefined) return undefined;
    }
    const back = paging.starting_after === undefined && paging.ending_before !== undefined;
    const bound = from === undefined ? "" : back ? " and seq > ?" : " and seq < ?";
    const rows = this.#database.all<Row>(
      `select body from objects where ${where}${bound} order by seq ${back ? "asc" : "desc"} limit ?`,
      ...values,
      ...(from === undefined ? [] : [from]),
      limit + 1,
    );
    const data = rows.slice(0, limit).map((row) => JSON.parse(row.body) as Found);
    return { data: back ? data.toReversed() : data, has_more: rows.length > limit };
  }

  /** Ids of objects that carry a pair of metadata. */
  withMetadata(key: string, value: string): string[] {
    return this.#database
      .all<{ id: string }>("select id from metadata where key = ? and value = ?", key, value)
      .map((row) => row.id);
  }

  #index(body: Body, known: boolean): void {
    const metadata: unknown = Reflect.get(body, "metadata");
    if (body.object === "event" || typeof metadata !== "object" || metadata === null) return;
    if (known) this.#database.run("delete from metadata where id = ?", body.id);
    for (const [key, value] of Object.entries(metadata as Record<string, string>))
      this.#database.run("insert into metadata (id, key, value) values (?, ?, ?)", body.id, key, value);
  }
}

function conditions(type: string, filters: Filters): { where: string; values: (string | number)[] } {
  const parts = ["type = ?"];
  const values: (string | number)[] = [type];
  for (const name of ["intent", "charge", "source", "payout", "currency", "status"] as const) {
    const value = filters[name];
    if (value === undefined) continue;
    parts.push(`${name} = ?`);
    values.push(value);
  }
  if (filters.kind !== undefined) {
    const kinds = [filters.kind].flat().map(String);
    parts.push(`(${kinds.map((kind) => (kind.includes("*") ? "kind glob ?" : "kind = ?")).join(" or ") || "0"})`);
    values.push(...kinds);
  }
  const bounds = { gt: ">", gte: ">=", lt: "<", lte: "<=" } as const;
  for (const [name, sign] of Object.entries(bounds) as [keyof typeof bounds, string][]) {
    const value = filters.created?.[name];
    if (value === undefined) continue;
    parts.push(`created ${sign} ?`);
    values.push(value);
  }
  return { where: parts.join(" and "), values };
}

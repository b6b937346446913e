import { Pool, type QueryConfig, type QueryResult } from "pg";

/**
 * Queries as tagged templates over `pg`. (postgres.js 3.4.9 has that by itself, but ends the whole process from a timer
 * when PostgreSQL goes away in the middle of a write: porsager/postgres#1066, #1154, #1208.)
 */

/** A piece of SQL with its parameters, to be put into a query. */
export class Part {
  private readonly strings: readonly string[];
  private readonly values: readonly unknown[];

  constructor(strings: readonly string[], values: readonly unknown[]) {
    this.strings = strings;
    this.values = values;
  }

  /** The text with numbered placeholders; adds to `parameters` what they stand for. */
  compose(parameters: unknown[]): string {
    return this.strings.reduce((text, next, index) => {
      if (index === 0) return next;
      const value = this.values[index - 1];
      if (value instanceof Part) return text + value.compose(parameters) + next;
      parameters.push(value);
      return `${text}$${parameters.length}${next}`;
    }, "");
  }
}

/** A piece of SQL: `part\`and name = ${name}\``. */
export function part(strings: TemplateStringsArray, ...values: unknown[]): Part {
  return new Part(strings, values);
}

/** A value for a `json` column; null becomes SQL null. */
export function asJson(value: unknown): Part {
  const text = value === undefined || value === null ? null : JSON.stringify(value);
  return part`${text}::text::json`;
}

/** Runs queries, all on one connection when inside a transaction. */
export type Tx = <T extends readonly object[] = Record<string, unknown>[]>(
  strings: TemplateStringsArray,
  ...values: unknown[]
) => Promise<T>;

export interface Sql extends Tx {
  /** Runs a transaction: committed when `work` resolves, rolled back when it rejects. */
  begin<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Runs several statements without parameters. */
  script(text: string): Promise<void>;
  /** Closes every connection. */
  end(): Promise<void>;
}

/** Statements are few and repeat: each is prepared once a connection. */
const names = new Map<string, string>();

function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) names.set(text, (name = `q${names.size}`));
  return name;
}

function tag(client: { query(config: QueryConfig): Promise<QueryResult> }): Tx {
  return async <T extends readonly object[]>(strings: TemplateStringsArray, ...values: unknown[]) => {
    const parameters: unknown[] = [];
    const text = new Part(strings, values).compose(parameters);
    const { rows } = await client.query({ name: nameOf(text), text, values: parameters });
    return rows as unknown as T;
  };
}

/**
 * Opens a pool of connections; the first is made by the first query.
 * @param schema where unqualified names are looked up
 * @param onLost told when an idle connection breaks; the pool makes another one
 */
export function connect(databaseUrl: string, schema: string, onLost: (error: Error) => void): Sql {
  const pool = new Pool({
    connectionString: databaseUrl,
    max: 8,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    application_name: "devstack-inngest",
    options: `-c search_path=${schema}`,
  });
  pool.on("error", onLost);
  // A connection in use tells its query of an error too; without a listener Node would end the process.
  pool.on("connect", (client) => client.on("error", () => undefined));

  const begin = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query("begin");
      const result = await work(tag(client));
      await client.query("commit");
      return result;
    } catch (error) {
      await client.query("rollback").catch((failure: unknown) => {
        broken = failure instanceof Error ? failure : new Error(String(failure));
      });
      throw error;
    } finally {
      client.release(broken);
    }
  };
  const script = async (text: string): Promise<void> => {
    await pool.query(text);
  };
  let ending: Promise<void> | undefined;
  return Object.assign(tag(pool), { begin, script, end: () => (ending ??= pool.end()) });
}

const PASSING = new Set(["40001", "40P01", "57P01", "57P02", "57P03", "08000", "08001", "08003", "08006", "53300"]);
const UNREACHED = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOENT", "ETIMEDOUT"]);
const LOST =
  /^Connection terminated|timeout exceeded when trying to connect|^Client has encountered a connection error|^Client was closed/;

/** Whether a database error may pass by itself: a deadlock, or PostgreSQL out of reach or starting. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code: unknown = Reflect.get(error, "code");
  return (typeof code === "string" && (PASSING.has(code) || UNREACHED.has(code))) || LOST.test(error.message);
}

/** Runs a transaction, again when it lost a deadlock or a race; a lost connection is the caller's to wait out. */
export async function transact<T>(sql: Sql, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await sql.begin(work);
    } catch (error) {
      const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
      if (tries >= 5 || (code !== "40P01" && code !== "40001")) throw error;
    }
  }
}

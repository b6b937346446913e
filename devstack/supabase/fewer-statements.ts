import type postgres from "postgres";

/** `SELECT set_config('role', $1, true)`: how lite tells a transaction who asks and what for; up to eleven of them before each query. */
const SETTING = /^\s*SELECT set_config\(\s*'([\w.]+)', (?:\$1|''), true\)\s*$/;
/** The same as `set_config('role', …, true)`. */
const ROLE = /^SET LOCAL ROLE "?(\w+)"?$/;
/** A call of a function, or lite's look at what one has set: few texts, used again and again. */
const REPEATED = /^(?:select \* from public\.\w+\(|\s*SELECT current_setting\()/;

interface Fewer {
  /** Statements that were prepared before are not used again: what they mean has changed. */
  forget(): void;
}

/**
 * Makes the pool of lite's connection send less: each statement with a parameter costs it two round trips to PostgreSQL, and a call of
 * one function is fourteen such statements. The settings of a transaction go in one statement, just before the first that could see
 * them, and what is called again and again is prepared, as PostgREST does both.
 *
 * Holding settings back changes no answer: they are local to the transaction, the next statement waits for them, and when they
 * fail it fails with their error, in a transaction that PostgreSQL has given up.
 */
export function sendFewerStatements(pool: postgres.Sql): Fewer {
  const reserve = pool.reserve.bind(pool);
  let generation = 0;
  pool.reserve = async () => {
    const connection = await reserve();
    const plain = connection.unsafe.bind(connection);
    let settings: string[] = [];
    const settle = async (): Promise<void> => {
      const values = settings;
      settings = [];
      const calls = values.flatMap((_, i) => (i % 2 === 0 ? [`set_config($${i + 1}, $${i + 2}, true)`] : []));
      await plain(`select ${calls.join(", ")}`, values, { prepare: true });
    };
    const send = (text: string, values: Parameters<typeof plain>[1]) =>
      REPEATED.test(text) ? plain(`${text} /* ${generation} */`, values, { prepare: true }) : plain(text, values);
    const unsafe = (text: string, values?: Parameters<typeof plain>[1]) => {
      const name = SETTING.exec(text)?.[1];
      const role = ROLE.exec(text)?.[1];
      if (name !== undefined) settings.push(name, String(values?.[0] ?? ""));
      else if (role !== undefined) settings.push("role", role);
      else if (settings.length > 0 && !/^rollback$/i.test(text)) return settle().then(() => send(text, values));
      else {
        settings = [];
        return send(text, values);
      }
      return Promise.resolve(Object.assign([], { command: "SELECT", count: 0 }));
    };
    // What stands in for a query is awaited and nothing else (kysely-postgres-js); a cursor is asked for outside of settings only.
    connection.unsafe = unsafe as typeof connection.unsafe;
    return connection;
  };
  return {
    forget: () => {
      generation += 1;
    },
  };
}

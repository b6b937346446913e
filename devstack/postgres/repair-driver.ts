import { registerHooks } from "node:module";

/**
 * `postgres` 3.4.9 (the newest there is) does not survive the loss of its database
 * (github.com/porsager/postgres issues 1154 and 1208, open):
 * - a write that it had put off meets a socket that is gone, in a callback where nobody can catch it, and
 *   the whole process ends; or the timer of that write stays set and the connection never sends again;
 * - a reserved connection that was lost goes back among the open ones when it is released, and every
 *   later query that is handed to it fails, for ever.
 * The stack must outlive its database, so these lines are mended while the module is loaded. Import this
 * before anything that imports `postgres`.
 */
interface Repair {
  readonly file: "connection.js" | "index.js";
  readonly broken: string;
  readonly mended: string;
  readonly times: number;
}

const REPAIRS: readonly Repair[] = [
  {
    file: "connection.js",
    broken: "    const x = socket.write(chunk, fn)\n",
    mended:
      "    if (socket === null) {\n      chunk = nextWriteTimer = null\n      error(Errors.connection('CONNECTION_CLOSED', options))\n      return false\n    }\n    const x = socket.write(chunk, fn)\n",
    times: 1,
  },
  {
    file: "connection.js",
    broken: "\n    clearImmediate(nextWriteTimer)\n",
    mended: "\n    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n",
    times: 2,
  },
  {
    file: "index.js",
    broken: "    sql.release = () => {\n      c.reserved = null\n",
    mended:
      "    const mine = c.reserved\n    sql.release = () => {\n      if (c.reserved !== mine) return\n      c.reserved = null\n",
    times: 1,
  },
  {
    file: "index.js",
    broken: "    function handler(q) {\n      c.queue === full\n",
    mended:
      "    function handler(q) {\n      if (c.reserved !== mine) return q.reject(Errors.connection('CONNECTION_CLOSED', options))\n      c.queue === full\n",
    times: 1,
  },
];

const DRIVER = /\/node_modules\/postgres\/(?:cjs\/)?src\/(connection\.js|index\.js)$/;

/**
 * One file of the driver without its defects.
 * @throws Error when the source is not the one known to be broken: then look whether it is still needed.
 */
export function mend(file: string, source: string): string {
  return REPAIRS.filter((repair) => repair.file === file).reduce((text, { broken, mended, times }) => {
    const found = text.split(broken).length - 1;
    if (found !== times)
      throw new Error(
        "`postgres` has changed, so devstack/postgres/repair-driver.ts no longer fits. See whether its issues 1154 and 1208 are fixed; if so, delete that file.",
      );
    return text.replaceAll(broken, mended);
  }, source);
}

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const file = DRIVER.exec(url)?.[1];
    if (!file || loaded.source === undefined || loaded.source === null) return loaded;
    const source = typeof loaded.source === "string" ? loaded.source : new TextDecoder().decode(loaded.source);
    return { ...loaded, source: mend(file, source) };
  },
});

import type postgres from "postgres";
import { expect, test } from "vitest";
import { sendFewerStatements } from "./fewer-statements.ts";

interface Sent {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly prepared: boolean;
}

/** A pool that writes down what reaches the database, and fails where the test says so. */
async function connected(fails: (text: string) => boolean = () => false) {
  const sent: Sent[] = [];
  const unsafe = (text: string, values: readonly unknown[] = [], options?: { prepare?: boolean }) => {
    sent.push({ text, values, prepared: options?.prepare === true });
    return fails(text) ? Promise.reject(new Error(`refused: ${text}`)) : Promise.resolve([{ answerTo: text }]);
  };
  const pool = { reserve: async () => ({ unsafe }) } as unknown as postgres.Sql;
  const fewer = sendFewerStatements(pool);
  const connection = await pool.reserve();
  const send = async (text: string, values?: string[]): Promise<unknown> => connection.unsafe(text, values);
  return { sent, send, reserve: () => pool.reserve(), ...fewer };
}

/** What lite's query builder reads of an answer without rows. */
const NOTHING = { length: 0, command: "SELECT", count: 0 };

const set = (name: string) => `SELECT set_config('${name}', $1, true)`;

test("settings wait for the first statement that could see them, and go in one", async () => {
  const { sent, send } = await connected();
  await send("begin");
  expect(await send(set("request.jwt.claims"), ['{"sub":"1"}'])).toMatchObject(NOTHING);
  expect(await send('SET LOCAL ROLE "authenticated"')).toMatchObject(NOTHING);
  await send("SELECT set_config('request.method', '', true)");
  expect(sent.map(({ text }) => text)).toEqual(["begin"]);
  expect(await send("insert into t values ($1)", ["a"])).toEqual([{ answerTo: "insert into t values ($1)" }]);
  await send("commit");
  expect(sent.slice(1)).toEqual([
    {
      text: "select set_config($1, $2, true), set_config($3, $4, true), set_config($5, $6, true)",
      values: ["request.jwt.claims", '{"sub":"1"}', "role", "authenticated", "request.method", ""],
      prepared: true,
    },
    { text: "insert into t values ($1)", values: ["a"], prepared: false },
    { text: "commit", values: [], prepared: false },
  ]);
});

test("a setting that lasts beyond the transaction, or one of several columns, is sent as it came", async () => {
  const { sent, send } = await connected();
  const others = ["SELECT set_config('role', $1, false)", "SELECT set_config('role', $1, true), 1", "SET ROLE anon"];
  for (const text of others) await send(text, []);
  expect(sent.map(({ text }) => text)).toEqual(others);
});

test("a roll-back takes what was set with it", async () => {
  const { sent, send } = await connected();
  await send("begin");
  await send(set("role"), ["anon"]);
  await send("ROLLBACK");
  await send("select 1");
  expect(sent.map(({ text }) => text)).toEqual(["begin", "ROLLBACK", "select 1"]);
});

test("where the settings are refused, the statement behind them is not sent and has their error", async () => {
  const { sent, send } = await connected((text) => text.startsWith("select set_config"));
  await send("begin");
  await send(set("role"), ["nobody"]);
  await expect(send("delete from t")).rejects.toThrow("refused: select set_config");
  await send("rollback");
  expect(sent.map(({ text }) => text)).toEqual(["begin", "select set_config($1, $2, true)", "rollback"]);
});

test("what is set on one connection is not sent on another", async () => {
  const { sent, send, reserve } = await connected();
  await send(set("role"), ["anon"]);
  const other = await reserve();
  await other.unsafe("select 2");
  expect(sent.map(({ text }) => text)).toEqual(["select 2"]);
});

test("a call of a function is prepared once, and anew after the schema has changed", async () => {
  const { sent, send, forget } = await connected();
  const call = "select * from public.make_pledge($1)";
  await send(call, ["a"]);
  await send(call, ["b"]);
  forget();
  await send(call, ["c"]);
  await send("select * from public.pledges where id = $1", ["d"]);
  const [first, second, third, table] = sent;
  expect(first?.prepared).toBe(true);
  expect(second).toEqual({ ...first, values: ["b"] });
  expect(third?.prepared).toBe(true);
  expect(third?.text).not.toBe(first?.text);
  expect(third?.text.startsWith(call)).toBe(true);
  expect(table).toEqual({ text: "select * from public.pledges where id = $1", values: ["d"], prepared: false });
});

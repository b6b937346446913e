import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import postgres from "postgres";
import { databaseDown, tellsOfLostDatabase } from "../../devstack/supabase/database-health.ts";
import type { RunningService } from "../../devstack/service.ts";

/** What PostgreSQL knows of a function that can be called. */
interface Callable {
  readonly types: Readonly<Record<string, string>>;
  readonly set: boolean;
  readonly none: boolean;
}

/** Everything that a request must be to be answered here: a call by the application itself, without a wish for another form. */
const CALL = /^\/rest\/v1\/rpc\/(\w+)$/;

/**
 * Answers the application's calls of functions as PostgREST does (one statement, arguments by `json_to_record`, rows by `json_agg`, states
 * of errors by SQLSTATE), and leaves every other request to the Data API behind it. Nine of ten requests of a simulation are such
 * calls, and each costs the embedded Data API several statements and the parsing of a query.
 *
 * @param behind the Data API that has the rest
 * @param secretKey whose calls are made as service_role
 * @see https://docs.postgrest.org/en/stable/references/errors.html for the states
 */
export async function answerCalls(
  behind: RunningService,
  databaseUrl: string,
  secretKey: string,
): Promise<RunningService> {
  const sql = postgres(databaseUrl, {
    max: 5,
    onnotice: () => {},
    connect_timeout: 5,
    // A session that is the service's from its beginning on: no statement has to say so each time.
    connection: { role: "service_role", "request.jwt.claims": '{"role":"service_role"}' } as Record<string, string>,
  });
  const callables = await readCallables(sql);
  const server = createServer((request, response) => {
    const name = CALL.exec(request.url ?? "")?.[1] ?? "";
    const callable = callables.get(name);
    const byService = request.headers["apikey"] === secretKey && isBearer(request, secretKey);
    const plain = request.headers["prefer"] === undefined && !/vnd/.test(request.headers["accept"] ?? "");
    if (request.method !== "POST" || !callable || !byService || !plain) return void pass(behind, request, response);
    void readBody(request)
      .then((body) => call(sql, name, callable, body.toString()))
      .then(({ status, body, headers }) => response.writeHead(status, headers).end(body))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await behind.close();
    await sql.end({ timeout: 1 });
  };
  return { url: `http://127.0.0.1:${port}`, port, close };
}

const isBearer = ({ headers }: IncomingMessage, key: string): boolean =>
  headers.authorization === undefined || headers.authorization === `Bearer ${key}`;

/** Functions of one form each; one that has several is left to the Data API. */
async function readCallables(sql: postgres.Sql): Promise<ReadonlyMap<string, Callable>> {
  const rows = await sql<(Callable & { name: string })[]>`
    select p.proname as name, p.proretset as set, p.prorettype = 'void'::regtype as none,
      (select coalesce(json_object_agg(p.proargnames[a.n], format_type(a.type, null)), '{}')
        from unnest(p.proargtypes) with ordinality a (type, n)) as types
    from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prokind = 'f' and p.provariadic = 0
      -- Results that are given by name come after the arguments.
      and (p.proargmodes is null or p.proargmodes[1:p.pronargs] <@ '{i}'::"char"[])
      and not exists (select 1 from pg_proc o where o.pronamespace = p.pronamespace and o.proname = p.proname and o.oid <> p.oid)`;
  return new Map(rows.map(({ name, ...callable }) => [name, callable]));
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const answered = (status: number, body: string): Answer => ({
  status,
  body,
  headers: { "content-type": "application/json; charset=utf-8" },
});

async function call(sql: postgres.Sql, name: string, callable: Callable, body: string): Promise<Answer> {
  try {
    const given = Object.keys(JSON.parse(body || "{}") as object);
    const unknown = given.find((argument) => !(argument in callable.types));
    if (unknown !== undefined)
      return answered(
        404,
        JSON.stringify({ code: "PGRST202", message: `${name} has no ${unknown}`, details: null, hint: null }),
      );
    const [row] = await sql.unsafe<{ body: string | null }[]>(statement(name, callable, given), [body || "{}"], {
      prepare: true,
    });
    return callable.none ? { status: 204, body: "", headers: {} } : answered(200, row?.body ?? "null");
  } catch (error) {
    return refused(error);
  }
}

function statement(name: string, { types, set, none }: Callable, given: readonly string[]): string {
  const columns = given.map((each) => `"${each}" ${types[each]}`).join(", ");
  // As text: the driver would write JSON of a JSON parameter again.
  const record = given.length === 0 ? "(select $1::text::json) a" : `json_to_record($1::text::json) as a (${columns})`;
  const called = `public.${name}(${given.map((each) => `"${each}" => a."${each}"`).join(", ")})`;
  if (none) return `select ${called} from ${record}`;
  const result = set ? `coalesce(json_agg(r), '[]')::text` : "to_json(r)::text";
  return `select ${result} as body from ${record}, lateral ${called} r`;
}

/** States by SQLSTATE, as PostgREST has them for whoever is not anonymous. */
const STATES: readonly (readonly [code: RegExp, status: number])[] = [
  [/^PT(\d{3})$/, 0],
  [/^(?:08|53)/, 503],
  [/^(?:23503|23505)$/, 409],
  [/^25006$/, 405],
  [/^(?:25|2D|38|39|3B|40|54|55|57|58|F0|HV|XX|09)/, 500],
  [/^(?:28|0L|0P|42501)/, 403],
  [/^(?:42883|42P01)$/, 404],
];

function refused(error: unknown): Answer {
  const { code, message, detail, hint } = error as { code?: string; message: string; detail?: string; hint?: string };
  if (tellsOfLostDatabase(`${code} ${message}`)) return lost;
  if (code === undefined || !(error instanceof postgres.PostgresError)) throw error;
  const [found, status] = STATES.find(([codes]) => codes.test(code)) ?? [/$/, 400];
  return answered(
    status || Number(found.exec(code)?.[1]),
    JSON.stringify({ code, message, details: detail ?? null, hint: hint ?? null }),
  );
}

const down = databaseDown();
const lost: Answer = { status: down.status, body: await down.text(), headers: Object.fromEntries(down.headers) };

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function pass(behind: RunningService, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body = await readBody(request);
    const { host: _host, connection: _connection, "content-length": _length, ...headers } = request.headers;
    const answer = await fetch(`${behind.url}${request.url}`, {
      method: request.method ?? "GET",
      headers: headers as Record<string, string>,
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    });
    const { "content-encoding": _encoding, "content-length": _size, ...kept } = Object.fromEntries(answer.headers);
    response.writeHead(answer.status, kept).end(Buffer.from(await answer.arrayBuffer()));
  } catch {
    response.destroy();
  }
}

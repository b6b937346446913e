import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** An advisory in OSV's schema, as far as our tests need it, with the versions that it is about. */
export interface TestAdvisory {
  readonly id: string;
  readonly ecosystem: string;
  readonly name: string;
  readonly versions: readonly string[];
  readonly fixed?: string;
  readonly summary?: string;
  readonly aliases?: readonly string[];
  readonly withdrawn?: string;
  /** GitHub's word for it. */
  readonly rating?: string;
  readonly cvss3?: string;
}

/**
 * What the stand-in does instead of answering as OSV does. `down`: 503. `hang`: it takes the call and never answers.
 * `garbled`: no JSON. `short`: a result less than there were queries. `outside`: an id that is no id.
 */
export type OsvMood = "well" | "down" | "hang" | "garbled" | "short" | "outside";

export interface TestOsv {
  readonly url: string;
  /** Every call: method, path and, when there was one, the JSON body. */
  readonly calls: { readonly method: string; readonly path: string; readonly body: unknown }[];
  is(mood: OsvMood): void;
  close(): Promise<void>;
}

interface Query {
  readonly package: { readonly ecosystem: string; readonly name: string };
  readonly version: string;
  readonly page_token?: string;
}

/**
 * Speaks OSV's protocol over HTTP: `POST /v1/querybatch` (at most 1000 queries, answers in pages of `pageSize` advisories)
 * and `GET /v1/vulns/{id}`. https://google.github.io/osv.dev/api/
 */
export async function startOsv(advisories: readonly TestAdvisory[], pageSize = 1_000): Promise<TestOsv> {
  const calls: TestOsv["calls"] = [];
  let mood: OsvMood = "well";
  const server = createServer((request, response) => {
    void (async () => {
      const path = new URL(request.url ?? "/", "http://osv.test").pathname;
      calls.push({ method: request.method ?? "", path, body: await bodyOf(request) });
      if (mood === "hang") return;
      const { status, body } = answer(calls.at(-1), advisories, pageSize, mood);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(body);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    is: (next) => void (mood = next),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const sent = await text(request);
  return sent === "" ? null : (JSON.parse(sent) as unknown);
}

function answer(
  call: TestOsv["calls"][number] | undefined,
  advisories: readonly TestAdvisory[],
  pageSize: number,
  mood: OsvMood,
): { status: number; body: string } {
  if (mood === "down") return { status: 503, body: '{"code":14,"message":"unavailable"}' };
  if (mood === "garbled") return { status: 200, body: "<html>A captive portal</html>" };
  if (call?.method === "POST" && call.path === "/v1/querybatch") {
    const { queries } = call.body as { queries: readonly Query[] };
    if (queries.length > 1_000) return { status: 400, body: '{"code":3,"message":"Too many queries."}' };
    const results = queries.map((query) => resultOf(query, advisories, pageSize, mood));
    return { status: 200, body: JSON.stringify({ results: mood === "short" ? results.slice(1) : results }) };
  }
  const id = /^\/v1\/vulns\/([^/]+)$/.exec(call?.path ?? "")?.[1];
  const found = advisories.find((each) => each.id === (id && decodeURIComponent(id)));
  if (call?.method !== "GET" || !found) return { status: 404, body: '{"code":5,"message":"Bug not found."}' };
  return { status: 200, body: JSON.stringify(advisoryOf(found)) };
}

function resultOf(query: Query, advisories: readonly TestAdvisory[], pageSize: number, mood: OsvMood): object {
  const hits = advisories.filter(
    ({ ecosystem, name, versions }) =>
      ecosystem === query.package.ecosystem && name === query.package.name && versions.includes(query.version),
  );
  const from = Number(query.page_token ?? 0);
  const page = hits.slice(from, from + pageSize);
  if (page.length === 0) return {};
  return {
    vulns: page.map(({ id }) => ({ id: mood === "outside" ? `../../${id}` : id, modified: "2026-01-01T00:00:00Z" })),
    ...(from + pageSize < hits.length ? { next_page_token: String(from + pageSize) } : {}),
  };
}

function advisoryOf({
  id,
  ecosystem,
  name,
  versions,
  fixed,
  summary,
  aliases,
  withdrawn,
  rating,
  cvss3,
}: TestAdvisory) {
  return {
    id,
    modified: "2026-01-01T00:00:00Z",
    published: "2025-01-01T00:00:00Z",
    schema_version: "1.7.0",
    ...(summary === undefined ? {} : { summary }),
    ...(aliases ? { aliases } : {}),
    ...(withdrawn === undefined ? {} : { withdrawn }),
    ...(cvss3 === undefined ? {} : { severity: [{ type: "CVSS_V3", score: cvss3 }] }),
    affected: [
      {
        package: { ecosystem, name, purl: `pkg:${ecosystem.toLowerCase()}/${name}` },
        ranges: [
          { type: "SEMVER", events: [{ introduced: "0" }, ...(fixed === undefined ? [] : [{ fixed }])] },
          { type: "GIT", repo: "https://example.test/x", events: [{ introduced: "0" }, { fixed: "9".repeat(40) }] },
        ],
        versions,
      },
    ],
    references: [{ type: "WEB", url: "https://example.test/advisory" }],
    ...(rating === undefined ? {} : { database_specific: { severity: rating, cwe_ids: ["CWE-1333"] } }),
  };
}

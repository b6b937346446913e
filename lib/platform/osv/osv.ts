import "server-only";
import type { z } from "zod";
import { serverEnv } from "@/lib/env/server";
import { guardedFetch } from "@/lib/platform/resilience/fetch";
import { outsideFetch } from "@/lib/platform/telemetry/outside";
import { advisorySchema, batchAnswerSchema, MAX_QUERIES, type Advisory, type PackageVersion } from "./schemas";

/** An answer larger than this is no honest one: a thousand results with their ids have 200 kB. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
/** OSV answers a query with many advisories in pages. */
const MAX_PAGES = 10;

const observed = outsideFetch({
  service: "osv",
  operationOf: (_method, { pathname }) => (pathname.endsWith("/querybatch") ? "querybatch" : "vulns"),
  propagate: false,
});

/** Under the `osv` policy. A query is a read, whatever its method. */
const osvFetch = guardedFetch("osv", { fetch: observed, repeatable: true });

/** OSV answered that it cannot at present, to the last attempt. */
class OsvUnavailable extends Error {
  override readonly name = "OsvUnavailable";
}

/** OSV answered with something that is not OSV's protocol: asking again is no use. */
export class OsvAnswerUnreadable extends Error {
  override readonly name = "OsvAnswerUnreadable";
}

/** Where questions go, for people to read before they ask. */
export function osvHost(): string {
  return new URL(serverEnv().OSV_API_URL).host;
}

/**
 * Asks OSV which advisories there are about some packages at their versions: at most {@link MAX_QUERIES} at once. Names
 * and versions are all that is sent.
 * @returns ids of advisories for each package, in their order
 * @throws OutsideCallError when OSV cannot be reached; OsvUnavailable; OsvAnswerUnreadable
 */
export async function queryAdvisories(packages: readonly PackageVersion[], signal?: AbortSignal): Promise<string[][]> {
  if (packages.length > MAX_QUERIES) throw new RangeError(`at most ${MAX_QUERIES} packages are asked about at once`);
  const found: string[][] = packages.map(() => []);
  let open = packages.map((each, index) => ({ each, index, token: undefined as string | undefined }));
  for (let page = 0; open.length > 0; page += 1) {
    if (page === MAX_PAGES) throw new OsvAnswerUnreadable(`OSV has more than ${MAX_PAGES} pages about one package`);
    const { results } = await ask("/v1/querybatch", batchAnswerSchema, signal, {
      queries: open.map(({ each: { ecosystem, name, version }, token }) => ({
        package: { ecosystem, name },
        version,
        ...(token === undefined ? {} : { page_token: token }),
      })),
    });
    if (results.length !== open.length)
      throw new OsvAnswerUnreadable(`OSV gave ${results.length} results for ${open.length} queries`);
    open = open.flatMap(({ each, index }, at) => {
      const { vulns = [], next_page_token: token } = results[at] ?? {};
      found[index]?.push(...vulns.map(({ id }) => id));
      return token === undefined || token === "" ? [] : [{ each, index, token }];
    });
  }
  return found.map((ids) => [...new Set(ids)]);
}

/**
 * Reads one advisory.
 * @returns null when OSV no longer has it
 * @throws as {@link queryAdvisories}
 */
export async function readAdvisory(id: string, signal?: AbortSignal): Promise<Advisory | null> {
  return ask(`/v1/vulns/${encodeURIComponent(id)}`, advisorySchema, signal);
}

async function ask<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal | undefined, body: object): Promise<T>;
async function ask<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal | undefined): Promise<T | null>;
async function ask<T>(
  path: string,
  schema: z.ZodType<T>,
  signal: AbortSignal | undefined,
  body?: object,
): Promise<T | null> {
  const response = await osvFetch(`${serverEnv().OSV_API_URL}${path}`, {
    method: body ? "POST" : "GET",
    redirect: "error",
    headers: { Accept: "application/json", ...(body ? { "Content-Type": "application/json" } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
    ...(signal ? { signal } : {}),
  });
  if (!body && response.status === 404) return null;
  if (response.status >= 500 || response.status === 429 || response.status === 409)
    throw new OsvUnavailable(`OSV answered ${response.status} to ${path}`);
  const text = await readWithin(response, MAX_ANSWER_BYTES);
  if (!response.ok) throw new OsvAnswerUnreadable(`OSV answered ${response.status} to ${path}: ${text.slice(0, 200)}`);
  const parsed = schema.safeParse(readJson(text));
  if (parsed.success) return parsed.data;
  throw new OsvAnswerUnreadable(`OSV's answer to ${path} is not what its protocol says`, { cause: parsed.error });
}

async function readWithin(response: Response, bytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > bytes) throw new OsvAnswerUnreadable(`OSV's answer has more than ${bytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

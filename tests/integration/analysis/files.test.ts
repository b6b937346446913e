import { beforeAll, expect, it, vi } from "vitest";
import type { FileVerdict } from "@/lib/analysis/schemas";
import { keepAnalysis } from "../../support/kept-analysis.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";

vi.mock("next/server", async (original) => ({ ...(await original<object>()), after: () => undefined }));

const supabase = useSupabase();
useProductEnv({ supabase });

interface FilesAnswer {
  readonly items: readonly (FileVerdict & { readonly number: number })[];
  readonly languages: readonly { readonly language: string | null; readonly files: number; readonly counted: number }[];
  readonly nextCursor: string | null;
}

/** 2,300 files over three rows: a third CSS, one in ten generated, and one that nobody knows. */
const FILES: readonly FileVerdict[] = Array.from({ length: 2_300 }, (_, n) => ({
  path: `src/${String(n).padStart(5, "0")}`,
  language: n === 2_299 ? null : n % 3 === 0 ? "CSS" : "TypeScript",
  why: n === 2_299 ? null : "extension",
  skipped: n === 2_299 ? "unknown_language" : n % 10 === 9 ? "generated" : null,
  bytes: n,
  lines: 1,
}));

let ann: TestUser;
let bob: TestUser;
let id: string;
beforeAll(async () => {
  ann = await supabase.asUser();
  bob = await supabase.asUser();
  id = await keepAnalysis(supabase, { asker: ann, repository: "files" });
  for (let from = 0; from < FILES.length; from += 1_000)
    await supabase.sql`
      insert into public.analysis_files (analysis_id, first_file, files)
      values (${id}, ${from}, ${supabase.sql.json(FILES.slice(from, from + 1_000) as never)})`;
});

async function read(who: TestUser, query: Record<string, string>, analysis = id) {
  const { GET } = await import("@/app/api/v1/analyses/[id]/files/route");
  const url = `http://127.0.0.1:3999/api/v1/analyses/${analysis}/files?${new URLSearchParams(query).toString()}`;
  const response = await GET(new Request(url, { headers: { authorization: `Bearer ${who.accessToken}` } }), {
    params: Promise.resolve({ id: analysis }),
  });
  return { status: response.status, body: (await response.json()) as FilesAnswer & { code?: string } };
}

async function all(query: Record<string, string>): Promise<FileVerdict[]> {
  const seen: FileVerdict[] = [];
  let cursor: string | null = null;
  do {
    const { body }: { body: FilesAnswer } = await read(ann, { ...query, limit: "500", ...(cursor ? { cursor } : {}) });
    expect(body.items.length).toBeLessThanOrEqual(500);
    seen.push(...body.items.map(({ number: _, ...file }) => file));
    cursor = body.nextCursor;
  } while (cursor !== null);
  return seen;
}

it("pages through every file once, in the order of the paths, across the rows that hold them", async () => {
  expect(await all({})).toEqual(FILES);
});

it("keeps to a language, and to what counts or does not", async () => {
  expect(await all({ language: "CSS" })).toEqual(FILES.filter(({ language }) => language === "CSS"));
  expect(await all({ counted: "no" })).toEqual(FILES.filter(({ skipped }) => skipped !== null));
  expect(await all({ language: "CSS", counted: "yes" })).toEqual(
    FILES.filter(({ language, skipped }) => language === "CSS" && skipped === null),
  );
  expect(await all({ language: "COBOL" })).toEqual([]);
});

it("says which languages there are, and how many of their files count", async () => {
  const count = (name: string | null) => ({
    language: name,
    files: FILES.filter(({ language }) => language === name).length,
    counted: FILES.filter(({ language, skipped }) => language === name && skipped === null).length,
  });
  expect((await read(ann, { limit: "1" })).body.languages).toEqual([count("TypeScript"), count("CSS"), count(null)]);
});

it("is not there for others, and takes no cursor but its own", async () => {
  expect((await read(bob, {})).status).toBe(404);
  const anything = { p_language: null, p_counted: null, p_after: -1, p_limit: 5 };
  expect((await bob.client.rpc("list_analysis_files", { p_analysis: id, ...anything } as never)).data).toEqual([]);
  const { data } = await bob.client.rpc("list_analysis_file_languages", { p_analysis: id });
  expect(data).toEqual([]);
  for (const cursor of ["x", "ZmlsZSAtMQ", Buffer.from("file 1; drop").toString("base64url")])
    expect(await read(ann, { cursor })).toMatchObject({ status: 400, body: { code: "invalid_request" } });
  expect((await read(ann, { limit: "501" })).status).toBe(422);
});

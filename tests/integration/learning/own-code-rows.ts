import { randomUUID } from "node:crypto";
import { aResult } from "../../support/analysis-inputs.ts";
import { standaloneFunctions } from "@/lib/analysis/standalone/find";
import { createParser } from "@/lib/analysis/syntax/parser";
import type { OwnFunction } from "@/lib/learning/own-code/schemas";
import type { TestSupabase, TestUser } from "../../support/supabase.ts";

const parser = await createParser();

/** Two functions that can stand alone: the first shows missing values, the second nothing that a lesson is about. */
export const CLAMP = `export function clamp(value: number | null, low: number, high: number): number {
  if (value === null) return low;
  if (value < low) return low;
  return value > high ? high : value;
}

export function twice(value: number): number {
  const more = value + Math.max(...[value]);
  return more * 2;
}
`;

/** The functions of a text, as an analysis finds them. */
export function functionsIn(text: string, path = "src/clamp.ts"): OwnFunction[] {
  const parsed = parser.parse({ language: "TypeScript", text, bytes: Buffer.byteLength(text) });
  if (!parsed.ok) throw new Error(parsed.why);
  return standaloneFunctions(path, parsed.tree);
}

/** A finished analysis of a repository at one commit, asked for by these people. */
export async function analysedBy(
  { sql }: Pick<TestSupabase, "sql">,
  people: readonly TestUser[],
  of: { readonly repoUrl?: string; readonly commit?: string; readonly private?: boolean } = {},
): Promise<string> {
  const { repoUrl = `https://github.com/octo/own-${randomUUID()}`, commit = "a".repeat(40) } = of;
  const [first] = people;
  const url = new URL(repoUrl);
  const [row] = await sql<{ id: string }[]>`
    insert into public.analyses (requested_by, private_to, repo_url, host, owner, name, engine, estimated_seconds, status,
      progress, commit_sha, result, started_at, finished_at)
    values (${first?.id ?? null}, ${of.private ? (first?.id ?? null) : null}, ${repoUrl}, ${url.host}, 'octo',
      ${url.pathname.split("/").at(-1) ?? ""}, 2, 5, 'completed', 100, ${commit}, ${sql.json({ ...aResult(), commit } as never)}, now(), now())
    returning id`;
  if (!row) throw new Error("nothing was inserted");
  for (const { id } of people)
    await sql`insert into public.analysis_askers (analysis_id, user_id, how) values (${row.id}, ${id}, 'started')`;
  return row.id;
}

/** The run of somebody's analysis, once there is one. */
export async function runOf({ sql }: Pick<TestSupabase, "sql">, userId: string, analysisId: string) {
  const [row] = await sql<{ id: string; status: string; because: string | null; found: number; tried: number }[]>`
    select id, status, because, found, tried from public.own_code_runs
    where user_id = ${userId} and analysis_id = ${analysisId}`;
  return row ?? null;
}

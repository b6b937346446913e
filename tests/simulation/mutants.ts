import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Plugin } from "esbuild";
import postgres from "postgres";
import { OF_EVENTS } from "./planted/events.ts";
import { OF_KEYS } from "./planted/keys.ts";
import { OF_LEASES } from "./planted/leases.ts";
import type { Change, Mutant } from "./planted/mutant.ts";
import { OF_ROWS } from "./planted/rows.ts";
import { OF_STATES } from "./planted/states.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

/**
 * Only what changes something by itself belongs here. A constraint behind a guard that holds as well is not seen by taking the
 * constraint away; then both go in one.
 */
export const MUTANTS: readonly Mutant[] = [...OF_ROWS, ...OF_STATES, ...OF_LEASES, ...OF_KEYS, ...OF_EVENTS];

/** @throws Error when there is none of that name */
export function mutantNamed(name: string): Mutant {
  const found = MUTANTS.find((mutant) => mutant.name === name);
  if (!found)
    throw new Error(`There is no planted bug "${name}". There are: ${MUTANTS.map((each) => each.name).join(", ")}.`);
  return found;
}

/** Replaces what is written exactly once. @throws Error when the code has changed and the bug has to be planted anew */
function replaced(text: string, { from, to }: { readonly from: string; readonly to: string }, mutant: Mutant): string {
  if (text.split(from).length !== 2)
    throw new Error(
      `"${mutant.name}" cannot be planted: "${from}" is not written exactly once any more. See tests/simulation/planted.`,
    );
  return text.replace(from, () => to);
}

/** A file as the bug has it; undefined when it leaves it as it is. @throws Error when the bug has to be planted anew */
export async function plantedFile(file: string, mutant: Mutant): Promise<string | undefined> {
  const changes = mutant.changes.filter((change) => "file" in change && path.join(ROOT, change.file) === file);
  if (changes.length === 0) return undefined;
  let text = await readFile(file, "utf8");
  for (const change of changes) if ("file" in change) text = replaced(text, change, mutant);
  return text;
}

/** The files that a bug changes. */
export const filesOf = ({ changes }: Mutant): readonly string[] => [
  ...new Set(changes.flatMap((change) => ("file" in change ? [path.join(ROOT, change.file)] : []))),
];

/** Plants what a bug changes in files while the application is bundled. */
export function planting(mutant: Mutant | null): Plugin {
  return {
    name: "planted bug",
    setup(build) {
      if (!mutant || filesOf(mutant).length === 0) return;
      build.onLoad({ filter: /\.tsx?$/ }, async ({ path: loaded }) => {
        const contents = await plantedFile(loaded, mutant);
        return contents === undefined ? undefined : { contents, loader: "ts" };
      });
    },
  };
}

/** Plants what a bug changes in a database. @throws Error, or the database's, when what it changes is not there */
export async function plantInDatabase(databaseUrl: string, mutant: Mutant | null): Promise<void> {
  if (!mutant || mutant.changes.every((change) => "file" in change)) return;
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    await sql.begin((tx) => plantWith(tx, mutant));
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** The same in a transaction that is under way. */
export async function plantWith(tx: postgres.TransactionSql, mutant: Mutant): Promise<void> {
  for (const change of mutant.changes) if (!("file" in change)) await tx.unsafe(await statementOf(tx, change, mutant));
}

type InDatabase = Exclude<Change, { readonly file: string }>;

async function statementOf(tx: postgres.TransactionSql, change: InDatabase, mutant: Mutant): Promise<string> {
  if ("routine" in change) {
    const found = await tx<{ definition: string }[]>`
      select pg_get_functiondef(p.oid) as definition from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname || '.' || p.proname = ${change.routine}`;
    const [row] = found;
    if (!row || found.length > 1)
      throw new Error(`"${mutant.name}" cannot be planted: there is not one ${change.routine}, but ${found.length}.`);
    return replaced(row.definition, change, mutant);
  }
  // Without "if exists": one that is gone must be told.
  if (change.drop === "index") return `drop index ${change.name}`;
  return change.drop === "trigger"
    ? `drop trigger ${change.name} on ${change.of}`
    : `alter table ${change.of} drop constraint ${change.name}`;
}

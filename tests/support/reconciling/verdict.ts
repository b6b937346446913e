import type postgres from "postgres";
import type { Run } from "@/lib/giving/reconciliation/schemas";
import type { Planted } from "./planted.ts";

/** How a comparison did against what was planted. Each list empty: it found everything, and nothing else. */
export interface RunVerdict {
  /** Planted, and not reported. */
  readonly missed: string[];
  /** Reported, and not planted. */
  readonly invented: string[];
  /** Planted to be healed, and not healed. */
  readonly unhealed: string[];
  /** Sums that differ otherwise than was planted. */
  readonly wrongDrift: string[];
}

/** Judges a completed run by what was planted before it. */
export async function judgeRun(
  sql: postgres.Sql,
  run: Pick<Run, "sums">,
  planted: readonly Planted[],
): Promise<RunVerdict> {
  const wanted = new Map(
    planted.flatMap(({ name, reports }) => reports.map((each) => [each.join(" "), name] as const)),
  );
  const open = await sql<{ found: string }[]>`
    select kind || ' ' || object_id as found from private.reconciliation_discrepancies where state = 'open'`;
  const found = new Set(open.map((row) => row.found));
  return {
    missed: [...wanted].filter(([key]) => !found.has(key)).map(([key, name]) => `${name}: ${key}`),
    invented: [...found].filter((key) => !wanted.has(key)),
    unhealed: await unhealed(sql, planted),
    wrongDrift: wrongDrift(run, planted),
  };
}

async function unhealed(sql: postgres.Sql, planted: readonly Planted[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const { name, heals } of planted) {
    if (!heals) continue;
    const [row] = await sql<Record<string, string | number>[]>`
      select state::text, intent_id as intent, captured_minor::int as captured, refunded_minor::int as refunded, disputed_minor::int as disputed,
        lost_minor::int as lost, fee_minor::int as fee from public.payments where id = ${heals.paymentId}`;
    for (const [column, value] of Object.entries(heals.as))
      if (![value].flat().includes(row?.[column] ?? ""))
        wrong.push(`${name}: ${column} is ${row?.[column]}, not ${value} (${heals.paymentId})`);
  }
  return wrong;
}

function wrongDrift({ sums }: Pick<Run, "sums">, planted: readonly Planted[]): string[] {
  const wanted = new Map<string, number>();
  for (const [currency, kind, minor] of planted.flatMap(({ drift = [] }) => drift))
    wanted.set(`${currency} ${kind}`, (wanted.get(`${currency} ${kind}`) ?? 0) + minor);
  const found = new Map(
    sums.map(({ currency, kind, theirsMinor, oursMinor }) => [`${currency} ${kind}`, theirsMinor - oursMinor]),
  );
  return [...new Set([...wanted.keys(), ...found.keys()])]
    .filter((key) => (wanted.get(key) ?? 0) !== (found.get(key) ?? 0))
    .map((key) => `${key}: ${found.get(key) ?? 0}, not ${wanted.get(key) ?? 0}`);
}

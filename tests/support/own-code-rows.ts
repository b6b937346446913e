import type postgres from "postgres";

interface People {
  readonly owner: string;
  readonly stranger: string;
}

type Values = Readonly<Record<string, string | number | boolean | null>>;

const RUN = "00000000-0000-4000-8000-0000000001f1";
const ITEM = "00000000-0000-4000-8000-0000000001f2";

/** What is kept of somebody's own code, for the matrix of who may do what: it is read by them alone, and written by nobody. */
export function ownCodeTables<Cells>(o: {
  readonly cells: Cells;
  readonly seedAnalysis: (sql: postgres.TransactionSql, people: People) => Promise<void>;
  readonly analysis: string;
}) {
  const readOnly = { updatable: [], cells: o.cells } as const;
  const seed = async (sql: postgres.TransactionSql, people: People): Promise<Values> => {
    await o.seedAnalysis(sql, people);
    await sql`insert into public.own_code_consents (user_id, wording) values (${people.owner}, 1)`;
    await sql`
      insert into public.own_code_runs (id, user_id, analysis_id) values (${RUN}, ${people.owner}, ${o.analysis})`;
    await sql`
      insert into public.own_code_items
        (id, user_id, analysis_id, run_id, about, concepts, bloom, difficulty, name, path, line, end_line, snippet)
      values (${ITEM}, ${people.owner}, ${o.analysis}, ${RUN}, 'predict', '{null-safety}', 'understand', 4, 'f', 'a.ts',
        1, 3, 'function f() {}')`;
    return { user_id: people.owner };
  };
  return {
    own_code_consents: {
      seed,
      insert: (people: People): Values => ({ user_id: people.stranger, wording: 1 }),
      update: { wording: 2 },
      ...readOnly,
    },
    own_code_runs: {
      seed,
      insert: (people: People): Values => ({ user_id: people.stranger, analysis_id: o.analysis }),
      update: { found: 9 },
      ...readOnly,
    },
    own_code_items: {
      seed,
      insert: (people: People): Values => ({
        user_id: people.owner,
        analysis_id: o.analysis,
        run_id: RUN,
        about: "predict",
        concepts: "{null-safety}",
        bloom: "understand",
        difficulty: 4,
        name: "g",
        path: "b.ts",
        line: 1,
        end_line: 3,
        snippet: "forged",
      }),
      update: { snippet: "forged" },
      ...readOnly,
    },
  };
}

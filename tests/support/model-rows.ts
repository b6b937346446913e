import type postgres from "postgres";

interface People {
  readonly owner: string;
  readonly stranger: string;
}

/**
 * Calls to models and what came of them, for the matrix of who may do what.
 * @param cells what each of these tables allows: all the same
 * @param seedAnalysis makes sure that the owner has an analysis, and answers its id
 */
export function modelTables<Cells>(
  cells: Cells,
  seedAnalysis: (sql: postgres.TransactionSql, people: People) => Promise<string>,
) {
  return {
    analysis_wordings: {
      seed: async (sql: postgres.TransactionSql, people: People) => {
        const analysis = await seedAnalysis(sql, people);
        await sql`
          insert into public.analysis_wordings (analysis_id, user_id, provider, model, items)
          values (${analysis}, ${people.owner}, 'anthropic', 'a-model', '[]')`;
        return { analysis_id: analysis };
      },
      insert: (people: People) => ({
        analysis_id: "00000000-0000-4000-8000-0000000000a1",
        user_id: people.owner,
        provider: "anthropic",
        model: "forged",
        items: "[]",
      }),
      update: { items: "[]" },
      updatable: [],
      cells,
    },
    ai_calls: {
      seed: async (sql: postgres.TransactionSql, people: People) => {
        await sql`
          insert into public.ai_calls (user_id, task, provider, model, content_hash, reserved_micro)
          values (${people.owner}, 'write-hint', 'anthropic', 'a-model', ${"a".repeat(64)}, 1)`;
        return { user_id: people.owner };
      },
      insert: (people: People) => ({
        user_id: people.owner,
        task: "write-hint",
        provider: "anthropic",
        model: "forged",
        content_hash: "b".repeat(64),
        reserved_micro: 0,
      }),
      update: { reserved_micro: 0 },
      updatable: [],
      cells,
    },
  };
}

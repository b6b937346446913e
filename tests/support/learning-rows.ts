import type postgres from "postgres";

/** Rows of somebody who learns, for the matrix of who may do what. */
export const LEARNED = {
  session: "00000000-0000-4000-8000-0000000001e1",
  response: "00000000-0000-4000-8000-0000000001e2",
  activity: "00000000-0000-4000-8000-0000000001e3",
  pattern: "00000000-0000-4000-8000-0000000001e4",
} as const;

interface People {
  readonly owner: string;
  readonly stranger: string;
}

type Values = Readonly<Record<string, string | number | boolean | null>>;

/** A session with one answer, what is believed since, and a pattern seen in it. */
async function insertLearning(sql: postgres.TransactionSql, owner: string): Promise<void> {
  await sql`insert into public.learning_enrolments (user_id, track_slug) values (${owner}, 'a-track')`;
  await sql`
    insert into public.learning_sessions (id, user_id, topic) values (${LEARNED.session}, ${owner}, 'A topic')`;
  await sql`insert into public.learner_models (user_id, version) values (${owner}, 1)`;
  await sql`
    insert into public.learning_responses
      (id, session_id, user_id, activity_id, concept, answer, passed, standing, validation, attempt, model_version)
    values (${LEARNED.response}, ${LEARNED.session}, ${owner}, ${LEARNED.activity}, 'promises', '{}', false, 'final',
      '{}', '{}', 1)`;
  await sql`
    insert into public.concept_mastery (user_id, concept, status, chance, state)
    values (${owner}, 'promises', 'practising', 0.5, '{}')`;
  await sql`
    insert into public.mastery_changes (user_id, concept, response_id, chance_before, chance_after, status_before,
      status_after, reason_code, reason, model_version)
    values (${owner}, 'promises', ${LEARNED.response}, 0.5, 0.4, 'practising', 'practising', 'failed', 'Not passed.', 1)`;
  await sql`
    insert into public.learning_reviews (user_id, concept, due_at, last_at, stability, difficulty, reps, lapses)
    values (${owner}, 'promises', now(), now(), 1, 5, 1, 0)`;
  await sql`
    insert into public.learning_appeals (response_id, user_id, words) values (${LEARNED.response}, ${owner}, 'Look again')`;
  await sql`
    insert into public.learner_patterns (id, space_id, user_id, pattern, kind, concept)
    select ${LEARNED.pattern}, s.id, ${owner}, 'async-function', 'habit', 'promises'
    from public.pattern_spaces s where s.user_id = ${owner}`;
  await sql`
    insert into public.learner_pattern_sightings (learner_pattern_id, user_id, source, response_id, count, good)
    values (${LEARNED.pattern}, ${owner}, 'exercise', ${LEARNED.response}, 1, 1)`;
}

const own =
  (column: string) =>
  async (sql: postgres.TransactionSql, people: People): Promise<Values> => {
    await insertLearning(sql, people.owner);
    return { [column]: people.owner };
  };

/** @param cells what each table of learning allows: all the same */
export function learningTables<Cells>(cells: Cells) {
  const readOnly = { updatable: [], cells } as const;
  return {
    learning_enrolments: {
      seed: own("user_id"),
      insert: (people: People): Values => ({ user_id: people.stranger, track_slug: "forged" }),
      update: { track_slug: "forged" },
      ...readOnly,
    },
    learning_sessions: {
      seed: own("user_id"),
      insert: (people: People): Values => ({ user_id: people.owner, topic: "Forged" }),
      update: { topic: "Forged" },
      ...readOnly,
    },
    learner_models: {
      seed: own("user_id"),
      insert: (people: People): Values => ({ user_id: people.stranger, ability: 5 }),
      update: { ability: 5 },
      ...readOnly,
    },
    learning_responses: {
      seed: own("user_id"),
      insert: (people: People): Values => ({
        session_id: LEARNED.session,
        user_id: people.owner,
        activity_id: LEARNED.activity,
        concept: "promises",
        answer: "{}",
        passed: true,
        standing: "final",
        validation: "{}",
        attempt: "{}",
        model_version: 2,
      }),
      update: { passed: true },
      ...readOnly,
    },
    concept_mastery: {
      seed: own("user_id"),
      insert: (people: People): Values => ({
        user_id: people.owner,
        concept: "closures",
        status: "mastered",
        chance: 1,
        state: "{}",
      }),
      update: { status: "mastered" },
      ...readOnly,
    },
    mastery_changes: {
      seed: own("user_id"),
      insert: (people: People): Values => ({
        user_id: people.owner,
        concept: "promises",
        response_id: LEARNED.response,
        chance_before: 0,
        chance_after: 1,
        status_before: "practising",
        status_after: "mastered",
        reason_code: "forged",
        reason: "Forged",
        model_version: 2,
      }),
      update: { reason: "Forged" },
      ...readOnly,
    },
    learning_reviews: {
      seed: own("user_id"),
      insert: (people: People): Values => ({
        user_id: people.owner,
        concept: "closures",
        due_at: "2026-01-01T00:00:00Z",
        last_at: "2026-01-01T00:00:00Z",
        stability: 1,
        difficulty: 5,
        reps: 1,
        lapses: 0,
      }),
      update: { lapses: 0 },
      ...readOnly,
    },
    learning_appeals: {
      seed: own("user_id"),
      insert: (people: People): Values => ({
        response_id: LEARNED.response,
        user_id: people.stranger,
        words: "Forged",
      }),
      update: { settlement: "Forged" },
      ...readOnly,
    },
    learner_patterns: {
      seed: own("user_id"),
      insert: (people: People): Values => ({
        space_id: LEARNED.pattern,
        user_id: people.owner,
        pattern: "forged",
        kind: "habit",
        concept: "promises",
      }),
      update: { correction: "known" },
      ...readOnly,
    },
    learner_pattern_sightings: {
      seed: own("user_id"),
      insert: (people: People): Values => ({
        learner_pattern_id: LEARNED.pattern,
        user_id: people.owner,
        source: "exercise",
        response_id: LEARNED.response,
        count: 9,
        good: 9,
      }),
      update: { count: 9 },
      ...readOnly,
    },
  };
}

import type postgres from "postgres";
import { GIFT, insertCampaign, insertGift } from "./giving-rows.ts";
import { modelTables } from "./model-rows.ts";
import { learningTables } from "./learning-rows.ts";
import { ownCodeTables } from "./own-code-rows.ts";

/**
 * Who may do what to which row, for each table that the Data API exposes. tests/integration/rls-matrix.test.ts
 * performs every cell and fails when the database has a table (or a callable function) that stands here not.
 */
export const ACTORS = ["anon", "owner", "stranger", "service"] as const;
export type Actor = (typeof ACTORS)[number];

export const VERBS = ["select", "insert", "update", "delete"] as const;
export type Verb = (typeof VERBS)[number];

/**
 * `row`: it takes effect on the owner's row. `none`: permitted in general, but no row is in reach. `refused`: the
 * database answers 42501, because of a missing grant or a policy's check.
 */
export type Outcome = "row" | "none" | "refused";

type Cells = Readonly<Record<Actor, Readonly<Record<Verb, Outcome>>>>;
type Values = Readonly<Record<string, string | number | boolean | null>>;

export interface People {
  readonly owner: string;
  readonly stranger: string;
}

export interface TableExpectation {
  /** As `postgres`: makes sure that the owner has a row and answers what identifies it. */
  seed(sql: postgres.TransactionSql, people: People): Promise<Values>;
  /** A complete row that somebody could try to insert. */
  insert(people: People): Values;
  /** A harmless change; of columns that people may change, where there are any. */
  update: Values;
  /** Exactly the columns that `authenticated` may update. */
  updatable: readonly string[];
  cells: Cells;
}

const NOTHING = { select: "refused", insert: "refused", update: "refused", delete: "refused" } as const;

/** Written by SQL functions alone: the owner reads, others see nothing of it. */
const READ_OWN: Cells = {
  anon: NOTHING,
  owner: { ...NOTHING, select: "row" },
  stranger: { ...NOTHING, select: "none" },
  service: NOTHING,
};

/** The owner also changes some columns; a stranger's change meets no row. */
const READ_AND_CHANGE_OWN: Cells = {
  ...READ_OWN,
  owner: { ...NOTHING, select: "row", update: "row" },
  stranger: { ...NOTHING, select: "none", update: "none" },
};

/** On public pages: everybody reads, nobody writes. */
const READ_ALL: Cells = {
  ...READ_OWN,
  anon: { ...NOTHING, select: "row" },
  stranger: { ...NOTHING, select: "row" },
};

/** Rows that the first sign-in made. */
const ownBy =
  (column: string): TableExpectation["seed"] =>
  (_, people) =>
    Promise.resolve({ [column]: people.owner });

const ANALYSIS = "00000000-0000-4000-8000-0000000000a1";

async function seedAnalysis(sql: postgres.TransactionSql, people: People): Promise<void> {
  await sql`
    insert into public.analyses (id, requested_by, repo_url, host, owner, name, engine, estimated_seconds)
    values (${ANALYSIS}, ${people.owner}, 'https://example.test/a/b', 'example.test', 'a', 'b', 1, 5)`;
  await sql`
    insert into public.analysis_askers (analysis_id, user_id, how) values (${ANALYSIS}, ${people.owner}, 'started')`;
}

export const TABLES: Readonly<Record<string, TableExpectation>> = {
  profiles: {
    seed: ownBy("id"),
    insert: (people) => ({ id: people.stranger, display_name: "Somebody" }),
    update: { display_name: "Renamed" },
    updatable: ["avatar_url", "display_name"],
    cells: READ_AND_CHANGE_OWN,
  },
  preferences: {
    seed: ownBy("user_id"),
    insert: (people) => ({ user_id: people.stranger }),
    update: { theme: "dark" },
    updatable: [
      ..."ai_grading ai_hints ai_lessons content_format".split(" "),
      ..."mail_analysis mail_giving mail_learning notify_analysis notify_giving notify_learning theme".split(" "),
    ],
    cells: READ_AND_CHANGE_OWN,
  },
  learning_profiles: {
    seed: ownBy("user_id"),
    insert: (people) => ({ user_id: people.stranger }),
    update: { weekly_goal_minutes: 60 },
    updatable: ["weekly_goal_minutes"],
    cells: READ_AND_CHANGE_OWN,
  },
  pattern_spaces: {
    seed: ownBy("user_id"),
    insert: (people) => ({ user_id: people.stranger }),
    update: { created_at: "2026-01-01T00:00:00Z" },
    updatable: [],
    cells: READ_OWN,
  },
  user_roles: {
    seed: (_, people) => Promise.resolve({ user_id: people.owner, role: "member" }),
    insert: (people) => ({ user_id: people.owner, role: "operator" }),
    update: { role: "operator" },
    updatable: [],
    cells: READ_OWN,
  },
  notifications: {
    seed: async (sql, people) => {
      await sql`
        insert into public.notifications (user_id, version, kind, title)
        values (${people.owner}, 1, 'analysis.completed', 'Your analysis is done')`;
      return { user_id: people.owner, version: 1 };
    },
    insert: (people) => ({ user_id: people.owner, version: 2, kind: "analysis.completed", title: "Forged" }),
    update: { read_at: "2026-01-01T00:00:00Z" },
    updatable: [],
    cells: READ_OWN,
  },
  analyses: {
    seed: async (sql, people) => {
      await seedAnalysis(sql, people);
      return { id: ANALYSIS };
    },
    insert: (people) => ({
      requested_by: people.owner,
      repo_url: "https://example.test/c/d",
      host: "example.test",
      owner: "c",
      name: "d",
      engine: 1,
      estimated_seconds: 5,
    }),
    update: { progress: 1 },
    updatable: [],
    cells: READ_OWN,
  },
  analysis_askers: {
    seed: async (sql, people) => {
      await seedAnalysis(sql, people);
      return { analysis_id: ANALYSIS };
    },
    insert: (people) => ({ analysis_id: ANALYSIS, user_id: people.stranger, how: "joined" }),
    update: { how: "joined" },
    updatable: [],
    cells: READ_OWN,
  },
  analysis_files: {
    seed: async (sql, people) => {
      await seedAnalysis(sql, people);
      await sql`insert into public.analysis_files (analysis_id, first_file, files) values (${ANALYSIS}, 0, '[]')`;
      return { analysis_id: ANALYSIS };
    },
    insert: () => ({ analysis_id: ANALYSIS, first_file: 1000, files: "[]" }),
    update: { files: "[]" },
    updatable: [],
    cells: READ_OWN,
  },
  analysis_packages: {
    seed: async (sql, people) => {
      await seedAnalysis(sql, people);
      await sql`insert into public.analysis_packages (analysis_id, lockfiles) values (${ANALYSIS}, '[]')`;
      return { analysis_id: ANALYSIS };
    },
    insert: () => ({ analysis_id: ANALYSIS, lockfiles: "[]" }),
    update: { lockfiles: "[]" },
    updatable: [],
    cells: READ_OWN,
  },
  analysis_vulnerabilities: {
    seed: async (sql, people) => {
      await seedAnalysis(sql, people);
      await sql`insert into public.analysis_vulnerabilities (analysis_id, asked_by) values (${ANALYSIS}, ${people.owner})`;
      return { analysis_id: ANALYSIS };
    },
    insert: (people) => ({ analysis_id: ANALYSIS, asked_by: people.owner }),
    update: { asked_at: "2026-01-01" },
    updatable: [],
    cells: READ_OWN,
  },
  finding_suppressions: {
    seed: async (sql, people) => {
      await sql`
        insert into public.finding_suppressions (user_id, repo_url, finding, rule, title, path, reason)
        values (${people.owner}, 'https://example.test/a/b', ${"a".repeat(32)}, 'code/eval', 'Eval', 'a.js', 'Fixed input')`;
      return { user_id: people.owner, finding: "a".repeat(32) };
    },
    insert: (people) => ({
      user_id: people.owner,
      repo_url: "https://example.test/a/b",
      finding: "b".repeat(32),
      rule: "code/eval",
      title: "Eval",
      path: "a.js",
      reason: "Forged here",
    }),
    update: { reason: "Another one" },
    updatable: [],
    cells: READ_OWN,
  },
  analysis_events: {
    seed: async (sql, people) => {
      await seedAnalysis(sql, people);
      await sql`
        insert into public.analysis_events (analysis_id, type, phase, version, data)
        values (${ANALYSIS}, 'progress', 'clone', 1, '{}')`;
      return { analysis_id: ANALYSIS };
    },
    insert: () => ({ analysis_id: ANALYSIS, type: "found", phase: "clone", version: 2, data: "{}" }),
    update: { version: 9 },
    updatable: [],
    cells: READ_OWN,
  },

  // Models. Operators read every call: integration/platform/ai.test.ts.
  ...modelTables(READ_OWN, async (sql, people) => {
    await seedAnalysis(sql, people);
    return ANALYSIS;
  }),

  // Giving. Drafts, organisers and anonymous gifts have tests of their own: integration/giving/sql-rls.test.ts.
  campaigns: {
    seed: async (sql, people) => {
      await insertCampaign(sql, people.owner);
      return { id: GIFT.campaign };
    },
    insert: (people) => ({
      owner_id: people.stranger,
      slug: "forged",
      title: "Forged",
      summary: "s",
      story: "s",
      goal_minor: 1,
      currency: "EUR",
    }),
    update: { goal_minor: 1 },
    updatable: [],
    cells: READ_ALL,
  },
  campaign_totals: {
    seed: async (sql, people) => {
      await insertCampaign(sql, people.owner);
      return { campaign_id: GIFT.campaign };
    },
    insert: () => ({ campaign_id: GIFT.pledge, currency: "EUR" }),
    update: { raised_minor: 1 },
    updatable: [],
    cells: READ_ALL,
  },
  pledges: {
    seed: async (sql, people) => {
      await insertGift(sql, people.owner);
      return { id: GIFT.pledge };
    },
    insert: (people) => ({
      campaign_id: GIFT.campaign,
      user_id: people.stranger,
      gift_minor: 1,
      cover_minor: 0,
      currency: "EUR",
      anonymous: false,
      idempotency_id: GIFT.payment,
      event_id: GIFT.payment,
    }),
    update: { status: "completed" },
    updatable: [],
    cells: READ_OWN,
  },
  pledge_donors: {
    seed: async (sql, people) => {
      await insertGift(sql, people.owner);
      return { pledge_id: GIFT.pledge };
    },
    insert: () => ({ pledge_id: GIFT.payment, email: "x@example.test", email_hash: "0".repeat(64) }),
    update: { name: "Forged" },
    updatable: [],
    cells: READ_OWN,
  },
  payments: {
    seed: async (sql, people) => {
      await insertGift(sql, people.owner);
      return { id: GIFT.payment };
    },
    insert: () => ({
      pledge_id: GIFT.pledge,
      campaign_id: GIFT.campaign,
      number: 2,
      gift_minor: 1,
      cover_minor: 0,
      currency: "EUR",
    }),
    update: { state: "completed" },
    updatable: [],
    cells: READ_OWN,
  },
  refunds: {
    seed: async (sql, people) => {
      await insertGift(sql, people.owner);
      await sql`
        insert into public.refunds (id, payment_id, amount_minor, currency, reason)
        values (${GIFT.pledge}, ${GIFT.payment}, 5, 'EUR', 'duplicate')`;
      return { id: GIFT.pledge };
    },
    insert: () => ({ payment_id: GIFT.payment, amount_minor: 1, currency: "EUR", reason: "duplicate" }),
    update: { status: "succeeded" },
    updatable: [],
    cells: READ_OWN,
  },
  disputes: {
    seed: async (sql, people) => {
      await insertGift(sql, people.owner);
      await sql`
        insert into public.disputes (id, payment_id, dispute_id, amount_minor, currency, status, read_at)
        values (${GIFT.pledge}, ${GIFT.payment}, 'dp_1', 5, 'EUR', 'needs_response', now())`;
      return { id: GIFT.pledge };
    },
    insert: () => ({
      payment_id: GIFT.payment,
      dispute_id: "dp_2",
      amount_minor: 1,
      currency: "EUR",
      status: "won",
      read_at: "2026-01-01T00:00:00Z",
    }),
    update: { status: "won" },
    updatable: [],
    cells: READ_OWN,
  },
  owner_mail_preferences: {
    seed: async (sql, people) => {
      await sql`insert into public.owner_mail_preferences (user_id) values (${people.owner})`;
      return { user_id: people.owner };
    },
    insert: (people) => ({ user_id: people.stranger, updates: "none" }),
    update: { updates: "none" },
    updatable: [],
    cells: READ_OWN,
  },

  // Learning: each learner reads their own, and SQL functions alone write.
  ...learningTables(READ_OWN),
  ...ownCodeTables({ cells: READ_OWN, seedAnalysis, analysis: ANALYSIS }),
};

/** Functions that a browser's key may call, with and without a signed-in person. Everything else is refused. */
export const CALLABLE: Readonly<Record<"anon" | "authenticated", readonly string[]>> = {
  anon: [
    "public.campaign_view(p_campaign campaigns, p_totals campaign_totals)",
    "public.list_campaigns(p_status text, p_query text, p_after jsonb, p_limit integer)",
    "public.read_campaign(p_id_or_slug text)",
    "public.recent_donations(p_campaign uuid, p_limit integer)",
  ],
  authenticated: [
    // In policies, so whoever reads the tables must be able to run them; `private` itself is out of the API's reach.
    "private.caller_is_live()",
    "private.has_live_role(wanted app_role)",
    "private.has_role(wanted app_role)",
    "private.may_join(topic text)",
    "public.advance_onboarding(p_step text)",
    "public.campaign_view(p_campaign campaigns, p_totals campaign_totals)",
    "public.list_campaigns(p_status text, p_query text, p_after jsonb, p_limit integer)",
    "public.read_campaign(p_id_or_slug text)",
    "public.recent_donations(p_campaign uuid, p_limit integer)",
    "public.block_caller(p_kind text, p_subject text, p_reason text, p_expires_at timestamp with time zone)",
    "public.cancel_analysis(p_analysis uuid)",
    "public.delete_my_account()",
    "public.export_my_data()",
    "public.lift_block(p_id uuid)",
    "public.list_analysis_file_languages(p_analysis uuid)",
    "public.list_analysis_files(p_analysis uuid, p_language text, p_counted boolean, p_after integer, p_limit integer)",
    "public.list_blocks()",
    "public.list_flags()",
    "public.mark_notifications_read(p_ids uuid[], p_up_to bigint)",
    "public.my_access()",
    "public.my_github_connection()",
    "public.set_flag(p_name text, p_version bigint, p_killed boolean, p_value jsonb, p_percentage integer, p_roles app_role[], p_user_ids uuid[], p_reason text)",
    "public.set_role(p_user_id uuid, p_role app_role, p_granted boolean)",
  ],
};

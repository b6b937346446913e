import { afterAll, beforeEach } from "vitest";
import { serverEnv } from "@/lib/env/server";
import type { InsightText } from "@/lib/platform/ai/rephrase-insights";
import { POLICIES } from "@/lib/platform/resilience/policies";
import { Resilience } from "@/lib/platform/resilience/resilience";
import { startAiProvider, TOKENS, type TestProvider } from "./ai-provider.ts";
import { useProductEnv } from "./product-env.ts";
import type { TestSupabase, TestUser } from "./supabase.ts";

/** What every answer costs at the two price lists: 1,000 tokens in, 200 out. */
export const CLAUDE_COST = 100 + 100;
export const OTHER_COST = 200 + 240;
/** As a row of `ai_calls` has them. */
export const COUNTED = { input: TOKENS.input, output: TOKENS.output };

export const INSIGHTS: readonly [InsightText, InsightText] = [
  {
    kind: "gap",
    sentence: "7 of 12 asynchronous functions let errors go unhandled.",
    reason: "An unhandled rejection ends a Node process.",
    mayNotSink: true,
  },
  {
    kind: "gap",
    sentence: "Public functions have documentation in 3 of 40 places.",
    reason: "Readers look for documentation at public functions first.",
    mayNotSink: false,
  },
];

/** A rewording of both that holds. */
export const GOOD = [
  {
    insight: 1,
    sentence: "Only 3 of 40 public functions have documentation.",
    quotes: ["documentation in 3 of 40 places"],
  },
  {
    insight: 0,
    sentence: "Errors go unhandled in 7 of your 12 asynchronous functions.",
    quotes: ["let errors go unhandled"],
  },
] as const;

/** An answer as both providers carry it. */
export const elements = (list: readonly object[]): string => JSON.stringify({ elements: list });

/** Says for somebody that models may be asked for everything. */
export async function allowModels(who: TestUser): Promise<void> {
  const { error } = await who.client
    .from("preferences")
    .update({ ai_hints: true, ai_grading: true, ai_lessons: true })
    .eq("user_id", who.id);
  if (error) throw new Error(`The preferences were not changed: ${error.message}`, { cause: error });
}

export interface Models {
  readonly claude: TestProvider;
  readonly other: TestProvider;
  /** The guards of this test. */
  readonly guards: Resilience;
  /** Lets the policy wait far longer than a test may take, so that what ends is ended by something else. */
  waitForever(): void;
  /** Changes the environment that the product reads, for one test. */
  changed(changes: Partial<ReturnType<typeof serverEnv>>): void;
  /** The calls made for somebody, the first first. */
  calls(who: TestUser): Promise<readonly CallRow[]>;
}

interface CallRow {
  readonly status: string;
  readonly provider: string;
  readonly cost: number;
  readonly input: number | null;
  readonly output: number | null;
  readonly note: string | null;
}

/** The policy's own shape, with less waiting and a fixed number of attempts. */
function quickGuards(timeoutMs = 1_000): Resilience {
  const guards = new Resilience(
    { ...POLICIES, ai: { ...POLICIES.ai, attempts: 2, timeoutMs, firstDelayMs: 5, maxDelayMs: 3_000 } },
    () => "UTC",
  );
  (globalThis as { [key: symbol]: unknown })[Symbol.for("devmentor.resilience")] = guards;
  return guards;
}

/** Two providers, one for each protocol, asked in that order, well and with budgets enough at the start of each test. */
export async function useModels(supabase: TestSupabase): Promise<Models> {
  const claude = await startAiProvider();
  const other = await startAiProvider();
  afterAll(async () => {
    await claude.close();
    await other.close();
  });
  useProductEnv({
    supabase,
    further: () => ({
      AI_ANTHROPIC_API_KEY: "sk-ant-test",
      AI_ANTHROPIC_URL: claude.url,
      AI_OPENAI_API_KEY: "sk-other",
      AI_OPENAI_URL: other.url,
      AI_OPENAI_MODEL: "a-model",
      AI_OPENAI_PRICES: "0.2/1.2",
    }),
  });
  const changed: Models["changed"] = (changes) => void Object.assign(serverEnv(), changes);
  const current: { guards?: Resilience } = {};
  beforeEach(() => {
    current.guards = quickGuards();
    for (const provider of [claude, other]) {
      provider.is("well");
      provider.says(elements(GOOD));
      provider.calls.length = 0;
    }
    changed({
      AI_ANTHROPIC_API_KEY: "sk-ant-test",
      AI_OPENAI_API_KEY: "sk-other",
      AI_PROVIDER_ORDER: ["anthropic", "openai"],
      AI_DAILY_BUDGET_MICRO_USD: 1_000_000_000,
      AI_USER_DAILY_BUDGET_MICRO_USD: 1_000_000_000,
    });
  });
  return {
    claude,
    other,
    get guards() {
      if (!current.guards) throw new Error("The guards are there inside tests only.");
      return current.guards;
    },
    waitForever() {
      current.guards = quickGuards(3_600_000);
    },
    changed,
    calls: (who) => supabase.sql<CallRow[]>`
      select status::text, provider, cost_micro::int as cost, input_tokens as input, output_tokens as output, note
      from public.ai_calls where user_id = ${who.id} order by created_at`,
  };
}

import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { beginReconciliation, requestReconciliation } from "@/lib/giving/reconciliation/look-after-runs";
import { reconcileOn } from "@/lib/giving/reconciliation/reconcile";
import type { Run } from "@/lib/giving/reconciliation/schemas";
import { giving as givingFunctions } from "../../support/giving.ts";
import { makePayments, type Row } from "../../support/reconciling/payments.ts";
import { mendBooks, plant, type Planted } from "../../support/reconciling/planted.ts";
import { Provider } from "../../support/reconciling/provider.ts";
import { judgeRun } from "../../support/reconciling/verdict.ts";
import { useGiving } from "./giving-harness.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const COUNT = 2_000;
const giving = useGiving();
const money = givingFunctions(() => giving.supabase.sql);
const NOTHING_WRONG = { missed: [], invented: [], unhealed: [], wrongDrift: [] };
let provider: Provider | undefined;
let rows: Row[];
let planted: Planted[];

beforeAll(async () => {
  const { sql } = giving.supabase;
  rows = await makePayments(sql, COUNT, { days: 20, unsent: 2 });
  provider = await Provider.of(giving.stripe);
  provider.fill(rows);
}, 300_000);
afterAll(() => provider?.close());

/** A whole run, by two at once: a step that was thought dead and the one that follows it. */
async function reconciledByTwo(from: string | null): Promise<Run> {
  const operator = await giving.supabase.asUser({ roles: ["operator"] });
  await requestReconciliation(operator.id, from);
  const one = async (): Promise<Run | null> => {
    let run = await reconcileOn(null);
    while (run?.state === "running") run = await reconcileOn(run.id);
    return run;
  };
  // Null: the other one ended it before this one looked.
  const run = (await Promise.all([one(), one()])).find((each) => each !== null);
  expect(run).toMatchObject({ state: "completed", stage: "done", error: null });
  return run as Run;
}

it("thousands of payments that agree with the provider's show no difference, whatever way they went", async () => {
  expect(await money.broken(true)).toEqual([]);
  await beginReconciliation("schedule");
  let run = await reconcileOn(null);
  while (run?.state === "running") run = await reconcileOn(null);
  expect(run).toMatchObject({ state: "completed", error: null });
  const taken = rows.filter(({ way }) => !["unsent", "pending", "held", "canceled"].includes(way)).length;
  expect(run?.counts).toMatchObject({ intents: COUNT - 2, fees: taken });
  expect([run?.counts["healed"], run?.counts["different"]]).toEqual([undefined, undefined]);
  expect(await judgeRun(giving.supabase.sql, run as Run, [])).toEqual(NOTHING_WRONG);
  expect(await money.broken(false)).toEqual([]);
});

it("every difference planted among them is found or healed, by currency, and none is invented", async () => {
  if (!provider) throw new Error("The provider was not filled.");
  planted = await plant(rows, 2, { sql: giving.supabase.sql, provider, emulator: giving.stripe });
  const run = await reconciledByTwo(new Date(Date.now() - 30 * 86_400_000).toISOString());
  expect(await judgeRun(giving.supabase.sql, run, planted)).toEqual(NOTHING_WRONG);
});

it("the next run heals nothing again, finds the same, and what was put right meanwhile is gone", async () => {
  const left = await mendBooks(giving.supabase.sql, planted);
  expect(await money.broken(false)).toEqual([]);
  const run = await reconciledByTwo(new Date(Date.now() - 30 * 86_400_000).toISOString());
  expect([run.counts["healed"], run.counts["fees"]]).toEqual([undefined, undefined]);
  expect(await judgeRun(giving.supabase.sql, run, left)).toEqual(NOTHING_WRONG);
});

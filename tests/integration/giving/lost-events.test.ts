import { beforeAll, expect, it, vi } from "vitest";
import { projectLostEvents } from "@/lib/giving/totals/project-totals";
import { giving as givingFunctions } from "../../support/giving.ts";
import { useGiving } from "./giving-harness.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());

const giving = useGiving();
const money = givingFunctions(() => giving.supabase.sql);
let campaign: string;
beforeAll(async () => {
  campaign = await giving.campaign();
});

/** Events that were published a while ago, and whose workflows got lost. */
async function lostEvents(pledges: number): Promise<number> {
  for (let n = 0; n < pledges; n += 1) await money.completed(campaign);
  const { count } = await giving.supabase.sql`
    update private.outbox set published_at = now() - interval '2 minutes'
    where aggregate_type = 'pledge' and name like 'giving/%' and published_at is null`;
  return count;
}
const totals = async () => (await money.totals(campaign))["completed_count"];

it("a backlog of lost events is folded by one look, batch after batch, and counts once", async () => {
  const lost = await lostEvents(3);
  expect(await projectLostEvents(4)).toBe(lost);
  expect(await totals()).toBe(3);
  expect(await projectLostEvents(4)).toBe(0);
  expect(await totals()).toBe(3);
});

it("a look that has gone on for long enough leaves the rest to the next", async () => {
  const lost = await lostEvents(3);
  let at = 0;
  const hurried = () => (at += 60_000);
  expect(await projectLostEvents(4, hurried)).toBe(4);
  expect(await projectLostEvents(4)).toBe(lost - 4);
  expect(await totals()).toBe(6);
});

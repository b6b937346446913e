import { describe, expect, test, vi } from "vitest";
import { FlagReader } from "@/lib/platform/flags/flag-reader";
import { FLAGS } from "@/lib/platform/flags/flags";
import { flag, setFlag } from "@/lib/platform/flags/flag";
import { listFlagRules, readFlagRules } from "@/lib/platform/flags/store";
import { startAnalysis } from "@/lib/analysis/start-analysis";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase } from "../../support/supabase.ts";

const supabase = useSupabase();
useProductEnv({ supabase });

const NAME = "start-analyses";
const rules = (version: number, more: object = {}) => ({
  name: NAME,
  version,
  killed: false,
  value: true,
  percentage: 100,
  roles: [],
  userIds: [],
  ...more,
});
/** A process that has just begun. */
const fresh = () => new FlagReader({ table: FLAGS, read: readFlagRules, log: { warn: () => undefined } });

// In this order: each builds on what the one before has set.
describe("a flag in the store", () => {
  test("has its default until an operator sets it", async () => {
    expect(await flag(NAME)).toBe(FLAGS[NAME].default);
  });

  test("is set by operators alone, with a reason, and on the record", async () => {
    const [member, operator] = [await supabase.asUser(), await supabase.asUser({ roles: ["operator"] })];
    await expect(setFlag(member.client, rules(0), "because")).rejects.toMatchObject({ code: "forbidden" });
    await expect(listFlagRules(member.client)).rejects.toMatchObject({ code: "forbidden" });
    await expect(setFlag(operator.client, rules(0), "  ")).rejects.toMatchObject({ code: "rule_broken" });
    await expect(setFlag(operator.client, rules(0, { percentage: 101 }), "why")).rejects.toMatchObject({
      code: "rule_broken",
    });
    await expect(setFlag(operator.client, rules(0, { value: "perhaps" }), "why")).rejects.toMatchObject({
      code: "rule_broken",
    });
    await expect(setFlag(operator.client, rules(0, { name: "no-such-flag" }), "why")).rejects.toMatchObject({
      code: "not_found",
    });

    const set = await setFlag(operator.client, rules(0, { killed: true }), "the host asked us to stop");
    expect(set).toMatchObject({ killed: true, version: 1 });
    const { flags, changes } = await listFlagRules(operator.client);
    expect(flags).toEqual([set]);
    expect(changes).toEqual([
      expect.objectContaining({
        flag: NAME,
        actorId: operator.id,
        reason: "the host asked us to stop",
        before: null,
        after: set,
      }),
    ]);
  });

  test("that was killed is off for everybody, and the product heeds it", async () => {
    const person = await supabase.asUser();
    expect(await fresh().get(NAME, { userId: person.id })).toBe(false);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 11_000 });
    await flag(NAME);
    vi.useRealTimers();
    await vi.waitFor(async () => expect(await flag(NAME)).toBe(false));
    const request = { userId: person.id, repoUrl: "https://github.com/a/b", traceparent: null };
    await expect(startAnalysis(request, () => Promise.resolve(null))).rejects.toMatchObject({
      code: "service_unavailable",
    });
  });

  test("is not overwritten by an operator who saw an older version, however many try at once", async () => {
    const operator = await supabase.asUser({ roles: ["operator"] });
    const tries = await Promise.allSettled(
      Array.from({ length: 5 }, () => setFlag(operator.client, rules(1), "the host is fine again")),
    );
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(tries.flatMap((one) => (one.status === "rejected" ? [one.reason.code] : []))).toEqual(
      Array<string>(4).fill("conflict"),
    );
    expect((await listFlagRules(operator.client)).changes).toHaveLength(2);
    expect(await fresh().get(NAME)).toBe(true);
  });

  test("is refused to an operator whose role was taken away a moment ago", async () => {
    const operator = await supabase.asUser({ roles: ["operator"] });
    await supabase.sql`delete from public.user_roles where user_id = ${operator.id} and role = 'operator'`;
    await expect(setFlag(operator.client, rules(2), "why")).rejects.toMatchObject({ code: "forbidden" });
  });
});

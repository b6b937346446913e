import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { TRUSTED_FUNCTIONS } from "@/lib/platform/supabase/trusted";
import { giving } from "../../support/giving.ts";
import { type TestClient, type TestUser, useSupabase } from "../../support/supabase.ts";

const supabase = useSupabase();
const g = giving(() => supabase.sql);
const people: Partial<Record<"owner" | "otherAdmin" | "operator" | "donor", TestUser>> = {};
const world = { campaign: "", draft: "", named: "", anonymous: "", payment: "" };

function person(name: keyof typeof people): TestUser {
  const found = people[name];
  if (!found) throw new Error(`${name} has not signed up`);
  return found;
}

beforeAll(async () => {
  people.owner = await supabase.asUser({ roles: ["campaign_admin"] });
  people.otherAdmin = await supabase.asUser({ roles: ["campaign_admin"] });
  people.operator = await supabase.asUser({ roles: ["operator"] });
  people.donor = await supabase.asUser();
  world.campaign = await g.campaign(person("owner").id);
  world.draft = await g.campaign(person("owner").id, { title: "A secret plan" }, "draft");
  const userId = person("donor").id;
  const named = await g.completed(world.campaign, { userId }, { name: "Dora Named", email: "named@example.test" });
  const hidden = await g.completed(
    world.campaign,
    { userId },
    { name: "Hidden Harry", email: "hidden@example.test", anonymous: true, message: "Tell nobody" },
  );
  Object.assign(world, { named: named.pledgeId, anonymous: hidden.pledgeId, payment: hidden.paymentId });
});

const pledgesSeenBy = async (client: TestClient) =>
  ((await client.from("pledges").select("id")).data ?? []).map(({ id }) => id).toSorted();
const donorsSeenBy = async (client: TestClient) =>
  ((await client.from("pledge_donors").select("name")).data ?? []).map(({ name }) => name).toSorted();
const paymentsSeenBy = async (client: TestClient) => (await client.from("payments").select("id")).data?.length;

describe("who sees which gift", () => {
  test("the donor: both of theirs; operators: all; a stranger: none", async () => {
    const both = [world.named, world.anonymous].toSorted();
    for (const name of ["donor", "operator"] as const) {
      expect(await pledgesSeenBy(person(name).client)).toEqual(both);
      expect(await donorsSeenBy(person(name).client)).toEqual(["Dora Named", "Hidden Harry"]);
      expect(await paymentsSeenBy(person(name).client)).toBe(2);
    }
    for (const client of [person("otherAdmin").client, (await supabase.asUser()).client]) {
      expect([await pledgesSeenBy(client), await donorsSeenBy(client), await paymentsSeenBy(client)]).toEqual([
        [],
        [],
        0,
      ]);
    }
  });

  test("the organiser: the named one alone, and none once the role is gone", async () => {
    const { client, id } = person("owner");
    expect(await pledgesSeenBy(client)).toEqual([world.named]);
    expect(await donorsSeenBy(client)).toEqual(["Dora Named"]);
    expect(await paymentsSeenBy(client)).toBe(1);
    await supabase.sql`delete from public.user_roles where user_id = ${id} and role = 'campaign_admin'`;
    expect([await pledgesSeenBy(client), await donorsSeenBy(client)]).toEqual([[], []]);
    await supabase.sql`insert into public.user_roles (user_id, role) values (${id}, 'campaign_admin')`;
  });

  test("everybody: the last gifts, of anonymous ones neither name, address nor message", async () => {
    const { data } = await supabase.asAnon().rpc("recent_donations", { p_campaign: world.campaign });
    expect(data).toMatchObject([
      { pledgeId: world.anonymous, name: null, message: null, amountMinor: 1000 },
      { pledgeId: world.named, name: "Dora Named" },
    ]);
    expect(JSON.stringify(data)).not.toMatch(/@|Harry|nobody/);
  });
});

describe("who sees which campaign", () => {
  const titles = async (client: TestClient) => {
    const { data } = await client.rpc("list_campaigns", {});
    return (data as { items: { campaign: { title: string } }[] }).items.map(({ campaign }) => campaign.title);
  };

  test("drafts: their owner, campaign admins and operators; nobody else, by list, by id or by slug", async () => {
    for (const client of [supabase.asAnon(), person("donor").client]) {
      expect(await titles(client)).toEqual(["A well"]);
      expect((await client.rpc("read_campaign", { p_id_or_slug: world.draft })).data).toBeNull();
      expect((await client.rpc("read_campaign", { p_id_or_slug: "a-secret-plan" })).data).toBeNull();
    }
    for (const name of ["owner", "otherAdmin", "operator"] as const) {
      expect(await titles(person(name).client)).toEqual(["A secret plan", "A well"]);
    }
    expect((await supabase.asAnon().rpc("read_campaign", { p_id_or_slug: "a-well" })).data).toMatchObject({
      campaign: { id: world.campaign },
      totals: { currency: "EUR", goalMinor: 100_000 },
    });
  });

  test("are found by words and by part of their title, a page at a time", async () => {
    const owner = person("owner").id;
    for (let n = 1; n <= 5; n += 1)
      await g.campaign(owner, { title: `Library number ${n}`, summary: "Reading for children" });
    const list = async (args: object) =>
      (await supabase.asAnon().rpc("list_campaigns", args)).data as {
        items: { campaign: { title: string } }[];
        next: { createdAt: string; id: string } | null;
      };
    const seen: string[] = [];
    let after: { createdAt: string; id: string } | null = null;
    do {
      const page = await list({ p_query: "reads children", p_limit: 2, p_after: after });
      seen.push(...page.items.map(({ campaign }) => campaign.title));
      after = page.next;
    } while (after);
    expect(seen).toEqual([5, 4, 3, 2, 1].map((n) => `Library number ${n}`));
    expect((await list({ p_query: "ibrary number 3" })).items).toHaveLength(1);
    expect((await list({ p_query: "100%" })).items).toHaveLength(0);
    expect((await list({ p_status: "completed" })).items).toHaveLength(0);
  });
});

describe("campaign verbs", () => {
  const change = (actor: string, version: number, changes: object, id = world.campaign) =>
    g.call<{ campaign: { version: number } }>("update_campaign", actor, id, version, g.json(changes), "").then(
      ({ campaign }) => campaign.version,
      (error: { hint?: string; detail?: string }) => [error.hint, error.detail].filter(Boolean).join(" "),
    );

  test("change at the version that was read, by those who may, in legal steps", async () => {
    const owner = person("owner").id;
    expect(await change(owner, 1, { title: "Late" })).toBe("precondition_failed");
    expect(await change(person("donor").id, 2, { title: "Mine now" })).toBe("forbidden");
    expect(await change(person("otherAdmin").id, 2, { title: "Mine now" })).toBe("forbidden");
    expect(await change(owner, 2, { title: "A well" })).toBe(2);
    expect(await change(person("operator").id, 2, { summary: "Clean water" })).toBe(3);
    expect(await change(owner, 3, { status: "draft" })).toBe("illegal_status_step");
    expect(await change(owner, 3, { currency: "USD" })).toBe("rule_broken path:currency");
    expect(await change(owner, 3, { goalMinor: 0 })).toBe("rule_broken path:goalMinor");
    expect(await change(owner, 3, { endsAt: "2020-01-01T00:00:00Z" })).toBe("rule_broken path:endsAt");
    expect(await change(owner, 3, { coverImage: "javascript:alert(1)" })).toBe("rule_broken path:coverImage");
    expect(await change(owner, 3, { slug: "a-secret-plan" })).toBe("slug_taken");
    expect(await change(owner, 3, { title: "x" }, randomUUID())).toBe("not_found");
  });

  test("of two changes at one version, one wins", async () => {
    const owner = person("owner").id;
    const answers = await Promise.all([1, 2, 3].map((n) => change(owner, 3, { summary: `Change ${n}` })));
    expect(answers.toSorted()).toEqual([4, "precondition_failed", "precondition_failed"]);
  });

  test("every status step that is not in the table is refused", async () => {
    const owner = person("owner").id;
    const legal = await supabase.sql<
      { pair: string }[]
    >`select from_status || '>' || to_status as pair from private.campaign_steps`;
    const all = ["draft", "active", "paused", "completed", "cancelled"];
    for (const from of all) {
      for (const to of all.filter((status) => status !== from)) {
        const id = await g.campaign(owner, {}, from);
        const version = { draft: 1, active: 2 }[from] ?? 3;
        const outcome = legal.some(({ pair }) => pair === `${from}>${to}`) ? version + 1 : "illegal_status_step";
        expect([from, to, await change(owner, version, { status: to }, id)]).toEqual([from, to, outcome]);
      }
    }
  });
});

describe("who sees what of a refund", () => {
  test("its donor the money, and neither its note nor who asked and who approved", async () => {
    const runs = await supabase.asUser({ roles: ["campaign_admin"] });
    const gave = await supabase.asUser();
    const gift = await g.completed(await g.campaign(runs.id), { userId: gave.id });
    await g.call("request_refund", runs.id, gift.paymentId, 1, "duplicate", "They rang twice", 1_000_000);
    for (const { client } of [gave, runs]) {
      const seen = await client.from("refunds").select("amount_minor, status, reason").eq("payment_id", gift.paymentId);
      expect(seen.data).toEqual([{ amount_minor: 1, status: "pending", reason: "duplicate" }]);
      for (const columns of ["note", "requested_by", "approved_by", "*"]) {
        const asked = await client.from("refunds").select(columns).eq("payment_id", gift.paymentId);
        expect([columns, asked.error?.code]).toEqual([columns, "42501"]);
      }
    }
  });
});

describe("the functions that are the server's alone, over the Data API", () => {
  // make_pledge is called by begin_pledge alone, and nowhere over the Data API.
  const NAMES = [...TRUSTED_FUNCTIONS, "make_pledge"];

  test.each(NAMES)("%s is refused with the publishable key, with and without a user's token", async (name) => {
    const [row] = await supabase.sql<{ args: string[] | null }[]>`
      select (p.proargnames)[1:p.pronargs] as args from pg_proc p where p.proname = ${name} and p.pronamespace = 'public'::regnamespace`;
    for (const bearer of [undefined, person("donor").accessToken, person("operator").accessToken]) {
      const answer = await fetch(`${supabase.url}/rest/v1/rpc/${name}`, {
        method: "POST",
        headers: {
          apikey: supabase.publishableKey,
          "Content-Type": "application/json",
          ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}),
        },
        body: JSON.stringify(Object.fromEntries((row?.args ?? []).map((arg) => [arg, null]))),
      });
      expect([answer.ok, ((await answer.json()) as { code?: string }).code]).toEqual([false, "42501"]);
    }
  });

  test("nothing of it changed what must hold", async () => {
    await g.drain();
    expect((await supabase.asService().rpc("check_invariants", { p_drained: true })).data).toEqual([]);
  });
});

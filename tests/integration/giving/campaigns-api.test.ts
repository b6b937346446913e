import { beforeAll, describe, expect, it, vi } from "vitest";
import { GET as listActivity } from "@/app/api/v1/admin/activity/route";
import { GET as listAdmin } from "@/app/api/v1/admin/campaigns/route";
import { PUT as change } from "@/app/api/v1/admin/campaigns/[id]/route";
import { GET as donations } from "@/app/api/v1/campaigns/[id]/donations/route";
import { GET as read } from "@/app/api/v1/campaigns/[id]/route";
import { GET as list, POST as create } from "@/app/api/v1/campaigns/route";
import { useProductEnv } from "../../support/product-env.ts";
import { useRedis } from "../../support/redis.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";
import { GIFT, insertGift } from "../../support/giving-rows.ts";
import { call, type Reply } from "../accounts/calls.ts";

const told = vi.hoisted(() => ({ tags: [] as string[] }));
vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));
vi.mock("next/cache", () => ({ revalidateTag: (tag: string) => void told.tags.push(tag) }));

const supabase = useSupabase();
const redis = useRedis();
useProductEnv({ supabase, redis });

let admin: TestUser;
let other: TestUser;
let operator: TestUser;
let member: TestUser;

beforeAll(async () => {
  admin = await supabase.asUser({ roles: ["campaign_admin"] });
  other = await supabase.asUser({ roles: ["campaign_admin"] });
  operator = await supabase.asUser({ roles: ["operator"] });
  member = await supabase.asUser();
});

const CAMPAIGN = {
  title: "Books for Łódź",
  summary: "A library on wheels.",
  story: "## Why\nBecause.",
  goalMinor: 500_000,
  currency: "EUR",
};
const make = (token: string | undefined, more: Record<string, unknown> = {}) =>
  call(create, {
    method: "POST",
    path: "/api/v1/campaigns",
    json: { ...CAMPAIGN, ...more },
    ...(token ? { token } : {}),
  });
const campaignOf = (reply: Reply) =>
  reply.body["campaign"] as { id: string; slug: string; version: number; status: string };
const put = (token: string, id: string, json: unknown, ifMatch?: string) =>
  call(change, {
    method: "PUT",
    path: `/api/v1/admin/campaigns/${id}`,
    params: { id },
    token,
    json,
    ...(ifMatch === undefined ? {} : { headers: { "if-match": ifMatch } }),
  });
const get = (id: string, token?: string) =>
  call(read, { path: `/api/v1/campaigns/${id}`, params: { id }, ...(token ? { token } : {}) });

describe("POST /api/v1/campaigns", () => {
  it("makes a draft with its totals at zero, seen by its admins alone", async () => {
    const made = await make(admin.accessToken);
    expect(made.status).toBe(201);
    const { id, slug } = campaignOf(made);
    expect(slug).toBe("books-for-lodz");
    expect(made.headers.get("location")).toBe(`/api/v1/campaigns/${id}`);
    expect(made.body).toMatchObject({
      campaign: { status: "draft", version: 1, ownerId: admin.id },
      totals: { raisedMinor: 0, pendingMinor: 0, pledgeCount: 0, goalMinor: 500_000, stale: false },
    });
    expect((await get(slug, admin.accessToken)).status).toBe(200);
    expect((await get(slug)).status).toBe(404);
    expect((await get(slug, member.accessToken)).status).toBe(404);
  });

  it.each([
    [{ slug: "Not a slug" }, 422, "slug"],
    [{ goalMinor: 10.5 }, 422, "goalMinor"],
    [{ goalMinor: -5 }, 422, "goalMinor"],
    [{ goalMinor: "5" }, 400, "goalMinor"],
    [{ currency: "XYZ" }, 422, "currency"],
    [{ endsAt: "2020-01-01T00:00:00Z" }, 422, "endsAt"],
    [{ endsAt: "tomorrow" }, 400, "endsAt"],
    [{ coverImage: "javascript:alert(1)" }, 422, "coverImage"],
    [{ surprise: 1 }, 400, "surprise"],
    [{ title: undefined }, 400, "title"],
  ] as const)("refuses %j with %i and the path", async (more, status, path) => {
    const reply = await make(admin.accessToken, more);
    expect([reply.status, (reply.body["errors"] as { path: string }[])[0]?.path]).toEqual([status, path]);
  });

  it("is for campaign admins whose session and role are live", async () => {
    expect((await make(undefined)).status).toBe(401);
    expect((await make(member.accessToken)).status).toBe(403);
    const former = await supabase.asUser({ roles: ["campaign_admin"] });
    expect((await make(former.accessToken)).status).toBe(201);
    await supabase.sql`delete from public.user_roles where user_id = ${former.id} and role = 'campaign_admin'`;
    expect((await make(former.accessToken)).status).toBe(403);
  });

  it("refuses a taken address with 409, and numbers one that nobody asked for", async () => {
    await make(admin.accessToken, { slug: "taken-once" });
    expect(await make(admin.accessToken, { slug: "taken-once" })).toMatchObject({
      status: 409,
      body: { code: "slug_taken" },
    });
    expect(campaignOf(await make(admin.accessToken, { title: "Taken once" })).slug).toBe("taken-once-2");
  });
});

describe("PUT /api/v1/admin/campaigns/:id", () => {
  it("wants the version that was read", async () => {
    const { id } = campaignOf(await make(admin.accessToken));
    expect(await put(admin.accessToken, id, { title: "New title" })).toMatchObject({
      status: 428,
      body: { code: "precondition_required" },
    });
    expect(await put(admin.accessToken, id, { title: "New title" }, '"7"')).toMatchObject({
      status: 412,
      body: { code: "precondition_failed" },
    });
    for (const tag of ["*", '"x"', 'W/"1"', "1"])
      expect((await put(admin.accessToken, id, { title: "New title" }, tag)).status, tag).toBe(412);
    const changed = await put(admin.accessToken, id, { title: "New title" }, '"1"');
    expect([changed.status, changed.headers.get("etag")]).toEqual([200, '"2"']);
    expect((await put(admin.accessToken, id, { title: "Other" }, '"1"')).status).toBe(412);
  });

  it("takes the legal status steps alone, and drops the prerendered page with each", async () => {
    const { id, slug } = campaignOf(await make(admin.accessToken));
    expect(await put(admin.accessToken, id, { status: "completed" }, '"1"')).toMatchObject({
      status: 409,
      body: { code: "illegal_status_step" },
    });
    told.tags.length = 0;
    expect((await put(admin.accessToken, id, { status: "active" }, '"1"')).body).toMatchObject({
      campaign: { status: "active", version: 2 },
    });
    expect(told.tags).toEqual(expect.arrayContaining([`campaign:${id}`, `campaign:${slug}`, "campaigns"]));
    expect((await get(slug)).status).toBe(200);
    await put(admin.accessToken, id, { status: "cancelled" }, '"2"');
    expect(await put(admin.accessToken, id, { status: "active" }, '"3"')).toMatchObject({
      status: 409,
      body: { code: "illegal_status_step" },
    });
  });

  it("is for its owner, and for operators", async () => {
    const { id } = campaignOf(await make(admin.accessToken));
    expect((await put(other.accessToken, id, { title: "Stolen" }, '"1"')).status).toBe(403);
    expect((await put(member.accessToken, id, { title: "Stolen" }, '"1"')).status).toBe(403);
    expect((await put(operator.accessToken, id, { title: "Mended" }, '"1"')).status).toBe(200);
    expect((await put(operator.accessToken, GIFT.pledge, { title: "Mended" }, '"1"')).status).toBe(404);
  });
});

describe("GET /api/v1/campaigns", () => {
  it("searches and pages without drafts, gaps or repetitions", async () => {
    for (let at = 0; at < 5; at += 1) {
      const { id } = campaignOf(await make(admin.accessToken, { title: `Lighthouse ${at}` }));
      if (at > 0) await put(admin.accessToken, id, { status: "active" }, '"1"');
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await call(list, {
        path: `/api/v1/campaigns?q=lighthouse&limit=2${cursor ? `&cursor=${cursor}` : ""}`,
      });
      expect(page.status).toBe(200);
      seen.push(
        ...(page.body["items"] as { campaign: { title: string; story?: string } }[]).map(
          ({ campaign }) => campaign.title,
        ),
      );
      cursor = (page.body["nextCursor"] as string | null) ?? undefined;
    } while (cursor);
    expect(seen).toEqual(["Lighthouse 4", "Lighthouse 3", "Lighthouse 2", "Lighthouse 1"]);
  });

  it.each(["' or 1=1 --", "a & b | !c:*", "\\", "%_%", "((("])("takes %j for words", async (query) => {
    expect((await call(list, { path: `/api/v1/campaigns?q=${encodeURIComponent(query)}` })).status).toBe(200);
  });

  it("refuses a foreign cursor, an unknown status and a page too long", async () => {
    for (const [query, status] of [
      ["cursor=abc", 400],
      ["status=open", 400],
      ["limit=101", 422],
    ] as const)
      expect((await call(list, { path: `/api/v1/campaigns?${query}` })).status, query).toBe(status);
  });
});

describe("donors", () => {
  it("are named to who runs the campaign and to operators alone, and never publicly when anonymous", async () => {
    await insertGift(supabase.sql, member.id, { ownerId: admin.id, anonymous: true });
    const rowsFor = async (token: string) => {
      const { body } = await call(listAdmin, { path: "/api/v1/admin/campaigns?limit=100", token });
      const item = (
        body["items"] as { campaign: { id: string }; mine: boolean; recentPledges: { donor: unknown }[] }[]
      ).find(({ campaign }) => campaign.id === GIFT.campaign);
      return { mine: item?.mine, donor: item?.recentPledges[0]?.donor };
    };
    expect(await rowsFor(admin.accessToken)).toMatchObject({ mine: true, donor: { email: "dora@example.test" } });
    expect(await rowsFor(operator.accessToken)).toMatchObject({ mine: true, donor: { email: "dora@example.test" } });
    expect(await rowsFor(other.accessToken)).toEqual({ mine: false, donor: null });
    expect((await call(listAdmin, { token: member.accessToken })).status).toBe(403);
    const own = await call(listActivity, { path: "/api/v1/admin/activity", token: admin.accessToken });
    expect((own.body["items"] as unknown[])[0]).toMatchObject({
      kind: "pledged",
      pledgeId: GIFT.pledge,
      donorName: null,
    });
    const others = await call(listActivity, { path: "/api/v1/admin/activity", token: other.accessToken });
    expect(others.body["items"]).toEqual([]);
    expect((await call(listActivity, { token: member.accessToken })).status).toBe(403);
    // Nothing was captured, so nothing is shown to the public.
    expect((await call(donations, { params: { id: GIFT.campaign } })).body["items"]).toEqual([]);
  });
});

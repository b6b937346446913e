import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { POST as claim } from "@/app/api/v1/me/gifts/claim/route";
import { GET as getPledge } from "@/app/api/v1/pledges/[id]/route";
import type { TestUser } from "../../support/supabase.ts";
import { call } from "../accounts/calls.ts";
import { gift, given, useGiving } from "./giving-harness.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const giving = useGiving();
let campaign: string;
beforeAll(async () => {
  campaign = await giving.campaign();
});

const giveAs = async (email: string, token?: string): Promise<string> =>
  given(
    await giving.give(gift(campaign, { donor: { name: "Gus Guest", email, anonymous: true } }), token ? { token } : {}),
  ).pledge.id;
const claimAs = (user?: TestUser) =>
  call(claim, {
    method: "POST",
    path: "/api/v1/me/gifts/claim",
    json: {},
    ...(user ? { token: user.accessToken } : {}),
  });
const look = async (id: string, user: TestUser) =>
  (await call(getPledge, { params: { id }, path: `/api/v1/pledges/${id}`, token: user.accessToken })).status;
const verify = ({ id }: TestUser) =>
  giving.supabase.sql`update public.profiles set email_verified_at = now() where id = ${id}`;

describe("POST /api/v1/me/gifts/claim", () => {
  it("only a verified address opens the gifts that were made with it, however it was spelt; once", async () => {
    const email = `gus-${randomUUID().slice(0, 8)}@devmentor.test`;
    const mine = [await giveAs(email), await giveAs(email.toUpperCase())];
    const user = await giving.supabase.asUser({ email });
    expect((await claimAs()).status).toBe(401);
    const early = await claimAs(user);
    expect([early.status, early.body.code]).toEqual([403, "forbidden"]);
    expect(await look(String(mine[0]), user)).toBe(404);
    await verify(user);
    const claimed = await claimAs(user);
    expect([claimed.status, claimed.body]).toEqual([200, { claimed: 2 }]);
    for (const id of mine) expect(await look(id, user)).toBe(200);
    expect((await claimAs(user)).body).toEqual({ claimed: 0 });
    // Both rows of a gift name the account, so that the Data API shows them to it.
    const rows = await user.client.from("pledges").select("id");
    const names = await user.client.from("pledge_donors").select("pledge_id");
    expect(new Set(rows.data?.map(({ id }) => id))).toEqual(new Set(mine));
    expect(new Set(names.data?.map(({ pledge_id: id }) => id))).toEqual(new Set(mine));
  });

  it("takes nobody else's: neither another address's, nor a gift that an account made under this address", async () => {
    const email = `own-${randomUUID().slice(0, 8)}@devmentor.test`;
    const stranger = await giving.supabase.asUser();
    const theirs = await giveAs(`not-${email}`);
    const signedIn = await giveAs(email, stranger.accessToken);
    const user = await giving.supabase.asUser({ email });
    await verify(user);
    expect((await claimAs(user)).body).toEqual({ claimed: 0 });
    expect([await look(theirs, user), await look(signedIn, user), await look(signedIn, stranger)]).toEqual([
      404, 404, 200,
    ]);
  });

  it("at the same time from two devices: each gift once", async () => {
    const email = `two-${randomUUID().slice(0, 8)}@devmentor.test`;
    await giveAs(email);
    await giveAs(email);
    const user = await giving.supabase.asUser({ email });
    await verify(user);
    const answers = await Promise.all([claimAs(user), claimAs(user), claimAs(user)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.reduce((sum, { body }) => sum + Number(body["claimed"]), 0)).toBe(2);
  });

  it("a session that has ended claims nothing", async () => {
    const email = `out-${randomUUID().slice(0, 8)}@devmentor.test`;
    await giveAs(email);
    const user = await giving.supabase.asUser({ email });
    await verify(user);
    await user.client.auth.admin.signOut(user.accessToken, "global");
    expect((await claimAs(user)).status).toBe(401);
  });
});

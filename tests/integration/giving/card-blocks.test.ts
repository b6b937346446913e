import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { blockCardAction, liftBlockAction } from "@/app/admin/blocks/actions";
import { UNTOUCHED } from "@/app/_http/form-state";
import { cardsOfPledge, pageOfBlocks } from "@/lib/giving/administration/block-card";
import { assessPayment } from "@/lib/giving/payment/capture-payment";
import { limitTables } from "@/lib/platform/rate-limit/store";
import { cookieClient } from "@/lib/platform/supabase/server";
import type { TestUser } from "../../support/supabase.ts";
import { scope } from "../accounts/request-scope.ts";
import { gift, given, useGiving } from "./giving-harness.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));
vi.mock("next/cache", () => ({ revalidatePath: () => undefined }));

const giving = useGiving();
let campaign: string;
let operator: TestUser;
let other: TestUser;
beforeAll(async () => {
  campaign = await giving.campaign();
  operator = await giving.supabase.asUser({ roles: ["operator"], displayName: "Otto Operator" });
  other = await giving.supabase.asUser({ roles: ["operator"], displayName: "Olive Operator" });
});
beforeEach(async () => {
  scope.jar.clear();
  await giving.supabase.sql`update private.blocks set lifted_at = now() where lifted_at is null`;
});

async function signIn({ email, password }: TestUser): Promise<void> {
  scope.jar.clear();
  const { error } = await (await cookieClient()).auth.signInWithPassword({ email, password });
  expect(error).toBeNull();
}
const form = (fields: Readonly<Record<string, string>>): FormData => {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
};
interface Paid {
  readonly pledgeId: string;
  readonly paymentId: string;
}
/** A guest gives, whoever is signed in here. */
async function pledge(paymentMethod: string): Promise<Paid> {
  const cookies = scope.jar.getAll();
  scope.jar.clear();
  const { pledge: made, payment } = given(await giving.give(gift(campaign, { paymentMethod })));
  for (const { name, value } of cookies) scope.jar.set(name, value);
  return { pledgeId: made.id, paymentId: payment.id };
}
const block = (paid: Paid, change: Readonly<Record<string, string>> = {}) =>
  blockCardAction(UNTOUCHED, form({ ...paid, reason: "stolen cards are tried", days: "30", ...change }));
const standing = async () =>
  (await pageOfBlocks(operator.id, 10)).items.filter((one) => one.standing).map(({ reason }) => reason);

describe("an operator blocks the card of a payment", () => {
  it("whose gifts are let go from then on, until it is unblocked; other cards go on", async () => {
    const risky = await pledge("pm_card_mastercard");
    await signIn(operator);
    expect(await block(risky)).toMatchObject({ status: "done" });
    const [card] = await cardsOfPledge(operator.id, risky.pledgeId);
    expect(card).toMatchObject({
      paymentId: risky.paymentId,
      cardBrand: "mastercard",
      block: { reason: "stolen cards are tried", by: "Otto Operator" },
    });
    const days = (Date.parse(card?.block?.expiresAt ?? "") - Date.parse(card?.block?.createdAt ?? "")) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    const [again, another] = [await pledge("pm_card_mastercard"), await pledge("pm_card_visa")];
    expect([await assessPayment(again.paymentId), await assessPayment(another.paymentId)]).toEqual(["void", "capture"]);
    // The same card on another pledge's page: blocked there too.
    expect(await cardsOfPledge(operator.id, again.pledgeId)).toMatchObject([{ block: { id: card?.block?.id } }]);

    const { items } = await pageOfBlocks(operator.id, 10);
    expect(items[0]).toMatchObject({
      kind: "card",
      by: "Otto Operator",
      card: { pledgeId: risky.pledgeId, brand: "mastercard" },
      standing: true,
      liftedBy: null,
    });
    await signIn(other);
    const lift = () => liftBlockAction(UNTOUCHED, form({ blockId: card?.block?.id ?? "", pledgeId: risky.pledgeId }));
    expect(await lift()).toMatchObject({ status: "done", message: "Unblocked." });
    expect(await lift()).toMatchObject({ status: "done", message: expect.stringContaining("It stood no more") });
    expect((await pageOfBlocks(operator.id, 10)).items[0]).toMatchObject({
      standing: false,
      liftedBy: "Olive Operator",
    });
    expect(await assessPayment((await pledge("pm_card_mastercard")).paymentId)).toBe("capture");
  });

  it("once: a second is told, also in the same moment, so that unblocking unblocks", async () => {
    const risky = await pledge("pm_card_visa");
    await signIn(operator);
    const outcomes = await Promise.all([block(risky), block(risky), block(risky)]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["done", "failed", "failed"]);
    expect(outcomes.find(({ status }) => status === "failed")?.errors).toEqual([
      { message: "This card is shut out already. Look at the page again." },
    ]);
    expect(await standing()).toHaveLength(1);
  });

  it("leaves who may call at all to the other kinds: those that stand are still read", async () => {
    await signIn(operator);
    await block(await pledge("pm_card_visa"));
    await giving.supabase.sql`
      insert into private.blocks (kind, network, reason, created_by, expires_at)
      values ('ip', '203.0.113.0/24', 'floods', ${operator.id}, now() + interval '1 hour')`;
    expect(await limitTables.readBlocks()).toMatchObject([{ kind: "ip", subject: "203.0.113.0/24" }]);
  });

  it.each([
    [{ reason: "  " }, "reason"],
    [{ reason: "x".repeat(501) }, "reason"],
    [{ days: "36500" }, "days"],
  ])("not without saying why and for how long: %o", async (change, field) => {
    await signIn(operator);
    expect(await block(await pledge("pm_card_visa"), change)).toMatchObject({ status: "failed", errors: [{ field }] });
    expect(await standing()).toEqual([]);
  });

  it("not of a payment of which no card is known", async () => {
    await signIn(operator);
    const paid = await pledge("pm_card_visa");
    await giving.supabase.sql`delete from private.payment_cards where payment_id = ${paid.paymentId}`;
    expect(await block(paid)).toMatchObject({
      status: "failed",
      errors: [{ message: "Of this payment no card is known." }],
    });
    expect(await cardsOfPledge(operator.id, paid.pledgeId)).toEqual([]);
  });
});

describe("nobody else", () => {
  it("blocks, unblocks or sees blocks: not who runs the campaign, not its donor, not an operator of yesterday", async () => {
    const paid = await pledge("pm_card_visa");
    await signIn(operator);
    await block(paid);
    const [card] = await cardsOfPledge(operator.id, paid.pledgeId);
    const blockId = card?.block?.id ?? "";
    const dismissed = await giving.supabase.asUser({ roles: ["operator"] });
    const next = await pledge("pm_card_mastercard");
    for (const who of [giving.owner, await giving.supabase.asUser(), dismissed]) {
      await signIn(who);
      await giving.supabase.sql`delete from public.user_roles where user_id = ${dismissed.id} and role = 'operator'`;
      for (const outcome of [await block(next), await liftBlockAction(UNTOUCHED, form({ blockId }))])
        expect(outcome).toMatchObject({
          status: "failed",
          errors: [{ message: "This needs the role operator, which your account does not have." }],
        });
      // The database asks once more, whoever forgot to.
      await expect(pageOfBlocks(who.id, 10)).rejects.toMatchObject({ code: "forbidden" });
      expect(await cardsOfPledge(who.id, paid.pledgeId)).toEqual([]);
    }
    expect(await standing()).toHaveLength(1);
  });

  it("who is not signed in is sent to sign in", async () => {
    const paid = await pledge("pm_card_visa");
    await expect(block(paid)).rejects.toThrow("NEXT_REDIRECT");
    expect(await standing()).toEqual([]);
  });
});

it("many blocks come page by page, newest first, each once", async () => {
  await giving.supabase.sql`
    insert into private.blocks (kind, subject, reason, created_by, expires_at, created_at)
    select 'email', md5(n::text), 'no. ' || n, ${operator.id}, now() + interval '1 hour', now() + n * interval '1 second'
    from generate_series(1, 7) n`;
  const reasons: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await pageOfBlocks(operator.id, 3, cursor);
    reasons.push(...page.items.map(({ reason }) => reason).filter((reason) => reason.startsWith("no. ")));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(reasons).toEqual([7, 6, 5, 4, 3, 2, 1].map((n) => `no. ${n}`));
});

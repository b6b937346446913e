import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { GET as getMe } from "@/app/api/v1/me/route";
import { POST as mailAgain } from "@/app/api/v1/me/email-verification/route";
import { POST as logIn } from "@/app/api/v1/users/login/route";
import { POST as confirmReset } from "@/app/api/v1/users/password-reset/confirm/route";
import { POST as requestReset } from "@/app/api/v1/users/password-reset/route";
import { POST as register } from "@/app/api/v1/users/register/route";
import { POST as verify } from "@/app/api/v1/users/verify-email/route";
import { readAccountLink } from "@/lib/account/read-account-link";
import { useProductEnv } from "../../support/product-env.ts";
import { useRedis } from "../../support/redis.ts";
import { type SentMail, useResend } from "../../support/resend.ts";
import { useSupabase } from "../../support/supabase.ts";
import { call } from "./calls.ts";
import { settled } from "./request-scope.ts";

vi.mock("next/headers", async () => (await import("./request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("./request-scope.ts")).nextServer(original));

const resend = useResend();
const { inbox } = resend;
const supabase = useSupabase();
const redis = useRedis();
useProductEnv({ supabase, redis, further: () => ({ RESEND_BASE_URL: resend.url }) });

const PASSWORD = "four quiet brown owls";
const open = async () => {
  const email = `ada-${randomUUID()}@devmentor.test`;
  const reply = await call(register, { method: "POST", json: { email, password: PASSWORD, displayName: "Ada <b>" } });
  await settled();
  return { email, token: String(reply.body["accessToken"]), id: (reply.body["user"] as { id: string }).id };
};
const linkIn = (mail: SentMail | undefined) =>
  new URL(/^https?:\S+$/m.exec(mail?.text ?? "")?.[0] ?? "").searchParams.get("token") ?? "";

describe("confirming an address", () => {
  it("takes the mailed link, once, and nothing else", async () => {
    const ada = await open();
    expect(inbox).toHaveLength(1);
    const [mail] = inbox;
    expect(mail).toMatchObject({ to: ada.email, subject: "Confirm your address" });
    expect(mail?.html).toContain("Ada &lt;b&gt;");
    expect(mail?.key).toMatch(/^verify-email\//);
    const token = linkIn(mail);
    const stored = await supabase.sql`select 1 from private.account_tokens where token_hash = ${token}`;
    expect(stored).toHaveLength(0);

    // Opening the page, as a mail scanner does, confirms nothing.
    expect(await readAccountLink(token, "verify_email")).toEqual({ userId: ada.id, email: ada.email });
    expect((await call(getMe, { token: ada.token })).body["emailVerified"]).toBe(false);
    expect(await readAccountLink(token, "reset_password")).toBeNull();
    expect(
      (await call(confirmReset, { method: "POST", json: { token, password: "another good password" } })).status,
    ).toBe(422);

    const done = await call(verify, { method: "POST", json: { token } });
    expect(done.body).toEqual({ id: ada.id, email: ada.email });
    expect((await call(getMe, { token: ada.token })).body["emailVerified"]).toBe(true);
    expect((await call(verify, { method: "POST", json: { token } })).status).toBe(422);
    expect((await call(verify, { method: "POST", json: { token: "nonsense" } })).status).toBe(422);
  });

  it("is void for an address that has changed, and after three days", async () => {
    const ada = await open();
    const token = linkIn(inbox[0]);
    await supabase.sql`update auth.users set email = ${`new-${ada.email}`} where id = ${ada.id}`;
    expect((await call(verify, { method: "POST", json: { token } })).status).toBe(422);
    const bob = await open();
    await supabase.sql`update private.account_tokens set expires_at = now() where user_id = ${bob.id}`;
    expect((await call(verify, { method: "POST", json: { token: linkIn(inbox[1]) } })).status).toBe(422);
  });

  it("opens the account though the mail fails, and says so when it is asked for again", async () => {
    resend.works = false;
    const ada = await open();
    expect(inbox).toHaveLength(0);
    const refused = await call(mailAgain, { method: "POST", token: ada.token });
    expect([refused.status, refused.body.code]).toEqual([502, "provider_unavailable"]);
    resend.works = true;
    expect((await call(mailAgain, { method: "POST", token: ada.token })).status).toBe(202);
    expect((await call(verify, { method: "POST", json: { token: linkIn(inbox[0]) } })).status).toBe(200);
  });
});

describe("a forgotten password", () => {
  it("is answered alike for known and unknown addresses, and mailed to the known one", async () => {
    const ada = await open();
    inbox.length = 0;
    const [known, unknown] = await Promise.all([
      call(requestReset, { method: "POST", json: { email: ada.email } }),
      call(requestReset, { method: "POST", json: { email: `nobody-${randomUUID()}@devmentor.test` } }),
    ]);
    await settled();
    expect([known.status, unknown.status]).toEqual([202, 202]);
    expect(known.body).toEqual(unknown.body);
    expect(inbox.map((mail) => mail.to)).toEqual([ada.email]);
  });

  it("is replaced with the link: sessions end, the address is confirmed, the link is spent", async () => {
    const ada = await open();
    await call(requestReset, { method: "POST", json: { email: ada.email } });
    await settled();
    const token = linkIn(inbox.at(-1));
    expect((await call(confirmReset, { method: "POST", json: { token, password: "short" } })).body.code).toBe(
      "weak_password",
    );
    const password = "five louder white geese";
    expect((await call(confirmReset, { method: "POST", json: { token, password } })).status).toBe(204);
    expect((await call(getMe, { token: ada.token })).status).toBe(401);
    expect((await call(logIn, { method: "POST", json: { email: ada.email, password: PASSWORD } })).status).toBe(401);
    const back = await call(logIn, { method: "POST", json: { email: ada.email, password } });
    expect(back.body).toMatchObject({ user: { emailVerified: true } });
    expect((await call(confirmReset, { method: "POST", json: { token, password } })).status).toBe(422);
  });
});

import { afterAll, beforeEach, expect, it, vi } from "vitest";
import { mailEndedAnalysis } from "@/lib/analysis/mail-ended-analysis";
import { giveUpAnalysis } from "@/lib/analysis/end-analysis";
import { findInsights, scanRepository, storeResult } from "@/lib/analysis/run-phases";
import { startAnalysis } from "@/lib/analysis/start-analysis";
import { openToken } from "@/lib/platform/github/token-store";
import type { MailMessage } from "@/lib/platform/mail/message";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";
import { startGitHost } from "./git-host";

const sent: MailMessage[] = [];
vi.mock("@/lib/platform/mail/send", () => ({
  sendMail: (message: MailMessage) => Promise.resolve(sent.push(message)),
}));

const host = await startGitHost();
afterAll(() => host.close());
const supabase = useSupabase();
useProductEnv({ supabase, further: () => ({ DEVSTACK_GIT_ORIGIN: host.origin }) });

let ann: TestUser;
let bob: TestUser;
let carl: TestUser;
beforeEach(async () => {
  sent.length = 0;
  [ann, bob, carl] = await Promise.all([supabase.asUser(), supabase.asUser(), supabase.asUser()]);
  await supabase.sql`update public.profiles set email_verified_at = now() where id in (${ann.id}, ${bob.id})`;
});

const start = (user: TestUser, repoUrl: string) =>
  startAnalysis({ userId: user.id, repoUrl, traceparent: null }, openToken);

it("mails who waited, has a verified address and wants it; and records the run", async () => {
  const url = host.add("mailed", { "a.ts": "export const a = 1;\n" });
  const { id } = await start(ann, url);
  await start(bob, url);
  await start(carl, url);
  await supabase.sql`update public.preferences set mail_analysis = false where user_id = ${bob.id}`;
  expect(await mailEndedAnalysis(id)).toBe(0);
  await scanRepository(id, openToken);
  await findInsights(id);
  await storeResult(id);
  expect(await mailEndedAnalysis(id)).toBe(1);
  expect(sent).toMatchObject([
    { subject: "octo/mailed is analysed", idempotencyKey: `analysis-ended-${id}-${ann.id}` },
  ]);
  const runs = await supabase.sql`select outcome, files, phase_ms from private.analysis_runs where analysis_id = ${id}`;
  expect(runs).toMatchObject([{ outcome: "completed", files: 1 }]);
  expect(await supabase.sql`select 1 from private.analysis_phase_results where analysis_id = ${id}`).toHaveLength(0);
  const files = await supabase.sql`select files from public.analysis_files where analysis_id = ${id}`;
  expect(files).toMatchObject([{ files: [{ path: "a.ts", language: "TypeScript", skipped: null }] }]);
});

it("says what went wrong when an analysis failed", async () => {
  const { id } = await start(ann, host.add("mailed-failure", { a: "1" }));
  await giveUpAnalysis(id, "provider_unavailable: away", 3);
  expect(await mailEndedAnalysis(id)).toBe(1);
  expect(sent[0]).toMatchObject({ subject: "octo/mailed-failure could not be analysed" });
  expect(sent[0]?.paragraphs.join(" ")).toContain("Try again later");
});

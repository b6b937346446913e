import { expect, it, vi } from "vitest";
import { GET as donations } from "@/app/api/v1/campaigns/[id]/donations/route";
import { GET as receipt } from "@/app/api/v1/pledges/[id]/receipt/route";
import { exportPledges } from "@/lib/giving/administration/look-after";
import { sendPaymentMail, setOwnerUpdates } from "@/lib/giving/mail/send-giving-mail";
import { capturePayment } from "@/lib/giving/payment/capture-payment";
import { useResend } from "../../support/resend.ts";
import { call } from "../accounts/calls.ts";
import { gift, given, useGiving } from "./giving-harness.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const resend = useResend();
const giving = useGiving({ further: () => ({ RESEND_BASE_URL: resend.url }) });

const NAME = `<script>alert("name")</script>`;
const MESSAGE = `<img src=x onerror=alert(1)> & "so"`;

it("a script in a name or a message is words: kept as they are, and of no effect in mails, papers and tables", async () => {
  const campaign = await giving.campaign();
  const email = "words@devmentor.test";
  const reply = await giving.give(gift(campaign, { donor: { name: NAME, email, anonymous: false, message: MESSAGE } }));
  expect(reply.status).toBe(201);
  const { pledge, payment, statusToken } = given(reply);
  await capturePayment(payment.id, "workflow");

  const shown = await call(donations, { path: `/api/v1/campaigns/${campaign}/donations`, params: { id: campaign } });
  expect(shown.headers.get("content-type")).toContain("application/json");
  expect(JSON.stringify(shown.body)).toContain(JSON.stringify(NAME).slice(1, -1));

  await setOwnerUpdates(giving.owner.id, "each");
  for (const kind of ["receipt", "owner_gift"] as const) expect(await sendPaymentMail(kind, payment.id)).toBe(true);
  const [toDonor, toOwner] = [email, giving.owner.email].map((to) => resend.inbox.find((mail) => mail.to === to));
  expect(toDonor?.text).toContain(`Hello ${NAME},`);
  expect(toOwner?.text).toContain(MESSAGE);
  for (const mail of [toDonor, toOwner]) {
    expect(mail?.html).toContain("&lt;script&gt;");
    expect(mail?.html).not.toMatch(/<script|<img src=x/);
  }

  const paper = await receipt(
    new Request(`http://127.0.0.1:3999/api/v1/pledges/${pledge.id}/receipt`, {
      headers: { "x-status-token": statusToken },
    }),
    { params: Promise.resolve({ id: pledge.id }) },
  );
  expect([paper.status, paper.headers.get("content-type")]).toEqual([200, "application/pdf"]);
});

it("what a spreadsheet would take for a formula is a word in the export", async () => {
  const campaign = await giving.campaign();
  const name = `=HYPERLINK("http://evil.example","Click")`;
  given(
    await giving.give(
      gift(campaign, { donor: { name, email: "sheet@devmentor.test", anonymous: false, message: "+1" } }),
    ),
  );
  const { csv } = await exportPledges(giving.owner.id, { campaignId: campaign });
  const line = csv.split("\n").find((each) => each.includes("sheet@devmentor.test")) ?? "";
  expect(line).toContain(`"'=HYPERLINK(`);
  expect(line).not.toMatch(/(?:^|,)"?[=+@-]/);
});

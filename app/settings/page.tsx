import type { Metadata } from "next";
import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { RadioGroup, Switch } from "@/components/ui/choice";
import { Input } from "@/components/ui/input";
import { Page, PageHeader } from "@/components/ui/page";
import { Panel } from "@/components/ui/panel";
import { buttonClasses } from "@/components/ui/button";
import { requireUser } from "@/lib/access/session";
import { getMe } from "@/lib/account/get-me";
import { githubConnection } from "@/lib/account/github-connection";
import type { Preferences } from "@/lib/account/schemas";
import { deleteMyAccount, saveNotices, saveProfile, saveReading, sendVerification, signOutEverywhere } from "./actions";
import { GithubSection } from "./_components/github-section";
import { ModelsSection } from "./_components/models-section";
import { ReadingForm } from "./_components/reading-form";
import { SaveForm } from "./_components/save-form";

export const metadata: Metadata = { title: "Settings" };

const ROLE_NAMES = { member: "member", campaign_admin: "campaign admin", operator: "operator" } as const;

const FORMATS = [
  { value: "mixed", label: "Mixed", help: "Words, drawings and examples, whatever says it shortest." },
  { value: "text", label: "Mostly words" },
  { value: "diagrams", label: "Mostly drawings", help: "Drawings always come with the same thing in words." },
  { value: "examples", label: "Mostly examples", help: "Code first, explanation after." },
] as const;

const THEMES = [
  { value: "system", label: "As my system has it" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
] as const;

const NOTICES = [
  { name: "notifyAnalysis", label: "Analyses", help: "When an analysis is done or has failed." },
  { name: "notifyLearning", label: "Learning", help: "Reviews that are due, sessions that wait." },
  { name: "notifyGiving", label: "Giving", help: "What became of your gifts." },
  { name: "mailAnalysis", label: "Mail about analyses", help: "When one of yours is done or has failed." },
  { name: "mailLearning", label: "Mail about learning", help: "At most one a week." },
  {
    name: "mailGiving",
    label: "Mail about giving",
    help: "Receipts always come; this is for news of campaigns you gave to.",
  },
] as const satisfies readonly { name: keyof Preferences; label: string; help: string }[];

export default async function SettingsPage({
  searchParams,
}: {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}): Promise<ReactNode> {
  const { db } = await requireUser();
  const [me, connection, query] = await Promise.all([getMe(db), githubConnection(db), searchParams]);
  const outcome = query["github"];
  return (
    <Page width="reading" className="gap-6">
      <PageHeader title="Settings" lead="What we know of you, what you want to hear of, and the way out." />

      <Panel id="account" title="Account">
        <div className="flex flex-col gap-6">
          <SaveForm action={saveProfile} submit="Save name" pending="Saving…">
            <Input
              name="displayName"
              label="Name"
              help="What others see."
              autoComplete="name"
              defaultValue={me.profile.displayName}
              maxLength={80}
            />
          </SaveForm>
          <div className="flex flex-col gap-3 border-t border-line pt-5">
            <p className="font-medium">Address</p>
            <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <span className="break-all">{me.user.email}</span>
              <Badge tone={me.emailVerified ? "success" : "warning"}>
                {me.emailVerified ? "confirmed" : "not confirmed"}
              </Badge>
            </p>
            {me.emailVerified ? null : (
              <SaveForm action={sendVerification} submit="Send the mail again" pending="Sending…">
                <p className="max-w-measure text-muted">
                  Open the link in the mail we sent you. Until then we show you nothing that is keyed by this address,
                  such as gifts made as a guest.
                </p>
              </SaveForm>
            )}
          </div>
          {me.roles.length > 1 ? (
            <p className="flex flex-wrap items-center gap-2 border-t border-line pt-5">
              <span className="font-medium">Roles</span>
              {me.roles.map((role) => (
                <Badge key={role}>{ROLE_NAMES[role]}</Badge>
              ))}
            </p>
          ) : null}
        </div>
      </Panel>

      <Panel
        id="reading"
        title="Reading"
        description="How pages look and how things are explained. It never changes how difficult they are."
      >
        <ReadingForm action={saveReading}>
          <div className="grid gap-6 sm:grid-cols-2">
            <RadioGroup
              name="contentFormat"
              label="Explanations"
              options={FORMATS}
              defaultValue={me.preferences.contentFormat}
            />
            <RadioGroup name="theme" label="Theme" options={THEMES} defaultValue={me.preferences.theme} />
          </div>
        </ReadingForm>
      </Panel>

      <Panel id="notices" title="Notices" description="What concerns your account itself always reaches you.">
        <SaveForm action={saveNotices} submit="Save notices" pending="Saving…">
          <div className="divide-y divide-line">
            {NOTICES.map(({ name, label, help }) => (
              <Switch key={name} name={name} label={label} help={help} defaultChecked={me.preferences[name]} />
            ))}
          </div>
        </SaveForm>
      </Panel>

      <ModelsSection preferences={me.preferences} />

      <GithubSection connection={connection} outcome={typeof outcome === "string" ? outcome : undefined} />

      <Panel id="sessions" title="Sessions">
        <div className="flex flex-col gap-5">
          <form action="/auth/sign-out" method="post">
            <Button type="submit">Sign out here</Button>
          </form>
          <div className="border-t border-line pt-5">
            <SaveForm action={signOutEverywhere} submit="Sign out everywhere" pending="Signing out…">
              <p className="max-w-measure text-muted">
                Ends every session of your account on all devices, this one too.
              </p>
            </SaveForm>
          </div>
        </div>
      </Panel>

      <Panel
        id="data"
        title="Your data"
        description="Everything we keep about you, as one file that programs can read."
      >
        <a
          href="/api/v1/me/export"
          download="devmentor-export.json"
          className={buttonClasses({ variant: "secondary" })}
        >
          Download my data
        </a>
      </Panel>

      <Panel
        id="delete"
        title="Delete account"
        description="Deletes your account and everything that hangs on it: analyses, progress, notices. It cannot be undone."
      >
        <SaveForm action={deleteMyAccount} submit="Delete my account" pending="Deleting…" variant="danger">
          <Input
            name="confirmEmail"
            label="Type your address to confirm"
            help={me.user.email}
            type="email"
            autoComplete="off"
            spellCheck={false}
          />
        </SaveForm>
      </Panel>
    </Page>
  );
}

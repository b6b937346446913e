import type { Metadata } from "next";
import type { ReactNode } from "react";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { TextLink } from "@/components/ui/link";
import { Page, PageHeader } from "@/components/ui/page";
import { Pagination } from "@/components/ui/pagination";
import { Time } from "@/components/ui/time";
import { requireUser } from "@/lib/access/session";
import { AppError } from "@/lib/kernel/errors";
import { pageOfSessions } from "@/lib/learning/session/read-session";
import type { SessionList, SessionView } from "@/lib/learning/session/schemas";
import type { Db } from "@/lib/platform/supabase/server";

export const metadata: Metadata = { title: "Your sessions" };

const PAGE_SIZE = 20;

const STATUS: Readonly<Record<SessionView["status"], readonly [words: string, tone: BadgeTone]>> = {
  active: ["goes on", "accent"],
  completed: ["whole", "success"],
  left: ["ended", "neutral"],
  expired: ["hour over", "neutral"],
};

export default async function SessionsPage({
  searchParams,
}: {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { db } = await requireUser();
  const { cursor } = await searchParams;
  const page = await pageAt(db, typeof cursor === "string" ? cursor : undefined);
  return (
    <Page width="reading">
      <PageHeader
        title="Your sessions"
        lead="Each with what it came to. Open one to see its answers, or to go on with it."
        crumbs={[{ href: "/learn", label: "Learn" }]}
      />
      {page.items.length === 0 ? (
        <EmptyState
          title="No session yet"
          action={
            <ButtonLink href="/learn#path" variant="primary">
              Go to your path
            </ButtonLink>
          }
        >
          A session is up to ten tasks, about half an hour. It adapts to every answer.
        </EmptyState>
      ) : (
        <>
          <ul className="flex flex-col border-t border-line">
            {page.items.map((session) => (
              <SessionRow key={session.id} session={session} />
            ))}
          </ul>
          <Pagination
            label="Sessions"
            {...(cursor === undefined ? {} : { firstHref: "/learn/sessions" })}
            {...(page.nextCursor ? { nextHref: `/learn/sessions?cursor=${page.nextCursor}` } : {})}
          />
        </>
      )}
    </Page>
  );
}

/** An address that was cut short leads to the first page. */
async function pageAt(db: Db, cursor: string | undefined): Promise<SessionList> {
  try {
    return await pageOfSessions(db, PAGE_SIZE, cursor);
  } catch (error) {
    if (error instanceof AppError && error.code === "invalid_request") return pageOfSessions(db, PAGE_SIZE);
    throw error;
  }
}

function SessionRow({ session }: { readonly session: SessionView }): ReactNode {
  const [words, tone] = STATUS[session.status];
  const { answered, passed } = session.progress;
  return (
    <li className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-b border-line py-3">
      <TextLink href={`/learn/sessions/${session.id}`} className="font-medium">
        {session.topic}
      </TextLink>
      <Badge tone={tone}>{words}</Badge>
      <span className="figures w-full text-sm text-muted sm:ml-auto sm:w-auto">
        {answered} {answered === 1 ? "answer" : "answers"}, {passed} passed
      </span>
      <span className="text-sm text-muted">
        <Time at={session.startedAt} />
      </span>
    </li>
  );
}

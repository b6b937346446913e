import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { SaveForm } from "@/app/settings/_components/save-form";
import { Badge } from "@/components/ui/badge";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Page, PageHeader } from "@/components/ui/page";
import { Time } from "@/components/ui/time";
import { requireUser } from "@/lib/access/session";
import { listNotifications } from "@/lib/account/list-notifications";
import { notificationListSchema } from "@/lib/account/schemas";
import { markAllRead } from "./actions";
import { LiveList } from "./live-list";

export const metadata: Metadata = { title: "Notices" };

export default async function NotificationsPage({
  searchParams,
}: {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}): Promise<ReactNode> {
  const { db, user } = await requireUser();
  const { cursor } = await searchParams;
  const asked = notificationListSchema.safeParse(typeof cursor === "string" ? { cursor } : {});
  const page = await listNotifications(db, user.id, {
    cursor: asked.success ? asked.data.cursor : undefined,
    limit: 20,
    unreadOnly: false,
  });
  const newest = page.items[0]?.version ?? 0;
  const first = !asked.success || asked.data.cursor === undefined;
  return (
    <Page width="reading" className="gap-6">
      <PageHeader
        title="Notices"
        lead={
          page.unread === 0
            ? "You have read everything."
            : page.unread === 1
              ? "One is unread."
              : `${page.unread} are unread.`
        }
        actions={<ButtonLink href="/settings#notices">Choose what comes</ButtonLink>}
      />
      {first ? <LiveList userId={user.id} newest={newest} /> : null}
      {first && page.unread > 0 ? (
        <SaveForm action={markAllRead} submit="Mark all as read" pending="Marking…">
          <input type="hidden" name="upTo" value={newest} />
        </SaveForm>
      ) : null}
      {page.items.length === 0 ? (
        <EmptyState title="Nothing here yet">
          When an analysis is done, a review is due or something becomes of a gift, it stands here.
        </EmptyState>
      ) : (
        <ul className="flex flex-col divide-y divide-line border-y border-line">
          {page.items.map((item) => (
            <li key={item.id} className="flex flex-col gap-1 py-4">
              <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
                {item.href ? (
                  <Link
                    href={item.href}
                    className="font-medium underline decoration-line underline-offset-4 hover:decoration-current"
                  >
                    {item.title}
                  </Link>
                ) : (
                  <span className="font-medium">{item.title}</span>
                )}
                {item.readAt ? null : <Badge tone="accent">unread</Badge>}
                <span className="ml-auto text-sm text-muted">
                  <Time at={item.createdAt} />
                </span>
              </p>
              {item.body ? <p className="max-w-measure text-muted">{item.body}</p> : null}
            </li>
          ))}
        </ul>
      )}
      {page.nextCursor ? (
        <ButtonLink href={`/notifications?cursor=${page.nextCursor}`} className="self-start">
          Older notices
        </ButtonLink>
      ) : null}
    </Page>
  );
}

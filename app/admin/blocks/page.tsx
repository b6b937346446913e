import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { TextLink } from "@/components/ui/link";
import { Page, PageHeader } from "@/components/ui/page";
import { Pagination } from "@/components/ui/pagination";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { pageOfBlocks } from "@/lib/giving/administration/block-card";
import type { Block } from "@/lib/giving/administration/schemas";
import { AdminTabs } from "../_components/admin-tabs";
import { requireAdministration } from "../_components/guard";
import { LiftForm } from "./_components/lift-form";

export const metadata: Metadata = { title: "Blocks · Administration", robots: { index: false } };
export const dynamic = "force-dynamic";

const PAGE_SIZE = 50;

/** Whom operators have shut out: who did, when and why. To campaign admins it does not exist. */
export default async function BlocksPage({
  searchParams,
}: {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { user } = await requireAdministration();
  if (!user.roles.includes("operator")) notFound();
  const { cursor } = await searchParams;
  const after = typeof cursor === "string" ? cursor : undefined;
  const page = await pageOfBlocks(user.id, PAGE_SIZE, after);
  return (
    <Page>
      <PageHeader
        title="Blocks"
        lead="Who may not pay or call at present, and who did. A card is blocked on the page of a pledge that it paid."
        crumbs={[{ href: "/admin", label: "Administration" }]}
      />
      <AdminTabs current="/admin/blocks" operator />
      {page.items.length === 0 ? (
        <EmptyState title="Nobody is blocked" action={<ButtonLink href="/admin/pledges">See pledges</ButtonLink>}>
          A block stands here with its reason, also after it has ended.
        </EmptyState>
      ) : (
        <BlockTable blocks={page.items} />
      )}
      <Pagination
        label="Blocks"
        {...(after ? { firstHref: "/admin/blocks" } : {})}
        {...(page.nextCursor ? { nextHref: `/admin/blocks?cursor=${encodeURIComponent(page.nextCursor)}` } : {})}
      />
    </Page>
  );
}

function BlockTable({ blocks }: { readonly blocks: readonly Block[] }): ReactNode {
  return (
    <Table caption="Blocks, newest first">
      <thead>
        <tr>
          <Th>Whom</Th>
          <Th>Why</Th>
          <Th>By</Th>
          <Th>Since</Th>
          <Th>State</Th>
          <Th>
            <span className="sr-only">What can be done</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {blocks.map((block) => (
          <tr key={block.id}>
            <RowHeader className="min-w-40">
              {block.card ? (
                <TextLink href={`/admin/pledges/${block.card.pledgeId}`} prefetch={false}>
                  {wordsOf(block)}
                </TextLink>
              ) : (
                wordsOf(block)
              )}
            </RowHeader>
            <Td className="min-w-48 wrap-anywhere">{block.reason}</Td>
            <Td>{block.by ?? "Account gone"}</Td>
            <Td className="whitespace-nowrap">
              <Time at={block.createdAt} />
            </Td>
            <Td className="min-w-40">
              <StateOf block={block} />
            </Td>
            <Td>{block.standing ? <LiftForm blockId={block.id} whom={wordsOf(block)} /> : null}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function StateOf({ block }: { readonly block: Block }): ReactNode {
  if (block.standing)
    return (
      <>
        <Badge tone="danger">Stands</Badge>
        <span className="block text-xs text-muted">
          until <Time at={block.expiresAt} />
        </span>
      </>
    );
  return (
    <>
      <Badge>Over</Badge>
      <span className="block text-xs text-muted">
        {block.liftedAt ? (
          <>
            ended by {block.liftedBy ?? "somebody"} <Time at={block.liftedAt} />
          </>
        ) : (
          <>
            since <Time at={block.expiresAt} />
          </>
        )}
      </span>
    </>
  );
}

function wordsOf({ kind, network, account, card }: Block): string {
  switch (kind) {
    case "ip":
      return `Network ${network ?? ""}`;
    case "email":
      return "An e-mail address, of which a hash is kept";
    case "user":
      return `Account of ${account ?? "somebody who has gone"}`;
    case "card":
      return card?.last4 ? `Card: ${card.brand ?? "card"} ending in ${card.last4}` : "A card";
  }
}

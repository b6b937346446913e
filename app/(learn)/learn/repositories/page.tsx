import type { Metadata } from "next";
import type { ReactNode } from "react";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button, ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Input } from "@/components/ui/input";
import { TextLink } from "@/components/ui/link";
import { Page, PageHeader } from "@/components/ui/page";
import { Panel } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import { requireUser } from "@/lib/access/session";
import { githubGrant } from "@/lib/account/github-connection";
import { allowedHosts } from "@/lib/analysis/repository/allowed-hosts";
import { listOwnRepositories } from "@/lib/analysis/repository/own-repositories";
import type { OwnRepositories, OwnRepository } from "@/lib/analysis/schemas";
import { AppError } from "@/lib/kernel/errors";
import { limit } from "@/lib/platform/rate-limit/limit";
import { AddressForm } from "../_components/address-form";
import { StartButton } from "../_components/start-button";

export const metadata: Metadata = { title: "Repositories" };

const SHOWN = 50;

export default async function RepositoriesPage({
  searchParams,
}: {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { user } = await requireUser();
  const { q } = await searchParams;
  const query = typeof q === "string" ? q.slice(0, 200) : "";
  const own = await ownRepositories(user.id, query);
  return (
    <Page>
      <PageHeader
        title="Choose a repository"
        lead="One of yours at GitHub, or any public one by its address. It is read once, and nothing is written to it."
        crumbs={[{ href: "/learn", label: "Learn" }]}
      />
      <div className="grid items-start gap-8 lg:grid-cols-[7fr_5fr]">
        <section aria-labelledby="own" className="flex min-w-0 flex-col gap-4 max-lg:order-2">
          <h2 id="own" className="text-lg">
            Yours at GitHub
          </h2>
          {own instanceof AppError ? <NoList failure={own} /> : <OwnList own={own} query={query} />}
        </section>
        <Panel title="Any public repository">
          <AddressForm hosts={allowedHosts()} />
        </Panel>
      </div>
    </Page>
  );
}

/** The list, or why there is none: the address field works without it. */
async function ownRepositories(userId: string, query: string): Promise<OwnRepositories | AppError> {
  try {
    await limit({ policy: "repositories-user", subject: userId });
    return await listOwnRepositories(userId, query, githubGrant);
  } catch (error) {
    if (error instanceof AppError && error.code !== "database_unavailable") return error;
    throw error;
  }
}

function NoList({ failure }: { readonly failure: AppError }): ReactNode {
  if (failure.code === "consent_required") {
    return (
      <EmptyState
        title="GitHub is not connected"
        level={3}
        action={
          <ButtonLink href="/auth/github/consent?next=/learn/repositories" variant="primary">
            Connect GitHub
          </ButtonLink>
        }
      >
        {failure.message}
      </EmptyState>
    );
  }
  return (
    <Alert
      tone="warning"
      title="Your list could not be loaded"
      action={<ButtonLink href="/learn/repositories">Try again</ButtonLink>}
    >
      {failure.message}
    </Alert>
  );
}

function OwnList({ own, query }: { readonly own: OwnRepositories; readonly query: string }): ReactNode {
  const shown = own.items.slice(0, SHOWN);
  return (
    <>
      <form method="get" role="search" className="flex items-end gap-2">
        <Input
          name="q"
          type="search"
          label="Find by name or description"
          defaultValue={query}
          required={false}
          className="min-w-0 flex-1"
        />
        <Button type="submit">Find</Button>
      </form>
      {shown.length === 0 ? (
        <EmptyState title={query ? `Nothing matches “${query}”` : "No repositories"} level={3}>
          {query ? (
            <TextLink href="/learn/repositories">Show all of them</TextLink>
          ) : (
            "GitHub lists none for your account that we may see. Use the address of any public one."
          )}
        </EmptyState>
      ) : (
        <ul className="flex flex-col border-t border-line">
          {shown.map((repository) => (
            <RepositoryLine key={repository.fullName} repository={repository} />
          ))}
        </ul>
      )}
      {own.items.length > SHOWN || own.truncated ? (
        <p className="text-sm text-muted">
          The {shown.length} with the newest work are shown
          {own.truncated ? "; you have more than we read" : ` of ${own.items.length}`}. Find others by name.
        </p>
      ) : null}
      {own.includesPrivate ? null : (
        <p className="max-w-measure text-sm text-muted">
          Only public repositories are listed.{" "}
          <TextLink href="/auth/github/consent?next=/learn/repositories">Show private ones too</TextLink>
        </p>
      )}
    </>
  );
}

function RepositoryLine({ repository }: { readonly repository: OwnRepository }): ReactNode {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-b border-line py-3">
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex flex-wrap items-baseline gap-2">
          <span className="font-medium wrap-anywhere">{repository.fullName}</span>
          {repository.private ? <Badge>Private</Badge> : null}
          {repository.archived ? <Badge>Archived</Badge> : null}
          {repository.fork ? <Badge>Fork</Badge> : null}
        </p>
        {repository.description ? <p className="text-sm text-muted wrap-anywhere">{repository.description}</p> : null}
        <p className="text-xs text-muted">
          {repository.language ? `${repository.language} · ` : ""}
          {repository.pushedAt ? (
            <>
              Last work <Time at={repository.pushedAt} />
            </>
          ) : null}
        </p>
      </div>
      <StartButton repoUrl={repository.url} of={repository.fullName} label="Analyse" />
    </li>
  );
}

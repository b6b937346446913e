import type { Metadata } from "next";
import type { ReactNode } from "react";
import { Alert } from "@/components/ui/alert";
import { TextLink } from "@/components/ui/link";
import { Page, PageHeader } from "@/components/ui/page";
import { safeNext } from "@/lib/access/safe-next";
import { requireUser } from "@/lib/access/session";
import { githubConnection, PRIVATE_REPOSITORIES_SCOPE } from "@/lib/account/github-connection";
import { ConsentForm } from "./_components/consent-form";

export const metadata: Metadata = { title: "Access to GitHub" };

/** Step-up consent: says what would be granted and what for, before GitHub asks. */
export default async function ConsentPage({
  searchParams,
}: {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { db } = await requireUser();
  const next = safeNext((await searchParams)["next"], "/learn/repositories");
  const connection = await githubConnection(db);
  const granted = connection?.scopes.includes(PRIVATE_REPOSITORIES_SCOPE) ?? false;
  return (
    <div data-half="learning" className="contents">
      <Page width="reading">
        <PageHeader title={connection ? "Access to your private repositories" : "Connect GitHub"} />
        {granted ? (
          <Alert
            tone="success"
            title="You have given this access already"
            action={<TextLink href={next}>Go on</TextLink>}
          >
            If GitHub refuses it all the same, it was taken back there; give it again below.
          </Alert>
        ) : null}
        <div className="flex max-w-measure flex-col gap-3">
          <p>
            GitHub will ask whether DevMentor may use your repositories. GitHub has no narrower permission for private
            ones than “full control” (<span className="font-mono text-sm">repo</span>). What we do with it:
          </p>
          <ul className="flex list-disc flex-col gap-1.5 pl-5">
            <li>We list your repositories and clone those that you choose to analyse. We never write to them.</li>
            <li>
              The token is kept encrypted and used for your own analyses alone. A clone is deleted as soon as it has
              been read.
            </li>
            <li>Results of private repositories are yours alone.</li>
            <li>You can take it back at any time in your settings, or at GitHub.</li>
          </ul>
        </div>
        <ConsentForm next={next} connected={connection !== null} />
        <p>
          <TextLink href={next}>Not now</TextLink>
        </p>
      </Page>
    </div>
  );
}

import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { CampaignCover } from "@/components/giving/cover";
import { ButtonLink } from "@/components/ui/button";
import { featuredCampaign } from "@/app/_http/prerendered-campaign";
import { AnalysisSample } from "./_components/analysis-sample";
import { CampaignSample } from "./_components/campaign-sample";
import { GiftDrawing } from "./_components/gift-drawing";

// Made anew when a campaign changes, and once a minute while somebody looks; the total itself is live.
export const revalidate = 60;

export default async function LandingPage(): Promise<ReactNode> {
  const featured = await featuredCampaign();
  return (
    <div className="mx-auto w-full max-w-page px-4 sm:px-6">
      <section className="flex flex-col items-start gap-5 pt-12 pb-12 sm:pt-20 sm:pb-16">
        <h1 className="max-w-[22ch] text-2xl sm:text-3xl">
          Learn from the code you wrote. Give, and follow every cent.
        </h1>
        <p className="max-w-measure text-base text-muted sm:text-lg">
          DevMentor reads your repository and shows what is in it, as the ground for lessons made from your own code.
          CareForAll, its other half, is for giving: campaigns whose totals tell what is certain from what is only
          promised.
        </p>
        <div className="flex flex-wrap gap-3 pt-1">
          <span data-viewers="none">
            <ButtonLink href="/login" variant="primary" size="large">
              Get started
            </ButtonLink>
          </span>
          <span data-viewers="member campaign_admin operator">
            <ButtonLink href="/learn/repositories" variant="primary" size="large">
              Go to your repositories
            </ButtonLink>
          </span>
          <ButtonLink href="/campaigns" size="large">
            See campaigns
          </ButtonLink>
        </div>
      </section>

      <div className="grid border-t border-line lg:grid-cols-[7fr_5fr]">
        <section
          data-half="learning"
          aria-labelledby="sample-learning"
          className="py-8 lg:border-r lg:border-line lg:py-10 lg:pr-10"
        >
          <HalfTitle id="sample-learning" name="Learning" promise="See what your code is made of" />
          <AnalysisSample />
        </section>
        <section
          data-half="giving"
          aria-labelledby="sample-giving"
          className="border-t border-line py-8 lg:border-t-0 lg:py-10 lg:pl-10"
        >
          <HalfTitle id="sample-giving" name="Giving" promise="Know what a number means" />
          {featured ? (
            <CampaignSample item={featured} cover={<CampaignCover campaign={featured.campaign} />} />
          ) : (
            <GiftDrawing />
          )}
        </section>
      </div>

      <Chapter
        id="learning"
        half="learning"
        title="From a repository to what to learn next"
        action={
          <>
            <span data-viewers="none">
              <ButtonLink href="/login" variant="primary">
                Analyse a repository
              </ButtonLink>
            </span>
            <span data-viewers="member campaign_admin operator">
              <ButtonLink href="/learn/repositories" variant="primary">
                Analyse a repository
              </ButtonLink>
            </span>
          </>
        }
      >
        <Feature title="Your own repositories" state="now">
          Sign in with GitHub, pick one, and watch it being cloned and counted. Any public repository works by its
          address.
        </Feature>
        <Feature title="Read, never run" state="now">
          We clone without checking out and execute nothing. Private repositories are asked for separately; the key
          GitHub gives us is kept encrypted, serves your analyses alone, and you can take it back in your settings.
        </Feature>
        <Feature title="An API that does the same" state="now">
          What a page can do, a script can: the calls are described in an OpenAPI document.
        </Feature>
        <Feature title="Patterns, risks and evidence" state="now">
          What you do often and where it hurts, each finding with the path and line it comes from.
        </Feature>
        <Feature title="Sessions that adapt" state="later">
          Tasks drawn from your code, at a level you can just about reach, and a view of what you have mastered that
          admits how sure it is.
        </Feature>
      </Chapter>

      <Chapter
        id="giving"
        half="giving"
        title="From a card to the total on the screen"
        action={
          <ButtonLink href="/campaigns" variant="primary">
            See campaigns
          </ButtonLink>
        }
      >
        <Feature title="One gift, counted once" state="now">
          Press twice, lose the connection, reload: it stays one gift and one charge.
        </Feature>
        <Feature title="A path you can follow" state="now">
          Each gift has a page that says in words where the money is: promised, held, taken, or returned.
        </Feature>
        <Feature title="A ledger underneath" state="now">
          Every movement is written twice, out of one account and into another, so a total can always be worked out
          again from the start.
        </Feature>
        <Feature title="Receipts and a year’s statement" state="now">
          What you gave, with the documents, in one place. Giving works without an account.
        </Feature>
      </Chapter>

      <section
        aria-labelledby="for-whom"
        className="grid gap-x-10 gap-y-6 border-t border-line py-12 lg:grid-cols-[4fr_8fr]"
      >
        <h2 id="for-whom" className="text-xl">
          Who it is for
        </h2>
        <dl className="flex flex-col">
          <Reader name="You write code">
            and would rather learn from your own work than from one more toy example.
          </Reader>
          <Reader name="You give">and want to know what became of it, without taking anyone’s word.</Reader>
          <Reader name="You run a campaign">and owe your donors figures that hold when someone checks.</Reader>
        </dl>
      </section>
    </div>
  );
}

function HalfTitle({
  id,
  name,
  promise,
}: {
  readonly id: string;
  readonly name: string;
  readonly promise: string;
}): ReactNode {
  return (
    <h2 id={id} className="mb-6 flex flex-col gap-0.5">
      <span className="text-xs font-medium tracking-normal text-accent-ink">{name}</span>
      <span className="text-xl">{promise}</span>
    </h2>
  );
}

interface ChapterProps {
  readonly id: string;
  readonly half: "learning" | "giving";
  readonly title: string;
  readonly action: ReactNode;
  readonly children: ReactNode;
}

/** Title and way in on the left, what there is on the right, by lines. */
function Chapter({ id, half, title, action, children }: ChapterProps): ReactNode {
  return (
    <section
      id={id}
      data-half={half}
      aria-labelledby={`${id}-title`}
      className="grid gap-x-10 gap-y-6 border-t border-line py-12 lg:grid-cols-[4fr_8fr]"
    >
      <div className="flex flex-col items-start gap-4">
        <h2 id={`${id}-title`} className="text-xl">
          {title}
        </h2>
        {action}
      </div>
      <ul className="flex flex-col">{children}</ul>
    </section>
  );
}

/** What one can do, and whether one can do it today. */
function Feature({
  title,
  state,
  children,
}: {
  readonly title: string;
  readonly state: "now" | "later";
  readonly children: ReactNode;
}): ReactNode {
  return (
    <li className="border-b border-line py-4 first:pt-0 last:border-b-0">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <h3 className="text-base tracking-normal">{title}</h3>
        {state === "now" ? <Badge tone="accent">Open today</Badge> : <Badge>Being built</Badge>}
      </div>
      <p className="max-w-measure pt-1 text-muted">{children}</p>
    </li>
  );
}

function Reader({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="grid gap-x-6 border-b border-line py-4 first:pt-0 last:border-b-0 sm:grid-cols-[13rem_1fr]">
      <dt className="font-medium">{name}</dt>
      <dd className="text-muted">{children}</dd>
    </div>
  );
}

import type { Metadata } from "next";
import type { ReactNode } from "react";
import { ConceptBadge } from "@/components/learning/concept-badge";
import { TrackGraph } from "@/components/learning/track-graph";
import { Badge } from "@/components/ui/badge";
import { TextLink } from "@/components/ui/link";
import { Page, PageHeader } from "@/components/ui/page";
import { Progress } from "@/components/ui/progress";
import { Time } from "@/components/ui/time";
import { requireUser } from "@/lib/access/session";
import { GATE } from "@/lib/learning/mastery/gate";
import type { MasteryRow } from "@/lib/learning/overview/read-overview";
import { readTrackMap } from "@/lib/learning/overview/read-track";
import type { ConceptLink, MapConcept } from "@/lib/learning/overview/rules";
import { PostButton } from "../../_components/post-button";
import { enrolAction, startSessionAction } from "../../sessions/actions";
import { LessonButtons } from "../_components/lesson-buttons";
import { foundOr404 } from "../_load";

export const metadata: Metadata = { title: "Track" };

/** A track as a map: what stands on what, where one stands on it, and what can be begun. */
export default async function TrackPage({
  params,
}: {
  readonly params: Promise<{ readonly slug: string }>;
}): Promise<ReactNode> {
  const { db, user } = await requireUser();
  const { slug } = await params;
  const { track, levels, mastery } = await foundOr404(readTrackMap(db, user.id, slug));
  const whole = track.mastered === track.concepts;
  return (
    <Page>
      <PageHeader
        title={track.title}
        crumbs={[{ href: "/learn", label: "Learn" }]}
        lead={
          <>
            {track.summary} {track.enrolled ? <Badge tone="accent">you take it</Badge> : null}
          </>
        }
        actions={
          <>
            {whole ? null : (
              <PostButton
                action={startSessionAction}
                fields={{ trackSlug: slug }}
                label="Start a session"
                pendingLabel="Starting…"
                variant="primary"
              />
            )}
            <PostButton
              action={enrolAction}
              fields={track.enrolled ? { trackSlug: slug, leave: "yes" } : { trackSlug: slug }}
              label={track.enrolled ? "Leave the track" : "Take this track"}
              pendingLabel="Saving…"
              variant={track.enrolled ? "quiet" : "secondary"}
            />
          </>
        }
      />
      <Progress
        id="track-progress"
        label="Concepts mastered"
        value={track.concepts === 0 ? 0 : track.mastered / track.concepts}
        text={`${track.mastered} of ${track.concepts}`}
        className="max-w-measure"
      />
      <p className="max-w-measure text-sm text-muted">
        Each step stands on the ones above it. If you know a concept already, test out of it: you get its hardest tasks,
        level by level, and {GATE.passes} or more passes without a hint can be enough. After two that you do not pass
        alone it goes on as practice, and every answer counts.{" "}
        {track.enrolled ? "Leaving the track keeps all that you have learned." : null}
      </p>
      <TrackGraph levels={levels} title={track.title} />
      <ol className="flex flex-col gap-10" aria-label="Concepts by what they build on">
        {levels.map((concepts, index) => (
          <li key={concepts[0]?.slug ?? index} className="flex flex-col gap-3">
            <h2 className="text-lg">{index === 0 ? "Where it begins" : `Step ${index + 1}`}</h2>
            <ul className="grid gap-4 md:grid-cols-2 lg:grid-cols-3">
              {concepts.map((concept) => (
                <ConceptCard key={concept.slug} concept={concept} trackSlug={slug} known={mastery.get(concept.slug)} />
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </Page>
  );
}

interface ConceptCardProps {
  readonly concept: MapConcept;
  readonly trackSlug: string;
  readonly known: MasteryRow | undefined;
}

function ConceptCard({ concept, trackSlug, known }: ConceptCardProps): ReactNode {
  const { slug, title, summary, standing, builtOn, leadsTo, exercises, minutes, levels } = concept;
  return (
    <li
      id={slug}
      className="flex min-w-0 scroll-mt-20 flex-col gap-2 rounded-surface border border-line bg-surface p-4 target:border-accent"
    >
      <h3 className="flex flex-wrap items-baseline justify-between gap-x-3 gap-y-1 font-semibold">
        <TextLink href={`/learn/tracks/${trackSlug}/${slug}`}>{title}</TextLink>
        <ConceptBadge standing={standing} />
      </h3>
      <p className="text-sm text-muted">{summary}</p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 text-sm">
        {builtOn.length > 0 ? <Links term="Builds on" links={builtOn} trackSlug={trackSlug} /> : null}
        {leadsTo.length > 0 ? <Links term="Leads to" links={leadsTo} trackSlug={trackSlug} /> : null}
        <dt className="text-muted">Asks for</dt>
        <dd>{levels.join(", ")}</dd>
        <dt className="text-muted">Has</dt>
        <dd className="figures">
          {exercises} tasks, about {minutes} minutes
        </dd>
        {known ? (
          <>
            <dt className="text-muted">You</dt>
            <dd className="figures">
              {Math.round(known.chance * 100)} % ({Math.round(known.low * 100)} to {Math.round(known.high * 100)}), by{" "}
              {known.answers} {known.answers === 1 ? "answer" : "answers"}
              {known.due ? (
                <>
                  ; review <Time at={known.due} />
                </>
              ) : null}
            </dd>
          </>
        ) : null}
      </dl>
      <div className="mt-auto pt-2">
        <LessonButtons trackSlug={trackSlug} concept={slug} title={title} standing={standing} />
      </div>
    </li>
  );
}

interface LinksProps {
  readonly term: string;
  readonly links: readonly ConceptLink[];
  readonly trackSlug: string;
}

function Links({ term, links, trackSlug }: LinksProps): ReactNode {
  return (
    <>
      <dt className="text-muted">{term}</dt>
      <dd>
        {links.map((link, index) => (
          <span key={link.slug}>
            {index > 0 ? ", " : null}
            <TextLink
              href={link.trackSlug === trackSlug ? `#${link.slug}` : `/learn/tracks/${link.trackSlug}#${link.slug}`}
            >
              {link.title}
            </TextLink>
            {link.mastered ? " (mastered)" : null}
          </span>
        ))}
      </dd>
    </>
  );
}

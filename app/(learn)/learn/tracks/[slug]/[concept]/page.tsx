import type { Metadata } from "next";
import type { ReactNode } from "react";
import { ConceptBadge } from "@/components/learning/concept-badge";
import { LessonText } from "@/components/learning/lesson-text";
import { MasteryChart } from "@/components/learning/mastery-chart";
import { TextLink } from "@/components/ui/link";
import { Page, PageHeader } from "@/components/ui/page";
import { Panel } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import { ToneIcon } from "@/components/ui/tone-icon";
import { requireUser } from "@/lib/access/session";
import { GATE } from "@/lib/learning/mastery/gate";
import type { Condition } from "@/lib/learning/mastery/schemas";
import { readLesson, type Lesson } from "@/lib/learning/overview/read-track";
import type { ConceptLink } from "@/lib/learning/overview/rules";
import { LessonButtons } from "../../_components/lesson-buttons";
import { foundOr404 } from "../../_load";

export const metadata: Metadata = { title: "Lesson" };

/** A lesson: its text, what is believed of one there and why, and what mastery still asks for. */
export default async function LessonPage({
  params,
}: {
  readonly params: Promise<{ readonly slug: string; readonly concept: string }>;
}): Promise<ReactNode> {
  const { db, user } = await requireUser();
  const { slug, concept: name } = await params;
  const { track, concept, about, known, gate, changes } = await foundOr404(readLesson(db, user.id, slug, name));
  return (
    <Page>
      <PageHeader
        title={concept.title}
        crumbs={[
          { href: "/learn", label: "Learn" },
          { href: `/learn/tracks/${slug}`, label: track.title },
        ]}
        lead={
          <>
            {concept.summary} <ConceptBadge standing={concept.standing} />
          </>
        }
        actions={
          <LessonButtons
            trackSlug={slug}
            concept={concept.slug}
            title={concept.title}
            standing={concept.standing}
            main
          />
        }
      />
      <section aria-labelledby="lesson" className="flex flex-col gap-3">
        <h2 id="lesson" className="text-lg">
          The lesson
        </h2>
        <LessonText text={about} />
        <p className="max-w-measure text-sm text-muted">
          {concept.exercises} tasks, about {concept.minutes} minutes in all, at the levels {concept.levels.join(", ")}.
        </p>
        <Ground links={concept.builtOn} words="It builds on" />
        <Ground links={concept.leadsTo} words="It leads to" />
      </section>
      <Panel title="What you know of it" id="mastery">
        {known ? (
          <MasteryChart asked={GATE.chance} bars={[{ ...known, href: null }]} />
        ) : (
          <p className="max-w-measure text-muted">
            Nothing is believed before you have answered something. Mastery asks for at least {GATE.answers} answers, a
            chance of {Math.round(GATE.chance * 100)} % to pass a typical task, and {GATE.passes} passes without a hint
            of at least {GATE.items} tasks that are hard enough, with one at each level.
          </p>
        )}
        {known?.due ? (
          <p className="pt-3">
            The next review is due <Time at={known.due} />.
          </p>
        ) : null}
      </Panel>
      {gate.length > 0 ? (
        <Panel
          title="What mastery asks for"
          description="All four at once, and the last of them by a pass without a hint."
        >
          <Gate gate={gate} />
        </Panel>
      ) : null}
      {changes.length > 0 ? (
        <Panel title="Why it changed" description="The newest first.">
          <Changes changes={changes} />
        </Panel>
      ) : null}
    </Page>
  );
}

function Ground({ links, words }: { readonly links: readonly ConceptLink[]; readonly words: string }): ReactNode {
  if (links.length === 0) return null;
  return (
    <p className="max-w-measure text-sm">
      {words}{" "}
      {links.map((link, index) => (
        <span key={link.slug}>
          {index > 0 ? ", " : null}
          <TextLink href={`/learn/tracks/${link.trackSlug}/${link.slug}`}>{link.title}</TextLink>
          {link.mastered ? " (mastered)" : null}
        </span>
      ))}
      .
    </p>
  );
}

function Gate({ gate }: { readonly gate: readonly Condition[] }): ReactNode {
  return (
    <ul className="flex flex-col gap-2">
      {gate.map(({ code, holds, sentence }) => (
        <li key={code} className="flex items-start gap-2">
          <ToneIcon tone={holds ? "success" : "info"} />
          <span>
            <span className="font-medium">{holds ? "Holds" : "Not yet"}:</span> {sentence}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Changes({ changes }: Pick<Lesson, "changes">): ReactNode {
  return (
    <ol className="flex flex-col text-sm">
      {changes.map(({ before, after, reason, at }) => (
        <li
          key={`${at} ${reason}`}
          className="flex flex-wrap justify-between gap-x-6 gap-y-0.5 border-b border-line py-2 first:pt-0 last:border-b-0 last:pb-0"
        >
          <p className="max-w-measure min-w-0">{reason}</p>
          <p className="figures text-muted">
            {Math.round(before * 100)} % <span aria-hidden="true">→</span>
            <span className="sr-only">to</span> {Math.round(after * 100)} %, <Time at={at} />
          </p>
        </li>
      ))}
    </ol>
  );
}

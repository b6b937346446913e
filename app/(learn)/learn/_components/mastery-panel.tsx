import type { ReactNode } from "react";
import { MasteryChart } from "@/components/learning/mastery-chart";
import { TextLink } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import type { Moved, Overview } from "@/lib/learning/overview/read-overview";

/** What is believed and how surely, and what moved lately and why. Without a streak: nothing is lost by a day away. */
export function MasteryPanel({ overview }: { readonly overview: Overview }): ReactNode {
  const { mastery, tracks, answers, moved, asked } = overview;
  const mastered = mastery.filter(({ status }) => status === "mastered").length;
  const all = tracks.reduce((sum, { concepts }) => sum + concepts, 0);
  return (
    <Panel
      title="What you know"
      id="mastery"
      description={
        answers === 0
          ? "Nothing is believed about you before you have answered something."
          : `${mastered} of ${all} concepts mastered, ${mastery.length - mastered} in practice, ${answers} ${answers === 1 ? "answer" : "answers"} counted.`
      }
      aside={<TextLink href="/learn/sessions">Your sessions</TextLink>}
    >
      {mastery.length === 0 ? (
        <p className="max-w-measure text-muted">
          After the first answer of a lesson this shows each concept: how likely you are to pass a typical task of it,
          how sure that is, and why it changed.
        </p>
      ) : (
        <div className="flex flex-col gap-6">
          <MasteryChart
            asked={asked}
            bars={mastery.map((row) => ({
              ...row,
              href: row.trackSlug === null ? null : `/learn/tracks/${row.trackSlug}/${row.concept}`,
            }))}
          />
          <LatelyMoved moved={moved} />
        </div>
      )}
    </Panel>
  );
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

function LatelyMoved({ moved }: { readonly moved: readonly Moved[] }): ReactNode {
  if (moved.length === 0) return null;
  return (
    <section aria-labelledby="lately">
      <h3 id="lately" className="pb-1 font-medium">
        What moved lately, and why
      </h3>
      <ol className="flex flex-col text-sm">
        {moved.map(({ concept, title, before, after, reason, at }) => (
          <li
            key={`${concept} ${at} ${reason}`}
            className="flex flex-wrap justify-between gap-x-6 gap-y-0.5 border-b border-line py-2 last:border-b-0"
          >
            <p className="min-w-0 max-w-measure">
              <span className="font-medium">{title}</span>: {reason}
            </p>
            <p className="figures text-muted">
              {percent(before)} <span aria-hidden="true">→</span>
              <span className="sr-only">to</span> {percent(after)}, <Time at={at} />
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

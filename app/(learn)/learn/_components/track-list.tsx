import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { TextLink } from "@/components/ui/link";
import { Progress } from "@/components/ui/progress";
import type { TrackProgress } from "@/lib/learning/overview/read-overview";

/** The tracks, each with how much of it is mastered. */
export function TrackList({ tracks }: { readonly tracks: readonly TrackProgress[] }): ReactNode {
  return (
    <ul className="grid gap-x-8 gap-y-6 sm:grid-cols-2 md:grid-cols-3">
      {tracks.map(({ slug, title, summary, enrolled, mastered, concepts }) => (
        <li key={slug} className="flex min-w-0 flex-col gap-2 border-t-2 border-accent pt-3">
          <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
            <TextLink href={`/learn/tracks/${slug}`} className="font-medium">
              {title}
            </TextLink>
            {enrolled ? <Badge tone="accent">you take it</Badge> : null}
          </p>
          <p className="text-sm text-muted">{summary}</p>
          <Progress
            id={`track-${slug}`}
            label={<span className="text-sm">Mastered</span>}
            value={concepts === 0 ? 0 : mastered / concepts}
            text={`${mastered} of ${concepts} concepts`}
            className="mt-auto"
          />
        </li>
      ))}
    </ul>
  );
}

import type { ReactNode } from "react";
import { Panel } from "@/components/ui/panel";
import { TextLink } from "@/components/ui/link";
import { Time } from "@/components/ui/time";
import type { MasteryRow } from "@/lib/learning/overview/read-overview";
import { startSessionAction } from "../sessions/actions";
import { PostButton } from "./post-button";

/** So many reviews to come are named. */
const NAMED = 3;

interface ReviewsProps {
  readonly due: readonly MasteryRow[];
  readonly upcoming: readonly MasteryRow[];
}

/** What is due, since when and why, and a way to do it now; what comes later in a line. Nothing where nothing was mastered yet. */
export function Reviews({ due, upcoming }: ReviewsProps): ReactNode {
  if (due.length === 0 && upcoming.length === 0) return null;
  return (
    <Panel
      title="Reviews"
      id="reviews"
      description="A review comes on the day by which, in nine of ten cases, you would still know it. One task each: passed, it comes back later; not passed, the concept is open again."
    >
      {due.length === 0 ? (
        <p>Nothing is due.</p>
      ) : (
        <ul className="flex flex-col">
          {due.map((row) => (
            <Due key={row.concept} row={row} />
          ))}
        </ul>
      )}
      {upcoming.length > 0 ? <Upcoming rows={upcoming} /> : null}
    </Panel>
  );
}

function Due({ row: { title, trackSlug, concept, due, lastReview } }: { readonly row: MasteryRow }): ReactNode {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-b border-line py-3 first:pt-0">
      <div className="min-w-0">
        <p className="font-medium">
          {trackSlug ? <TextLink href={`/learn/tracks/${trackSlug}/${concept}`}>{title}</TextLink> : title}
        </p>
        <p className="text-sm text-muted">
          {due ? (
            <>
              Due since <Time at={due} />
            </>
          ) : null}
          {lastReview ? (
            <>
              : last shown <Time at={lastReview} />.
            </>
          ) : (
            "."
          )}
        </p>
      </div>
      {trackSlug ? (
        <PostButton
          action={startSessionAction}
          fields={{ trackSlug, lessonSlug: concept }}
          label="Review"
          of={title}
          pendingLabel="Starting…"
        />
      ) : (
        <p className="text-sm text-muted">This lesson is not there any more.</p>
      )}
    </li>
  );
}

function Upcoming({ rows }: { readonly rows: readonly MasteryRow[] }): ReactNode {
  const left = rows.length - NAMED;
  return (
    <p className="pt-3 text-sm text-muted">
      To come:{" "}
      {rows.slice(0, NAMED).map(({ concept, title, due }, index) => (
        <span key={concept}>
          {index > 0 ? "; " : null}
          {title} {due ? <Time at={due} /> : null}
        </span>
      ))}
      {left > 0 ? `; and ${left} more` : null}.
    </p>
  );
}

import type { ReactNode } from "react";
import type { ConceptStanding } from "@/lib/learning/overview/rules";
import { PostButton } from "../../_components/post-button";
import { startSessionAction } from "../../sessions/actions";

interface LessonButtonsProps {
  readonly trackSlug: string;
  readonly concept: string;
  readonly title: string;
  readonly standing: ConceptStanding;
  /** On the lesson's own page, where it is the one thing to do. */
  readonly main?: boolean;
}

const PRACTISE: Readonly<Record<ConceptStanding, string | null>> = {
  mastered: null,
  review_due: "Review",
  lapsed: "Practise",
  practising: "Practise",
  open: "Start",
  locked: "Start anyway",
};

/** What can be done about a lesson now: practise it, review it, or test out of it. Nothing for one that is mastered. */
export function LessonButtons({ trackSlug, concept, title, standing, main }: LessonButtonsProps): ReactNode {
  const practise = PRACTISE[standing];
  if (practise === null) return <p className="text-sm text-muted">Mastered. A review comes on its day.</p>;
  const fields = { trackSlug, lessonSlug: concept };
  return (
    <div className="flex flex-wrap items-start gap-2">
      <PostButton
        action={startSessionAction}
        fields={fields}
        label={practise}
        of={title}
        pendingLabel="Starting…"
        variant={main ? "primary" : "secondary"}
      />
      {standing === "review_due" ? null : (
        <PostButton
          action={startSessionAction}
          fields={{ ...fields, testOut: "yes" }}
          label="Test out"
          of={`of ${title}`}
          pendingLabel="Starting…"
          variant={main ? "secondary" : "quiet"}
        />
      )}
    </div>
  );
}

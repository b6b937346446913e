import type { ReactNode } from "react";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import type { ConceptStanding } from "@/lib/learning/overview/rules";

const WORDS: Readonly<Record<ConceptStanding, readonly [words: string, tone: BadgeTone]>> = {
  mastered: ["mastered", "success"],
  review_due: ["review due", "warning"],
  lapsed: ["open again", "warning"],
  practising: ["in practice", "accent"],
  open: ["open", "info"],
  locked: ["builds on others", "neutral"],
};

/** Where a concept stands, in a word or two. */
export function ConceptBadge({ standing }: { readonly standing: ConceptStanding }): ReactNode {
  const [words, tone] = WORDS[standing];
  return <Badge tone={tone}>{words}</Badge>;
}

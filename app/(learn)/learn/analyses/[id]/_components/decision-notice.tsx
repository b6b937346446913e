import type { ReactNode } from "react";
import { Alert } from "@/components/ui/alert";
import { RestoreForm, type DecisionPlace } from "./decision-forms";

type Query = Readonly<Record<string, string | string[] | undefined>>;

interface DecisionNoticeProps {
  readonly query: Query;
  /** Everything that could have been decided about, marked or not. */
  readonly items: readonly { readonly id: string; readonly title: string; readonly marked: boolean }[];
  readonly place: Omit<DecisionPlace, "finding" | "title">;
}

/** What was done just now, after the way back from a form; a page that is loaded later says it only while it is true. */
export function DecisionNotice({ query, items, place }: DecisionNoticeProps): ReactNode {
  const marked = items.find(({ id, marked: is }) => is && id === query["marked"]);
  if (marked) {
    return (
      <Alert
        tone="success"
        live
        title="Marked as all right"
        action={<RestoreForm {...place} finding={marked.id} title={marked.title} />}
      >
        {marked.title}. It no longer counts, here and in later analyses of this repository.
      </Alert>
    );
  }
  const restored = items.find(({ id, marked: is }) => !is && id === query["restored"]);
  if (!restored) return null;
  return (
    <Alert live title="Back among the others">
      {restored.title} counts again.
    </Alert>
  );
}

import type { ReactNode } from "react";
import { Switch } from "@/components/ui/choice";
import { Panel } from "@/components/ui/panel";
import type { Preferences } from "@/lib/account/schemas";
import { modelHosts } from "@/lib/platform/ai/providers";
import { saveModelUses } from "../actions";
import { SaveForm } from "./save-form";

const USES = [
  {
    name: "aiHints",
    label: "Hints that fit what you wrote",
    help: "Sent when you take a hint: the task, its author’s hint, what stands in your editor. The author’s hint stays beside it.",
  },
  {
    name: "aiGrading",
    label: "Answers in words judged sooner",
    help: "Sent when you answer a task whose reasons no check can tell: the task, what it asks for, your words. What does not rest on your own words is left to a person, and you can appeal to one.",
  },
  {
    name: "aiLessons",
    label: "Lessons said for you",
    help: "Sent when a lesson is shown or comes next: the lesson, and whether it is new to you. Nothing that you wrote.",
  },
] as const satisfies readonly { name: keyof Preferences; label: string; help: string }[];

/** What a learner lets a model be asked, each use by itself, with what is sent where. */
export function ModelsSection({ preferences }: { readonly preferences: Preferences }): ReactNode {
  const [first, ...others] = modelHosts();
  return (
    <Panel
      id="models"
      title="Language models"
      description="Off until you say so. What a model says is checked and labelled with its name; without one everything works in its author’s words."
    >
      <SaveForm action={saveModelUses} submit="Save what models may do" pending="Saving…">
        <p className="max-w-measure text-muted">
          {first ? (
            <>
              What you allow is sent to <span className="font-mono wrap-anywhere">{first.host}</span>
              {others.length > 0 ? `, or to ${others.map(({ host }) => host).join(", ")} when it cannot answer` : ""}.
              Never sent: your name, your address, exercises made of your own code, the solution of a task (but for what
              an answer in words has to show, where you let one be judged). Taking a permission back deletes the answers
              that models gave you.
            </>
          ) : (
            "This server has no key of a model, so nothing is sent anywhere now, whatever you choose here. Your choice holds once it has one."
          )}
        </p>
        <div className="divide-y divide-line">
          {USES.map(({ name, label, help }) => (
            <Switch key={name} name={name} label={label} help={help} defaultChecked={preferences[name]} />
          ))}
        </div>
      </SaveForm>
    </Panel>
  );
}

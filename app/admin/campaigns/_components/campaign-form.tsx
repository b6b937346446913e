"use client";

import { useActionState, useEffect, useState, type ReactNode } from "react";
import { fieldError, UNTOUCHED, type FormState } from "@/app/_http/form-state";
import { CampaignCover } from "@/components/giving/cover";
import { Story } from "@/components/giving/story";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { Select } from "@/components/ui/select";
import { SubmitButton } from "@/components/ui/submit-button";
import { Textarea } from "@/components/ui/textarea";
import { COVERS, slugOf } from "@/lib/giving/campaign/rules";
import { STORY_MAX, SUMMARY_MAX, TITLE_MAX } from "@/lib/giving/campaign/schemas";
import { CURRENCY_CODES } from "@/lib/kernel/money";

export interface CampaignFormValues {
  readonly id?: string;
  readonly version?: number;
  readonly title: string;
  readonly slug: string;
  readonly summary: string;
  readonly story: string;
  readonly goal: string;
  readonly currency: string;
  /** `YYYY-MM-DD`, or empty. */
  readonly endsAt: string;
  readonly coverImage: string;
}

interface CampaignFormProps {
  readonly values: CampaignFormValues;
  readonly action: (previous: FormState, form: FormData) => Promise<FormState>;
  /** Told while it is being saved. */
  readonly onPending?: (pending: boolean) => void;
  /** Told when something was typed, and when what stands there is what is saved. */
  readonly onUnsaved?: (unsaved: boolean) => void;
}

/** Writes a campaign, beside it what it will look like. */
export function CampaignForm({ values, action, onPending, onUnsaved }: CampaignFormProps): ReactNode {
  const [state, submit, pending] = useActionState(action, UNTOUCHED);
  useEffect(() => {
    onPending?.(pending);
    return () => onPending?.(false);
  }, [pending, onPending]);
  // A form of its own for each saved text: where one begins nothing is unsaved, nor while it is being saved.
  const failed = state.status === "failed";
  useEffect(() => onUnsaved?.(failed && !pending), [failed, pending, onUnsaved]);
  const kept = (name: keyof CampaignFormValues): string => state.values[name] ?? String(values[name] ?? "");
  const [preview, setPreview] = useState({
    title: values.title,
    summary: values.summary,
    story: values.story,
    coverImage: values.coverImage,
    slug: values.slug,
  });
  const show = (field: keyof typeof preview) => (event: { readonly target: { readonly value: string } }) =>
    setPreview((before) => ({ ...before, [field]: event.target.value }));
  const isNew = values.id === undefined;
  const slug = preview.slug || slugOf(preview.title) || "campaign";
  return (
    <div className="grid items-start gap-8 lg:grid-cols-2">
      <form
        action={submit}
        onChange={() => onUnsaved?.(true)}
        className="flex flex-col gap-5"
        noValidate
        key={JSON.stringify(state.values)}
      >
        <ErrorSummary errors={state.errors} title="The campaign was not saved" />
        {values.id ? <input type="hidden" name="id" value={values.id} /> : null}
        {values.version ? <input type="hidden" name="version" value={values.version} /> : null}
        <Input
          name="title"
          label="Title"
          maxLength={TITLE_MAX}
          defaultValue={kept("title")}
          onChange={show("title")}
          error={fieldError(state, "title")}
          help="What it is, in a few words."
        />
        {isNew ? (
          <Input
            name="slug"
            label="Address"
            optional
            defaultValue={kept("slug")}
            onChange={show("slug")}
            error={fieldError(state, "slug")}
            help={`/campaigns/${slug}`}
            autoCapitalize="none"
            spellCheck={false}
          />
        ) : null}
        <Textarea
          name="summary"
          label="Summary"
          rows={3}
          maxLength={SUMMARY_MAX}
          defaultValue={kept("summary")}
          onChange={show("summary")}
          error={fieldError(state, "summary")}
          help="One or two sentences: who needs what."
        />
        <Textarea
          name="story"
          label="Story"
          rows={12}
          maxLength={STORY_MAX}
          defaultValue={kept("story")}
          onChange={show("story")}
          error={fieldError(state, "story")}
          help="An empty line begins a paragraph. ## for a heading, - for a list, > for a quote, **strong**, *emphasis*, [words](https://…) for a link."
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <Input
            name="goal"
            label="Goal"
            inputMode="decimal"
            defaultValue={kept("goal")}
            error={fieldError(state, "goal")}
            help="As you would write it: 12000 or 12,000.00."
            {...(isNew ? {} : { suffix: values.currency })}
          />
          {isNew ? (
            <Select
              name="currency"
              label="Currency"
              defaultValue={kept("currency")}
              error={fieldError(state, "currency")}
              options={CURRENCY_CODES.map((code) => ({ value: code, label: code }))}
              help="It stays once the campaign is public."
            />
          ) : (
            <input type="hidden" name="currency" value={values.currency} />
          )}
          <Input
            name="endsAt"
            type="date"
            label="Last day"
            optional
            defaultValue={kept("endsAt")}
            error={fieldError(state, "endsAt")}
            help="In UTC. Without one it stays open."
          />
          <Select
            name="coverImage"
            label="Picture"
            optional
            defaultValue={kept("coverImage")}
            onChange={show("coverImage")}
            error={fieldError(state, "coverImage")}
            options={[
              { value: "", label: "Choose for me" },
              ...COVERS.map((cover) => ({
                value: `/covers/${cover}.svg`,
                label: cover[0]?.toUpperCase() + cover.slice(1),
              })),
              ...(values.coverImage.startsWith("https://")
                ? [{ value: values.coverImage, label: "The present picture" }]
                : []),
            ]}
          />
        </div>
        <SubmitButton pendingLabel="Saving…">{isNew ? "Make a draft" : "Save"}</SubmitButton>
      </form>
      <Panel title="Preview" className="lg:sticky lg:top-6">
        <article className="flex flex-col gap-4" data-half="giving">
          <div className="overflow-clip rounded-control border border-line">
            <CampaignCover campaign={{ slug, coverImage: preview.coverImage || null }} />
          </div>
          <h3 className="text-xl">{preview.title || "The title"}</h3>
          <p className="text-muted">{preview.summary || "The summary"}</p>
          <div
            className="max-h-[28rem] overflow-y-auto"
            tabIndex={0}
            role="region"
            aria-label="The story, as it will look"
          >
            <Story story={preview.story || "The story"} />
          </div>
        </article>
      </Panel>
    </div>
  );
}

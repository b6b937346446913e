import type { ReactNode } from "react";
import { SourceLink } from "@/components/learning/source-link";
import { Badge } from "@/components/ui/badge";
import { TextLink } from "@/components/ui/link";
import { Time } from "@/components/ui/time";
import type { CatalogueWords } from "@/lib/analysis/insights/catalogue-view";
import { sourceHostAt } from "@/lib/analysis/repository/source-host";
import { CORRECTION_WORDS, KIND_WORDS, reasonOf } from "@/lib/learning/patterns/rules";
import type { BelievedPattern } from "@/lib/learning/patterns/schemas";
import { CorrectForm, ForgetForm, type PatternPlace } from "./pattern-forms";

interface PatternCardProps {
  readonly pattern: BelievedPattern;
  readonly words: CatalogueWords;
  readonly place: Pick<PatternPlace, "kind" | "cursor">;
}

/** One belief: what it is, why it is held, and how to correct it. */
export function PatternCard({ pattern, words, place }: PatternCardProps): ReactNode {
  const title = titleOf(pattern, words);
  const at = { ...place, pattern: pattern.id, title };
  const about = words.about[pattern.pattern];
  return (
    <article id={pattern.id} className="flex min-w-0 flex-col gap-2 border-t border-line py-5">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h2 className="text-base font-semibold wrap-anywhere">{title}</h2>
        <Badge tone={pattern.kind === "habit" ? "neutral" : "warning"}>{KIND_WORDS[pattern.kind]}</Badge>
        {pattern.correction ? <Badge tone="accent">{CORRECTION_WORDS[pattern.correction].label}</Badge> : null}
      </div>
      {about ? <p className="max-w-measure text-muted">{about}</p> : null}
      <p>
        {reasonOf(pattern)}
        {pattern.lastSeenAt ? (
          <>
            {" "}
            Last: <Time at={pattern.lastSeenAt} />.
          </>
        ) : null}{" "}
        <span className="text-muted">Concept: {words.concepts[pattern.concept] ?? pattern.concept}.</span>
      </p>
      {pattern.correction ? (
        <p className="max-w-measure border-l-4 border-accent pl-3 wrap-anywhere">
          {CORRECTION_WORDS[pattern.correction].effect}
          {pattern.correctionNote ? ` “${pattern.correctionNote}”` : ""}
        </p>
      ) : null}
      <Sightings pattern={pattern} title={title} />
      <div className="flex flex-col gap-1">
        <CorrectForm {...at} correction={pattern.correction} note={pattern.correctionNote} />
        <ForgetForm {...at} />
      </div>
    </article>
  );
}

/** What neither the catalogue nor an exercise names any more is called by its slug. */
export function titleOf({ pattern }: Pick<BelievedPattern, "pattern">, words: CatalogueWords): string {
  const plain = pattern.replaceAll("-", " ");
  return words.patterns[pattern] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

function Sightings({ pattern, title }: { readonly pattern: BelievedPattern; readonly title: string }): ReactNode {
  if (pattern.sightings.length === 0) return null;
  return (
    <details>
      <summary className="w-fit cursor-pointer py-1 text-sm text-accent-ink underline underline-offset-3">
        Where {title} was seen
      </summary>
      <ul className="flex flex-col gap-3 pt-2 text-sm">
        {pattern.sightings.map((sighting) => (
          <li key={sighting.analysisId ?? sighting.responseId} className="flex min-w-0 flex-col gap-1">
            <p className="wrap-anywhere">
              {sighting.analysisId && sighting.repoUrl ? (
                <TextLink href={`/learn/analyses/${sighting.analysisId}`}>{nameOf(sighting.repoUrl)}</TextLink>
              ) : (
                "One of your answers"
              )}{" "}
              <span className="text-muted">
                {sighting.count.toLocaleString("en")} {sighting.count === 1 ? "time" : "times"},{" "}
                <Time at={sighting.seenAt} />
              </span>
            </p>
            <Places sighting={sighting} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Places({ sighting }: { readonly sighting: BelievedPattern["sightings"][number] }): ReactNode {
  const { repoUrl, commit, places } = sighting;
  if (!repoUrl || !commit || places.length === 0) return null;
  const kind = sourceHostAt({ url: repoUrl, host: new URL(repoUrl).host });
  return (
    <ul className="flex flex-col">
      {places.map((place) => (
        <li key={`${place.path}:${place.line}`}>
          <SourceLink at={{ kind, repository: repoUrl, commit }} {...place} />
        </li>
      ))}
    </ul>
  );
}

function nameOf(repoUrl: string): string {
  return new URL(repoUrl).pathname.slice(1);
}

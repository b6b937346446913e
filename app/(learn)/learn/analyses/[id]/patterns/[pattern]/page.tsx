import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { CodeSnippet } from "@/components/learning/code-snippet";
import { Figures } from "@/components/learning/figures";
import { SourceLink } from "@/components/learning/source-link";
import { Page, PageHeader } from "@/components/ui/page";
import { patternWords } from "@/lib/analysis/insights/catalogue-view";
import { FOUND_LIMITS } from "@/lib/analysis/patterns/schemas";
import { foundPhase } from "@/lib/analysis/rules";
import { loadResult } from "../../../_load";

export const metadata: Metadata = { title: "Pattern" };

/** Counting ends at a bound; what reached it may be more. */
const shapes = (count: number): string =>
  count < FOUND_LIMITS.shapes ? count.toLocaleString("en") : `${count.toLocaleString("en")} or more`;

/** One pattern in one analysis: what it is, how often, and a few places with their code. */
export default async function PatternPage({
  params,
}: {
  readonly params: Promise<{ readonly id: string; readonly pattern: string }>;
}): Promise<ReactNode> {
  const { id, pattern: wanted } = await params;
  const { analysis, result, at } = await loadResult(id);
  const pattern = foundPhase(result.phases.patterns)?.patterns.find((each) => each.id === wanted);
  if (!pattern) notFound();
  const words = patternWords();
  return (
    <Page>
      <PageHeader
        title={words.patterns[pattern.id] ?? pattern.id}
        lead={
          <>
            {words.about[pattern.id] ?? ""} Concept: {words.concepts[pattern.concept] ?? pattern.concept}.
          </>
        }
        crumbs={[
          { href: "/learn/analyses", label: "Analyses" },
          { href: `/learn/analyses/${id}`, label: `${analysis.repository.owner}/${analysis.repository.name}` },
        ]}
      />
      <Figures
        figures={[
          { label: "Occurrences", value: pattern.count.toLocaleString("en") },
          { label: "Of them in tests", value: pattern.inTests.toLocaleString("en") },
          { label: "Files", value: pattern.files.toLocaleString("en") },
          { label: "Different shapes", value: shapes(pattern.shapes) },
        ]}
      />
      <section aria-labelledby="places" className="flex flex-col gap-4">
        <h2 id="places" className="text-lg">
          {pattern.examples.length === pattern.count ? "Every place" : `${pattern.examples.length} of the places`}
        </h2>
        {pattern.examples.length === 0 ? (
          <p className="text-muted">
            No place was kept of this one: the result had grown too large. The counts are whole.
          </p>
        ) : null}
        {pattern.examples.map((example) => (
          <article key={`${example.path}:${example.line}`} className="flex min-w-0 flex-col gap-2">
            <p>
              <SourceLink at={at} path={example.path} line={example.line} endLine={example.endLine} />
              {example.inTest ? <span className="text-xs text-muted"> in a test</span> : null}
            </p>
            <CodeSnippet
              code={example.snippet}
              line={example.line}
              language={example.language}
              path={example.path}
              label={`Code at ${example.path}, line ${example.line}`}
            />
          </article>
        ))}
      </section>
    </Page>
  );
}

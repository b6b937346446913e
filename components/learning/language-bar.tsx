import type { ReactNode } from "react";
import type { LanguageCount } from "@/lib/analysis/schemas";

/** Okabe–Ito in their order; what comes after the seventh is told apart by its label alone. */
export const LANGUAGE_COLOURS = [
  "bg-chart-5",
  "bg-chart-1",
  "bg-chart-3",
  "bg-chart-7",
  "bg-chart-2",
  "bg-chart-6",
  "bg-chart-4",
] as const;

/** All code as one bar, a piece for each language; the chart below it names and counts them. */
export function LanguageBar({ languages }: { readonly languages: readonly LanguageCount[] }): ReactNode {
  const code = languages.filter((language) => (language.share ?? 0) > 0);
  if (code.length === 0) return null;
  return (
    <div aria-hidden="true" className="flex h-5 gap-px overflow-clip rounded-sm">
      {code.map((language, index) => (
        <span
          key={language.name}
          className={`min-w-0.5 ${LANGUAGE_COLOURS[index] ?? "bg-chart-8"}`}
          style={{ width: `${(language.share ?? 0) * 100}%` }}
        />
      ))}
    </div>
  );
}

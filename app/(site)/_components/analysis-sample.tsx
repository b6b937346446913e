import type { ReactNode } from "react";
import { formatShare } from "@/lib/analysis/rules";
import sample from "../_sample/analysis.json";

const COUNT = new Intl.NumberFormat("en");
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

/** The longest bar leaves room for its label. */
const LONGEST_BAR_PERCENT = 78;

/** The number and its noun stay on one line. */
const files = (count: number): string => `${COUNT.format(count)}\u00A0${count === 1 ? "file" : "files"}`;
const lines = (count: number): string => `${COUNT.format(count)}\u00A0${count === 1 ? "line" : "lines"}`;

const CODE = sample.languages.flatMap((language) =>
  language.share === null ? [] : [{ ...language, share: language.share }],
);
const SEVERITIES = ["critical", "high", "medium", "low"] as const;
const FOUND = sample.findings.bySeverity;
const OTHER = sample.languages.filter((language) => language.share === null);
const WIDEST = Math.max(...CODE.map((language) => language.share));

/**
 * A real analysis: this product's own code, read by its own engine at a named commit
 * (scripts/landing-sample.ts). The bars stand in the table, so that eyes and screen readers get the same.
 */
export function AnalysisSample(): ReactNode {
  return (
    <figure className="flex flex-col">
      <figcaption className="border-b border-line pb-3">
        <span className="block font-semibold">A real one: the code of this site</span>
        <span className="block text-xs text-muted">
          Analysed on {DAY.format(new Date(sample.committedAt))} at commit{" "}
          <code className="font-mono">{sample.commit.slice(0, 8)}</code>
        </span>
      </figcaption>
      <table className="w-full border-collapse text-left">
        <caption className="sr-only">Languages of this site’s code, by share of bytes</caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">Language</th>
            <th scope="col">Share of bytes</th>
            <th scope="col">Lines</th>
            <th scope="col">Files</th>
          </tr>
        </thead>
        <tbody>
          {CODE.map((language) => (
            <tr key={language.name} className="border-b border-line">
              <th scope="row" className="w-px py-2.5 pr-4 font-medium whitespace-nowrap">
                {language.name}
              </th>
              <td className="w-full py-2.5">
                <ShareBar share={language.share} />
              </td>
              <td className="py-2.5 pl-3 text-right whitespace-nowrap">{lines(language.lines)}</td>
              <td className="hidden py-2.5 pl-5 text-right whitespace-nowrap text-muted sm:table-cell">
                {files(language.files)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <dl className="grid gap-x-6 gap-y-3 pt-4 sm:grid-cols-[auto_1fr]">
        <Finding term="Patterns">
          {COUNT.format(sample.patterns.different)} different ones. Most used outside of tests:{" "}
          {sample.patterns.top.map(({ name, count }) => `${name} (${COUNT.format(count)}\u00A0×)`).join(", ")}
        </Finding>
        <Finding term="Functions">
          {COUNT.format(sample.functions.count)}; nine of ten have a cognitive complexity of at most{" "}
          {COUNT.format(sample.functions.p90)}
        </Finding>
        <Finding term="Tests">
          {COUNT.format(sample.tests.lines)} of {lines(sample.code.lines)} (
          {formatShare(sample.tests.lines / sample.code.lines)}), {COUNT.format(sample.tests.cases)} cases
        </Finding>
        <Finding term="Security">
          {SEVERITIES.map((severity) => `${COUNT.format(FOUND[severity])} ${severity}`).join(", ")}, by{" "}
          {COUNT.format(sample.findings.rules)} rules
        </Finding>
        <Finding term="Not in the shares">
          {[
            ...OTHER.map((language) => `${files(language.files)} of ${language.name}`),
            ...sample.skipped.map((entry) => `${files(entry.files)} ${WHY[entry.reason] ?? entry.reason}`),
          ].join(", ")}
        </Finding>
      </dl>
      <h3 className="pt-5 font-semibold">What it says about how this is written</h3>
      <ul className="flex flex-col">
        {sample.insights.map(({ kind, sentence, path, line }) => (
          <li key={sentence} className="border-b border-line py-2.5 last:border-b-0">
            <p>
              <span className="text-xs font-medium text-accent-ink">{KINDS[kind] ?? kind}:</span> {sentence}
            </p>
            <p className="font-mono text-xs break-all text-muted">
              {path}:{line}
            </p>
          </li>
        ))}
      </ul>
    </figure>
  );
}

const KINDS: Readonly<Record<string, string>> = {
  strength: "Strength",
  habit: "Habit",
  gap: "Gap",
  hotspot: "Hotspot",
};

/** The analyser's reasons, to follow "3 files". */
const WHY: Readonly<Record<string, string>> = {
  vendored: "from elsewhere",
  generated: "written by a program",
  binary: "not text",
  too_large: "too large to read",
  unknown_language: "in no known language",
};

function ShareBar({ share }: { readonly share: number }): ReactNode {
  return (
    <span className="flex items-center gap-2">
      <span
        className="h-3 min-w-0.5 rounded-r-[2px] bg-accent"
        style={{ width: `${(share / WIDEST) * LONGEST_BAR_PERCENT}%` }}
      />
      <span className="text-xs text-muted">{formatShare(share)}</span>
    </span>
  );
}

function Finding({ term, children }: { readonly term: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="contents">
      <dt className="font-medium">{term}</dt>
      <dd className="-mt-3 text-muted sm:mt-0">{children}</dd>
    </div>
  );
}

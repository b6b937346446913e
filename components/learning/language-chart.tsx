import type { ReactNode } from "react";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import { formatBytes, formatShare } from "@/lib/analysis/rules";
import type { LanguageCount } from "@/lib/analysis/schemas";
import { LANGUAGE_COLOURS, LanguageBar } from "./language-bar";

const SHOWN = 10;

/**
 * Languages as bars of the whole, from zero, with their labels on them, and the same as a table. Data and prose, which
 * are no part of the shares, stand in the table alone. One language alone is a sentence: there is nothing to compare.
 */
export function LanguageChart({ languages }: { readonly languages: readonly LanguageCount[] }): ReactNode {
  const code = languages.filter((language) => language.share !== null);
  const [only, another] = code;
  return (
    <div className="flex flex-col gap-4">
      {only && !another ? (
        <p>
          All code and markup is <span className="font-medium">{only.name}</span>: {only.lines.toLocaleString("en")}{" "}
          {only.lines === 1 ? "line" : "lines"} in {only.files.toLocaleString("en")}{" "}
          {only.files === 1 ? "file" : "files"}.
        </p>
      ) : (
        <Shares languages={languages} code={code} />
      )}
      <LanguageTable languages={languages} />
      {another ? (
        <p className="max-w-measure text-xs text-muted">
          Shares are parts of all bytes of code and markup, as on GitHub. Data and prose are counted but have no share.
        </p>
      ) : null}
    </div>
  );
}

interface SharesProps {
  readonly languages: readonly LanguageCount[];
  /** Those that have a share, largest first. */
  readonly code: readonly LanguageCount[];
}

function Shares({ languages, code }: SharesProps): ReactNode {
  const shown = code.slice(0, SHOWN);
  const rest = code.slice(SHOWN).reduce((sum, language) => sum + (language.share ?? 0), 0);
  return (
    <>
      <LanguageBar languages={languages} />
      {shown.length === 0 ? <p className="text-muted">No code or markup was found to compare.</p> : null}
      <ul aria-hidden="true" className="flex flex-col gap-3">
        {shown.map((language, index) => (
          <li key={language.name}>
            <div className="flex items-baseline justify-between gap-4">
              <span className="font-medium">{language.name}</span>
              <span className="figures text-sm text-muted">
                {formatShare(language.share ?? 0)}, {language.lines.toLocaleString("en")}{" "}
                {language.lines === 1 ? "line" : "lines"}
              </span>
            </div>
            <div className="mt-1 h-3 rounded-r-sm bg-sunk">
              <div
                className={`h-full min-w-0.5 rounded-r-sm ${LANGUAGE_COLOURS[index] ?? "bg-chart-8"}`}
                style={{ width: `${(language.share ?? 0) * 100}%` }}
              />
            </div>
          </li>
        ))}
        {rest > 0 ? (
          <li className="text-sm text-muted">
            {formatShare(rest)} in {code.length - SHOWN} more, in the table
          </li>
        ) : null}
      </ul>
    </>
  );
}

function LanguageTable({ languages }: { readonly languages: readonly LanguageCount[] }): ReactNode {
  return (
    <details>
      <summary className="cursor-pointer py-1 text-sm font-medium text-accent-ink underline underline-offset-3">
        All languages as a table
      </summary>
      <Table caption="Files, lines and bytes by language" className="mt-2">
        <thead>
          <tr>
            <Th>Language</Th>
            <Th numeric>Share</Th>
            <Th numeric>Files</Th>
            <Th numeric>Lines</Th>
            <Th numeric>Size</Th>
          </tr>
        </thead>
        <tbody>
          {languages.map((language) => (
            <tr key={language.name}>
              <RowHeader>{language.name}</RowHeader>
              <Td numeric>{language.share === null ? `(${language.kind})` : formatShare(language.share)}</Td>
              <Td numeric>{language.files.toLocaleString("en")}</Td>
              <Td numeric>{language.lines.toLocaleString("en")}</Td>
              <Td numeric>{formatBytes(language.bytes)}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </details>
  );
}

import type { ReactNode } from "react";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import { SKIP_WORDS } from "@/lib/analysis/rules";
import type { SkippedCount } from "@/lib/analysis/schemas";

/** What was not counted, why, and an example or two to check it by. */
export function SkippedTable({ skipped }: { readonly skipped: readonly SkippedCount[] }): ReactNode {
  if (skipped.length === 0) return <p className="text-muted">Every file was counted.</p>;
  return (
    <Table caption="Files that were not counted, by reason">
      <thead>
        <tr>
          <Th>Why</Th>
          <Th numeric>Files</Th>
          <Th>For example</Th>
        </tr>
      </thead>
      <tbody>
        {skipped.map(({ reason, files, examples }) => (
          <tr key={reason}>
            <RowHeader className="font-normal">{SKIP_WORDS[reason]}</RowHeader>
            <Td numeric>{files.toLocaleString("en")}</Td>
            <Td>
              <ul className="flex flex-col gap-0.5">
                {examples.slice(0, 2).map((example) => (
                  <li key={example} className="font-mono text-xs wrap-anywhere">
                    {example}
                  </li>
                ))}
              </ul>
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

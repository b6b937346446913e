import type { Metadata } from "next";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Page, PageHeader } from "@/components/ui/page";
import { Pagination } from "@/components/ui/pagination";
import { Select } from "@/components/ui/select";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import { pageOfFiles } from "@/lib/analysis/files/page-of-files";
import { WHY_WORDS } from "@/lib/analysis/files/rules";
import type { FileLanguages, ListedFile } from "@/lib/analysis/files/schemas";
import { formatBytes, SKIP_WORDS } from "@/lib/analysis/rules";
import { loadAnalysis } from "../../_load";

export const metadata: Metadata = { title: "Why each file counts" };

const PAGE_SIZE = 100;

/** Each file of the commit: what language it counts as and why, or why it does not count. */
export default async function FilesPage({
  params,
  searchParams,
}: {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { id } = await params;
  const query = await searchParams;
  const { db, analysis } = await loadAnalysis(id);
  const language = text(query["language"]);
  const wanted = text(query["counted"]);
  const counted = wanted === "yes" || wanted === "no" ? wanted : undefined;
  const { items, languages, nextCursor } = await pageOfFiles(db, id, {
    language,
    counted,
    cursor: text(query["cursor"]),
    limit: PAGE_SIZE,
  });
  const filter = new URLSearchParams({ ...(language ? { language } : {}), ...(counted ? { counted } : {}) });
  const base = `/learn/analyses/${id}/files`;
  const here = `${base}?${filter.toString()}`;
  const total = languages.reduce((sum, { files }) => sum + files, 0);
  return (
    <Page>
      <PageHeader
        title="Why each file counts"
        lead={`Every file of the commit, ${total.toLocaleString("en")} in all: its language and how that was found, or why it is left out of the figures.`}
        crumbs={[
          { href: "/learn/analyses", label: "Analyses" },
          { href: `/learn/analyses/${id}`, label: `${analysis.repository.owner}/${analysis.repository.name}` },
        ]}
      />
      {total === 0 ? (
        <EmptyState title="No file was kept">
          The commit has no files, or the analysis is from before they were kept one by one. Analyse it again to see
          them.
        </EmptyState>
      ) : (
        <>
          <Filter base={base} languages={languages} language={language} counted={counted} />
          {items.length === 0 ? (
            <EmptyState title="No such file">Choose another language, or all of them.</EmptyState>
          ) : (
            <>
              <FileTable files={items} />
              <p className="max-w-measure text-xs text-muted">
                Dialects stand under their own name here; in the shares TSX counts as TypeScript, as on GitHub. What is
                left out, and by which name or ending a language is known, follows Linguist’s data.
              </p>
            </>
          )}
        </>
      )}
      <Pagination
        label="Files"
        {...(query["cursor"] ? { firstHref: here } : {})}
        {...(nextCursor ? { nextHref: `${here}&cursor=${nextCursor}` } : {})}
      />
    </Page>
  );
}

const text = (value: string | string[] | undefined): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** A plain form: it works without JavaScript, and each choice has its address. */
function Filter({
  base,
  languages,
  language,
  counted,
}: {
  readonly base: string;
  readonly languages: FileLanguages;
  readonly language: string | undefined;
  readonly counted: string | undefined;
}): ReactNode {
  return (
    <form action={base} className="flex flex-wrap items-end gap-3">
      <Select
        name="language"
        label="Language"
        required={false}
        defaultValue={language ?? ""}
        options={[
          { value: "", label: "All" },
          ...languages.flatMap(({ language: name, files }) =>
            name === null ? [] : [{ value: name, label: `${name} (${files.toLocaleString("en")})` }],
          ),
        ]}
      />
      <Select
        name="counted"
        label="In the figures"
        required={false}
        defaultValue={counted ?? ""}
        options={[
          { value: "", label: "Counted or not" },
          { value: "yes", label: "Counted" },
          { value: "no", label: "Not counted" },
        ]}
      />
      <Button type="submit">Show</Button>
    </form>
  );
}

function FileTable({ files }: { readonly files: readonly ListedFile[] }): ReactNode {
  return (
    <Table caption="Files, their language and why">
      <thead>
        <tr>
          <Th>File</Th>
          <Th>Counts as</Th>
          <Th numeric>Lines</Th>
          <Th numeric>Size</Th>
        </tr>
      </thead>
      <tbody>
        {files.map(({ number, path, language, why, skipped, lines, bytes }) => (
          <tr key={number}>
            <RowHeader className="min-w-36 font-mono text-xs font-normal wrap-anywhere">{path}</RowHeader>
            <Td className="min-w-48">
              {skipped ? `Not counted: ${lower(SKIP_WORDS[skipped])}` : language}
              <span className="block text-xs text-muted">
                {skipped && language ? `${language}. ` : ""}
                {why ? WHY_WORDS[why] : ""}
              </span>
            </Td>
            <Td numeric>{skipped && lines === 0 ? "" : lines.toLocaleString("en")}</Td>
            <Td numeric className="whitespace-nowrap">
              {bytes === 0 && skipped ? "" : formatBytes(bytes)}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** In the middle of a sentence. */
const lower = (words: string): string => words.charAt(0).toLowerCase() + words.slice(1);

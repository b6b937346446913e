/** Kinds of web pages that show source code by commit, path and line. */
export type SourceHost = "github" | "gitlab" | "bitbucket" | "forgejo";

/** Hosts that are known by name; a GitLab of one's own is known by how such hosts are called. */
const KNOWN: Readonly<Record<string, SourceHost>> = {
  "github.com": "github",
  "gitlab.com": "gitlab",
  "bitbucket.org": "bitbucket",
  "codeberg.org": "forgejo",
};

/** @returns what kind of pages a host has, or null when it is not known: then there are no links, rather than dead ones. */
export function sourceHostOf(host: string): SourceHost | null {
  return KNOWN[host] ?? (host.startsWith("gitlab.") ? "gitlab" : null);
}

/** What these hosts show rendered, without lines, unless asked for the source. */
const RENDERED = /\.(?:md|markdown|mdx|rst|adoc|org|ipynb)$/i;

/**
 * The address of a place in one commit at its host, as the host's own "copy permalink" gives it.
 * @param repository address of the repository's page, without a trailing slash
 * @param commit the full object id, so that the lines stay where they are
 * @param place lines from 1; without `endLine` one line
 */
export function sourceUrl(
  kind: SourceHost,
  repository: string,
  commit: string,
  place: { readonly path: string; readonly line?: number | undefined; readonly endLine?: number | null | undefined },
): string {
  const path = place.path.split("/").map(encodeURIComponent).join("/");
  const { line } = place;
  const end = line !== undefined && place.endLine && place.endLine > line ? place.endLine : undefined;
  const plain = line !== undefined && RENDERED.test(place.path);
  switch (kind) {
    case "github":
      return `${repository}/blob/${commit}/${path}${plain ? "?plain=1" : ""}${fragment("#L", line, "-L", end)}`;
    case "gitlab":
      return `${repository}/-/blob/${commit}/${path}${plain ? "?plain=1" : ""}${fragment("#L", line, "-", end)}`;
    case "bitbucket":
      return `${repository}/src/${commit}/${path}${fragment("#lines-", line, ":", end)}`;
    case "forgejo":
      return `${repository}/src/commit/${commit}/${path}${plain ? "?display=source" : ""}${fragment("#L", line, "-L", end)}`;
  }
}

function fragment(before: string, line: number | undefined, between: string, end: number | undefined): string {
  if (line === undefined) return "";
  return end === undefined ? `${before}${line}` : `${before}${line}${between}${end}`;
}

import { execFile } from "node:child_process";
import type { ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gitEnvironment } from "../seed/run-git.ts";

const run = promisify(execFile);

/** Past this a page is of no use in a browser. */
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_FILES = 2_000;

/** `/owner/name` and `/owner/name/blob/<commit>/<path>`, as GitHub has them. */
export const SOURCE_ROUTE =
  /^\/([A-Za-z0-9_-][A-Za-z0-9_.-]*)\/([A-Za-z0-9_-][A-Za-z0-9_.-]*?)(?:\/blob\/((?:[0-9a-f]{40}|[0-9a-f]{64}))\/(.+))?\/?$/;

export interface SourcePlace {
  readonly owner: string;
  readonly name: string;
  readonly gitDir: string;
  readonly gitConfig: string;
  /** A file of a commit; absent is the repository's own page. */
  readonly file?: { readonly commit: string; readonly path: string } | undefined;
}

/**
 * What a browser gets at the addresses that GitHub has for people: the files of a repository, and one file with its
 * lines, which `#L12` and `#L12-L20` mark. So that links to evidence lead to it on one machine too.
 */
export async function serveSource(place: SourcePlace, response: ServerResponse): Promise<void> {
  const html = place.file ? await filePage(place, place.file) : await listPage(place);
  if (html === null) {
    response.writeHead(404, { "content-type": "text/plain; charset=utf-8" });
    response.end("There is no such file in this commit.\n");
    return;
  }
  response.writeHead(200, { "content-type": "text/html; charset=utf-8", "x-content-type-options": "nosniff" });
  response.end(html);
}

async function git({ gitDir, gitConfig }: SourcePlace, args: readonly string[]): Promise<Buffer | null> {
  try {
    const { stdout } = await run("git", ["--git-dir", gitDir, ...args], {
      env: gitEnvironment(gitConfig),
      encoding: "buffer",
      maxBuffer: MAX_BYTES,
    });
    return stdout;
  } catch {
    // No such commit or path, or more than a page holds: the caller says that there is nothing to show.
    return null;
  }
}

async function filePage(
  place: SourcePlace,
  { commit, path }: { commit: string; path: string },
): Promise<string | null> {
  const content = await git(place, ["cat-file", "blob", `${commit}:${path}`]);
  if (content === null) return null;
  const lines = content.toString("utf8").replace(/\n$/, "").split("\n");
  const rows = lines.map(
    (line, index) =>
      `<li id="L${index + 1}"><a href="#L${index + 1}">${index + 1}</a><code>${escape(line) || " "}</code></li>`,
  );
  const about = `<a href="/${place.owner}/${place.name}">${escape(`${place.owner}/${place.name}`)}</a> at ${commit.slice(0, 12)}`;
  return page(path, `<p>${about}</p><ol>${rows.join("\n")}</ol>${MARK_LINES}`);
}

async function listPage(place: SourcePlace): Promise<string | null> {
  const commit = (await git(place, ["rev-parse", "--verify", "HEAD^{commit}"]))?.toString().trim();
  const title = `${place.owner}/${place.name}`;
  if (!commit) return page(title, "<p>This repository is empty.</p>");
  const paths = (await git(place, ["ls-tree", "-r", "-z", "--name-only", commit]))?.toString("utf8").split("\0") ?? [];
  const named = paths.filter((path) => path !== "");
  const items = named.slice(0, MAX_FILES).map((path) => {
    const address = `/${place.owner}/${place.name}/blob/${commit}/${path.split("/").map(encodeURIComponent).join("/")}`;
    return `<li><a href="${escape(address)}">${escape(path)}</a></li>`;
  });
  return page(title, `<p>Commit ${commit.slice(0, 12)}, ${named.length} files</p><ul>${items.join("\n")}</ul>`);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem;color-scheme:light dark}
h1{font-size:1.1rem;overflow-wrap:anywhere}ol{list-style:none;padding:0;font:13px/1.6 ui-monospace,monospace;overflow-x:auto}
ol a{display:inline-block;width:4rem;padding-right:1rem;text-align:right;color:GrayText;text-decoration:none}
ol code{white-space:pre}li.marked,li:target{background:Mark;color:MarkText}ul{padding-left:1.2rem}`;

/** `#L3-L9`: a browser alone knows one line. */
const MARK_LINES = `<script>
const mark = () => {
  document.querySelectorAll(".marked").forEach((line) => line.classList.remove("marked"));
  const [, from, to = from] = /^#L(\\d+)(?:-L(\\d+))?$/.exec(location.hash) ?? [];
  if (from === undefined) return;
  for (let line = Number(from); line <= Number(to); line += 1) document.getElementById("L" + line)?.classList.add("marked");
  document.getElementById("L" + from)?.scrollIntoView({ block: "center" });
};
addEventListener("hashchange", mark);
mark();
</script>`;

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<title>${escape(title)}</title><style>${STYLE}</style><h1>${escape(title)}</h1>${body}</html>`;
}

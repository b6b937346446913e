import { AppError } from "@/lib/kernel/errors";

/** A repository's address in the one spelling that identifies it. */
export interface RepositoryAddress {
  /** Without `.git`, trailing slash or, on GitHub, capitals: what two askers have in common. */
  readonly url: string;
  /** What git is given; hosts answer without a redirect when it ends in `.git`. */
  readonly cloneUrl: string;
  readonly host: string;
  readonly owner: string;
  readonly name: string;
}

const SEGMENT = /^(?!-)(?!\.{1,2}$)[A-Za-z0-9_.-]{1,100}$/;
const MAX_SEGMENTS = 6;
const REF = /^(?![-/.])(?!.*(?:\.\.|\/\/|@\{|\.lock$|\.lock\/|\/\.|\/$|\.$))[A-Za-z0-9._/@+#-]{1,200}$/;

/**
 * Brings a clone URL that has passed the origin check into its canonical form. GitHub and its like
 * have owner/name; GitLab also nests groups.
 * @throws AppError `repository_url_invalid`
 */
export function parseRepositoryAddress(url: URL): RepositoryAddress {
  const segments = url.pathname
    .replace(/^\//, "")
    .replace(/\/$/, "")
    .replace(/\.git$/, "")
    .split("/");
  const nested = url.hostname === "gitlab.com" || url.hostname.startsWith("gitlab.");
  if (
    segments.length < 2 ||
    segments.length > (nested ? MAX_SEGMENTS : 2) ||
    !segments.every((segment) => SEGMENT.test(segment))
  ) {
    throw new AppError(
      "repository_url_invalid",
      `This is not the address of a repository. Use the repository's own page, such as ${url.origin}/owner/name.`,
    );
  }
  const name = segments.at(-1) ?? "";
  const owner = segments.slice(0, -1).join("/");
  const path = segments.join("/");
  const canonical = url.hostname === "github.com" ? path.toLowerCase() : path;
  return { url: `${url.origin}/${canonical}`, cloneUrl: `${url.origin}/${path}.git`, host: url.host, owner, name };
}

/** @returns whether `ref` can be a branch or tag (git-check-ref-format, and never an option). */
export function isRef(ref: string): boolean {
  return REF.test(ref);
}

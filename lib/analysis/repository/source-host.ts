import "server-only";
import { takesGithubToken } from "@/lib/platform/git/policy";
import { sourceHostOf, type SourceHost } from "./rules";

/** What kind of pages a repository's host has: GitHub's also where another address stands in for it. */
export function sourceHostAt(repository: { readonly url: string; readonly host: string }): SourceHost | null {
  return takesGithubToken(new URL(repository.url)) ? "github" : sourceHostOf(repository.host);
}

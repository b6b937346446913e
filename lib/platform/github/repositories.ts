import "server-only";
import { z } from "zod";
import { githubAs, githubFailure } from "./client";

const PER_PAGE = 100;
/** The most pages read for one search: people with more repositories find theirs by name. */
const MAX_PAGES = 5;

const remoteSchema = z.object({
  full_name: z.string(),
  name: z.string(),
  owner: z.object({ login: z.string() }),
  private: z.boolean(),
  description: z.string().nullish(),
  language: z.string().nullish(),
  default_branch: z.string().nullish(),
  html_url: z.string(),
  clone_url: z.string().nullish(),
  pushed_at: z.string().nullish(),
  updated_at: z.string().nullish(),
  archived: z.boolean().nullish(),
  fork: z.boolean().nullish(),
});

export interface GithubRepository {
  readonly fullName: string;
  readonly owner: string;
  readonly name: string;
  readonly private: boolean;
  readonly description: string | null;
  readonly language: string | null;
  readonly defaultBranch: string | null;
  readonly archived: boolean;
  readonly fork: boolean;
  readonly pushedAt: string | null;
}

export interface RepositoryList {
  readonly items: readonly GithubRepository[];
  /** True when there were more than were read. */
  readonly truncated: boolean;
}

/**
 * The repositories that a user's grant lets us see, newest work first; `query` keeps those whose
 * owner/name or description contains it.
 * @throws AppError `consent_required` or `provider_unavailable`
 */
export async function listRepositories(token: string, query: string): Promise<RepositoryList> {
  const octokit = githubAs(token);
  const found: GithubRepository[] = [];
  let truncated = false;
  try {
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const { data } = await octokit.rest.repos.listForAuthenticatedUser({
        sort: "pushed",
        direction: "desc",
        per_page: PER_PAGE,
        page,
      });
      const parsed = z.array(remoteSchema).parse(data);
      found.push(...parsed.map(toRepository));
      truncated = parsed.length === PER_PAGE && page === MAX_PAGES;
      if (parsed.length < PER_PAGE) break;
    }
  } catch (error) {
    throw githubFailure(error);
  }
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const items = found.filter((repository) => {
    const text = `${repository.fullName} ${repository.description ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return { items, truncated };
}

/** @returns the login that a token belongs to. @throws AppError as {@link listRepositories} */
export async function loginOf(token: string): Promise<string> {
  try {
    const { data } = await githubAs(token).rest.users.getAuthenticated();
    return data.login;
  } catch (error) {
    throw githubFailure(error);
  }
}

function toRepository(remote: z.infer<typeof remoteSchema>): GithubRepository {
  return {
    fullName: remote.full_name,
    owner: remote.owner.login,
    name: remote.name,
    private: remote.private,
    description: remote.description ?? null,
    language: remote.language ?? null,
    defaultBranch: remote.default_branch ?? null,
    archived: remote.archived ?? false,
    fork: remote.fork ?? false,
    pushedAt: remote.pushed_at ?? remote.updated_at ?? null,
  };
}

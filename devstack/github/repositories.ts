import type { Answer } from "../http/forward.ts";
import type { Repository } from "../seed/repositories.ts";
import type { Grant } from "./grants.ts";

/** Whether a path lies in a private repository that this token may not know of (GitHub answers 404). */
export function hidesFrom(grant: Grant | undefined, path: string, repositories: readonly Repository[]): boolean {
  const match = /^\/repos\/([^/?]+)\/([^/?]+)/.exec(path);
  if (!match) return false;
  const repository = repositories.find((each) => each.owner === match[1] && each.name === match[2]);
  if (!repository?.private) return false;
  return grant?.login !== repository.owner || !grant.scopes.includes("repo");
}

interface View {
  readonly grant: Grant | undefined;
  readonly repositories: readonly Repository[];
  readonly url: string;
  readonly gitOrigin: string;
}

/** Puts real facts into what the emulator says of repositories, and leaves out what the scope does not show. */
export function showRepositories(answer: Answer, view: View): Answer {
  const type = String(answer.headers["content-type"] ?? "");
  if (answer.status !== 200 || !type.includes("json") || answer.body.length === 0) return answer;
  const shown = rewrite(JSON.parse(answer.body.toString("utf8")), view);
  return { ...answer, body: Buffer.from(JSON.stringify(shown)) };
}

function rewrite(value: unknown, view: View): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isHidden(item, view)).map((item) => rewrite(item, view));
  if (!isRecord(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) copy[key] = rewrite(item, view);
  if (typeof copy["clone_url"] !== "string") return copy;
  copy["clone_url"] = copy["clone_url"].replace(view.url, view.gitOrigin);
  const repository = view.repositories.find((each) => `${each.owner}/${each.name}` === copy["full_name"]);
  if (!repository) return copy;
  return {
    ...copy,
    size: repository.sizeKb,
    pushed_at: repository.pushedAt,
    language: repository.language,
    license: repository.license,
  };
}

function isHidden(item: unknown, view: View): boolean {
  if (!isRecord(item) || item["private"] !== true || typeof item["clone_url"] !== "string") return false;
  return !view.grant?.scopes.includes("repo");
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

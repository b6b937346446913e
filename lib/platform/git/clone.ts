import "server-only";
import path from "node:path";
import { AppError } from "@/lib/kernel/errors";
import type { CallContext } from "@/lib/platform/resilience/guard";
import { outsideCall } from "@/lib/platform/telemetry/outside";
import { askHost } from "./ask-host";
import { noRoom } from "./no-room";
import type { CheckedOrigin } from "./origin";
import { GitError, runGit, type GitCredential } from "./process";

/** The `git-clone` policy ends all attempts together sooner; this is the limit behind that one. */
const CLONE_TIMEOUT_MS = 30_000;
const LS_REMOTE_TIMEOUT_MS = 10_000;
const LOCAL_TIMEOUT_MS = 10_000;
const MAX_REFS_BYTES = 4 * 1024 * 1024;
const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

export interface RemoteTarget {
  readonly origin: CheckedOrigin;
  /** Branch or tag; the default branch when absent. */
  readonly ref?: string | undefined;
  readonly token?: string | undefined;
  /** The commit that is wanted, where the branch may have gone on; for {@link cloneBare} alone. */
  readonly commit?: string | undefined;
}

export interface BareClone {
  readonly gitDir: string;
  readonly commit: string;
  /** The branch or tag that was cloned. */
  readonly ref: string;
}

/**
 * Asks the host which commit a ref points to now. It is also the check that the caller may read the
 * repository: it is asked with the caller's own token or none.
 * @throws AppError `repository_not_accessible`, `rule_broken` (no commits yet) or `provider_unavailable`.
 */
export async function resolveRemoteCommit(target: RemoteTarget): Promise<string> {
  const ref = target.ref;
  const patterns = ref ? [`refs/heads/${ref}`, `refs/tags/${ref}`, `refs/tags/${ref}^{}`] : ["HEAD"];
  const listRefs = ({ signal }: CallContext) =>
    outsideCall({ service: "git", operation: "ls-remote" }, () =>
      runGit({
        args: ["ls-remote", "--", target.origin.url.href, ...patterns],
        config: networkConfig(target.origin),
        credential: credentialFor(target),
        timeoutMs: LS_REMOTE_TIMEOUT_MS,
        maxBytes: MAX_REFS_BYTES,
        signal,
      }),
    ).catch((error: unknown) => {
      throw explain(error, target);
    });
  // A person waits for this answer: only what never arrived is asked again.
  const output = await askHost(target.origin.url, listRefs, { repeatable: false });
  const refs = new Map<string, string>();
  for (const line of output.toString("utf8").split("\n")) {
    const [id, name] = line.split("\t");
    if (id && name && OBJECT_ID.test(id)) refs.set(name, id);
  }
  // A branch wins over a tag of the same name, as in `git clone --branch`; a peeled tag is its commit.
  const commit = ref
    ? (refs.get(`refs/heads/${ref}`) ?? refs.get(`refs/tags/${ref}^{}`) ?? refs.get(`refs/tags/${ref}`))
    : refs.get("HEAD");
  if (commit) return commit;
  if (ref) throw noSuchRef(ref);
  throw new AppError("rule_broken", "This repository has no commits yet, so there is nothing to analyse.");
}

/**
 * Clones bare, shallow and without large files into a fresh folder inside `folder` for each attempt, then cuts the tie
 * to the remote, so that nothing read later can reach the network.
 * @param signal ends it early: whoever asked has gone
 * @throws AppError as {@link resolveRemoteCommit}; `GitError` for what no user can mend.
 */
export async function cloneBare(folder: string, target: RemoteTarget, signal?: AbortSignal): Promise<BareClone> {
  return askHost(
    target.origin.url,
    async (context) => {
      try {
        return await cloneOnce(path.join(folder, String(context.attempt)), target, context.signal);
      } catch (error) {
        throw explain(error, target);
      }
    },
    { signal },
  );
}

async function cloneOnce(folder: string, target: RemoteTarget, signal: AbortSignal): Promise<BareClone> {
  const strict = `${folder}-a.git`;
  try {
    const config = ["transfer.fsckObjects=true"];
    await runClone(strict, target, config, ["--filter=blob:limit=1m"], signal);
    return await inspect(strict, target, config, signal);
  } catch (error) {
    if (!isFsckFailure(error)) throw error;
  }
  // Old honest repositories have zero-padded file modes; every other check stays on.
  const lenient = `${folder}-b.git`;
  const config = ["transfer.fsckObjects=true", "fetch.fsck.zeroPaddedFilemode=ignore"];
  await runClone(lenient, target, config, [], signal);
  return inspect(lenient, target, config, signal);
}

async function runClone(
  gitDir: string,
  target: RemoteTarget,
  config: readonly string[],
  options: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const command = {
    args: [
      "clone",
      "--quiet",
      "--bare",
      "--template=",
      "--depth=1",
      "--single-branch",
      "--no-tags",
      ...options,
      ...(target.ref ? [`--branch=${target.ref}`] : []),
      "--",
      target.origin.url.href,
      gitDir,
    ],
    config: [...networkConfig(target.origin), ...config],
    credential: credentialFor(target),
    timeoutMs: CLONE_TIMEOUT_MS,
    maxBytes: 64 * 1024,
    signal,
  };
  await outsideCall({ service: "git", operation: "clone" }, () => runGit(command));
}

/** Fetches one commit as shallow as the clone, with its blobs; hosts hand out whatever can still be reached there. */
async function fetchCommit(
  gitDir: string,
  target: RemoteTarget,
  commit: string,
  config: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const command = {
    args: [
      `--git-dir=${gitDir}`,
      "fetch",
      "--quiet",
      "--depth=1",
      "--no-tags",
      "--no-write-fetch-head",
      "--",
      target.origin.url.href,
      commit,
    ],
    config: [...networkConfig(target.origin), ...config],
    credential: credentialFor(target),
    timeoutMs: CLONE_TIMEOUT_MS,
    maxBytes: 64 * 1024,
    signal,
  };
  await outsideCall({ service: "git", operation: "clone" }, () => runGit(command)).catch((cause: unknown) => {
    if (!(cause instanceof GitError) || !/not our ref|no such remote ref|couldn't find remote ref/i.test(cause.stderr))
      throw cause;
    throw new AppError("repository_not_accessible", "The repository does not have this commit any more.", { cause });
  });
}

async function inspect(
  gitDir: string,
  target: RemoteTarget,
  config: readonly string[],
  signal: AbortSignal,
): Promise<BareClone> {
  const local = { timeoutMs: LOCAL_TIMEOUT_MS, maxBytes: 64 * 1024 };
  const head = await runGit({
    ...local,
    args: [`--git-dir=${gitDir}`, "rev-parse", "--verify", "--end-of-options", "HEAD^{commit}"],
  }).catch((cause: unknown) => {
    throw new AppError("rule_broken", "This repository has no commits yet, so there is nothing to analyse.", { cause });
  });
  const { commit = head.toString("utf8").trim() } = target;
  if (commit !== head.toString("utf8").trim()) await fetchCommit(gitDir, target, commit, config, signal);
  // A partial clone fetches a missing blob silently when asked about it: no remote, no fetching.
  await runGit({ ...local, args: [`--git-dir=${gitDir}`, "remote", "remove", "origin"] });
  const branch =
    target.ref ??
    (await runGit({ ...local, args: [`--git-dir=${gitDir}`, "symbolic-ref", "--short", "HEAD"] }))
      .toString("utf8")
      .trim();
  return { gitDir, commit, ref: branch };
}

function networkConfig(origin: CheckedOrigin): readonly string[] {
  if (origin.pin) return ["protocol.https.allow=always", `http.curloptResolve=${origin.pin}`, "http.proxy="];
  return [`protocol.${origin.url.protocol.slice(0, -1)}.allow=always`, "http.proxy="];
}

function credentialFor(target: RemoteTarget): GitCredential | undefined {
  return target.token ? { origin: target.origin.url.origin, token: target.token } : undefined;
}

function isFsckFailure(error: unknown): boolean {
  return (
    error instanceof GitError &&
    error.kind === "exit" &&
    /fsck|zeroPaddedFilemode|invalid index-pack|unpack-objects failed/i.test(error.stderr)
  );
}

function noSuchRef(ref: string, cause?: unknown): AppError {
  return new AppError("repository_not_accessible", `The repository has no branch or tag named ${ref}.`, {
    cause,
    extra: { missing: "ref" },
  });
}

/** Says in our words what git said in its own. What is nobody's fault but ours stays a GitError. */
function explain(error: unknown, target: RemoteTarget): unknown {
  if (!(error instanceof GitError)) return error;
  const said = error.stderr;
  const host = target.origin.url.hostname;
  if (/Remote branch .* not found/i.test(said) && target.ref) return noSuchRef(target.ref, error);
  if (/redirect|error: 30\d/i.test(said)) {
    return new AppError(
      "repository_not_accessible",
      `The repository has moved. Open it on ${host} and use its present address.`,
      { cause: error },
    );
  }
  if (
    /Authentication failed|could not read (Username|Password)|Repository not found|not found|error: 40[134]|access denied|does not appear to be a git repository/i.test(
      said,
    )
  ) {
    return new AppError(
      "repository_not_accessible",
      "There is no such repository, or you cannot read it. Check the address; for a private repository, give access to private repositories first.",
      { cause: error },
    );
  }
  if (/No space left on device|Disk quota exceeded/i.test(said)) {
    return noRoom(error);
  }
  if (/File too large|died of signal 25/i.test(said)) {
    return new AppError(
      "rule_broken",
      "This repository is larger than 1 GB even without its large files, which is more than one analysis reads.",
      { cause: error },
    );
  }
  if (/fsck|index-pack/i.test(said)) {
    return new AppError(
      "rule_broken",
      "This repository holds objects that git refuses as malformed or dangerous, so it is not read.",
      { cause: error },
    );
  }
  if (
    error.kind === "timeout" ||
    /Could not resolve|Failed to connect|timed out|Connection (refused|reset)|Operation too slow|early EOF|unexpected disconnect|error: (5\d\d|429)/i.test(
      said,
    )
  ) {
    return new AppError("provider_unavailable", `${host} did not answer in time. Try again in a minute.`, {
      cause: error,
      retryAfterSeconds: 30,
    });
  }
  return error;
}

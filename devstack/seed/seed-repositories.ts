import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { GITHUB_USERS } from "../github/users.ts";
import type { Log } from "../service.ts";
import { writePackage } from "./import-package.ts";
import { SEEDS, type Repository, type RepositorySeed } from "./repositories.ts";
import { type Git, gitWith } from "./run-git.ts";

const ROOT = path.resolve(import.meta.dirname, "..", "..");

/** Raised when the way in which repositories are made changes; older ones are then made again. */
const FORMAT = 1;
const BRANCH = "main";

export interface SeededRepositories {
  readonly repositories: readonly Repository[];
  /** Folder with `<owner>/<name>.git`. */
  readonly folder: string;
  /** git configuration that lets anyone's repositories be served. */
  readonly gitConfig: string;
}

/**
 * Makes the bare repositories of {@link SEEDS}, or leaves them when they are up to date.
 * @param folder state folder of the git service
 * @param project working repository whose history becomes `octo-learner/devmentor`; skipped without `.git`
 */
export async function seedRepositories(folder: string, log: Log, project = ROOT): Promise<SeededRepositories> {
  await mkdir(folder, { recursive: true });
  const gitConfig = path.join(folder, "gitconfig");
  await writeFile(
    gitConfig,
    "[safe]\n\tdirectory = *\n[uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = true\n[gc]\n\tauto = 0\n",
  );
  const git = gitWith(gitConfig);
  const made = await Promise.all(SEEDS.map((seed) => seedOne(git, folder, seed, project, log)));
  return { repositories: made.filter((each) => each !== null), folder, gitConfig };
}

async function seedOne(
  git: Git,
  folder: string,
  seed: RepositorySeed,
  project: string,
  log: Log,
): Promise<Repository | null> {
  const target = path.join(folder, seed.owner, `${seed.name}.git`);
  const stampFile = `${target}.stamp`;
  const wanted = await stampOf(git, seed, project);
  if (wanted === null) {
    log(
      `${seed.owner}/${seed.name} is left out: ${seed.source.kind === "history" ? "this project has no git history here" : "its package is not installed"}`,
    );
    return null;
  }
  const present = existsSync(target) ? await readFile(stampFile, "utf8").catch(() => null) : null;
  if (present !== wanted) {
    const began = Date.now();
    const fresh = `${target}.new`;
    await rm(fresh, { recursive: true, force: true });
    await mkdir(path.dirname(target), { recursive: true });
    await git(["init", "--quiet", "--bare", `--initial-branch=${BRANCH}`, "--template=", fresh]);
    await fill(git, fresh, seed, project);
    await rm(target, { recursive: true, force: true });
    await rename(fresh, target);
    await writeFile(stampFile, wanted);
    log(`${seed.owner}/${seed.name} made in ${Date.now() - began} ms`);
  }
  return describe(git, target, seed);
}

/** What the repository is made of; the same text means that it need not be made again. */
async function stampOf(git: Git, seed: RepositorySeed, project: string): Promise<string | null> {
  switch (seed.source.kind) {
    case "empty":
      return `${FORMAT} empty`;
    case "history": {
      if (!existsSync(path.join(project, ".git"))) return null;
      // A repository without a commit has no HEAD to resolve: nothing to show yet.
      const head = await git(["-C", project, "rev-parse", "--verify", "HEAD"]).catch(() => null);
      return head === null ? null : `${FORMAT} ${head}`;
    }
    case "package": {
      const version = await packageVersion(seed.source.package);
      return version === null ? null : `${FORMAT} ${seed.source.package} ${version} ${seed.source.include.join(" ")}`;
    }
  }
}

const packageFolder = (name: string) => path.join(ROOT, "node_modules", name);

async function packageVersion(name: string): Promise<string | null> {
  const text = await readFile(path.join(packageFolder(name), "package.json"), "utf8").catch(() => null);
  return text === null ? null : (JSON.parse(text) as { version: string }).version;
}

async function fill(git: Git, target: string, seed: RepositorySeed, project: string): Promise<void> {
  const { source } = seed;
  if (source.kind === "history") {
    // Only what is checked out: other branches of a working repository are nobody else's business.
    await git([
      "-C",
      target,
      "fetch",
      "--quiet",
      "--no-tags",
      "--update-shallow",
      `file://${project}`,
      `+HEAD:refs/heads/${BRANCH}`,
    ]);
    return;
  }
  if (source.kind === "empty") return;
  const author = GITHUB_USERS.find((user) => user.login === seed.owner);
  const version = await packageVersion(source.package);
  if (!author || version === null)
    throw new Error(`${seed.owner}/${seed.name} cannot be made: ${source.package} or its owner is missing.`);
  await git(["-C", target, "fast-import", "--quiet", "--done"], (stdin) =>
    writePackage(stdin, {
      folder: packageFolder(source.package),
      name: source.package,
      version,
      include: source.include,
      author,
      branch: BRANCH,
    }),
  );
}

async function describe(git: Git, target: string, seed: RepositorySeed): Promise<Repository> {
  const newest = await git(["-C", target, "log", "-1", "--format=%cI", BRANCH]).catch(() => null); // Empty: no commit.
  return {
    owner: seed.owner,
    name: seed.name,
    description: seed.description,
    private: seed.private,
    language: seed.language,
    defaultBranch: BRANCH,
    sizeKb: Math.round((await bytesIn(target)) / 1024),
    pushedAt: newest === null ? null : new Date(newest).toISOString(),
    license: newest === null ? null : { key: "mit", name: "MIT License", spdx_id: "MIT" },
  };
}

async function bytesIn(folder: string): Promise<number> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (file) => (await stat(path.join(file.parentPath, file.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

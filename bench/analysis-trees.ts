import { execFileSync } from "node:child_process";
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../scripts/install.mjs";

/** A tree that is measured: a working copy for other tools, and the repository that an analysis reads. */
export interface BenchTree {
  readonly name: string;
  readonly folder: string;
  readonly gitDir: string;
}

/** Runs git in a folder or a git directory. @returns what it printed */
export function git(folder: string, args: readonly string[], input?: string | Buffer): string {
  const who = ["-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "safe.directory=*"];
  return execFileSync("git", [...who, "-C", folder, ...args], {
    input: input ?? "",
    maxBuffer: 1 << 28,
    stdio: ["pipe", "pipe", "ignore"],
  })
    .toString()
    .trim();
}

/** A working copy of its own, so that every tool reads the same files and nothing else. */
export function copyOf(source: string, scratch: string): BenchTree {
  const name = path.basename(source);
  const folder = path.join(scratch, name);
  if (existsSync(path.join(source, ".git")))
    git(scratch, ["clone", "--quiet", "--depth=1", `file://${source}`, folder]);
  else {
    cpSync(source, folder, {
      recursive: true,
      dereference: true,
      filter: (file) => !/node_modules\/.*\/node_modules/.test(file),
    });
    commitAll(folder);
  }
  return { name, folder, gitDir: path.join(folder, ".git") };
}

/** Files that one package gives at most, so that many do. */
const MOST_OF_A_PACKAGE = 300;

/** Code of many hands in many styles: of the packages that are installed, in the order of their names. */
export function packagesTree(scratch: string, files: number, bytes: number): BenchTree {
  const folder = path.join(scratch, "packages");
  const each = bytes / files;
  let taken = 0;
  let size = 0;
  for (const file of packageFiles()) {
    if (taken === files) break;
    const content = readFileSync(path.join(ROOT, "node_modules", file));
    // Neither all small nor all large: the running mean stays near the one that is wanted.
    const off = size + content.length - (taken + 1) * each;
    if (content.length > 200_000 || Math.abs(off) > 100_000 || isWrittenByTool(content)) continue;
    // Linguist takes folders of these names for other people's code or for what tools wrote.
    const target = path.join(folder, file.replaceAll(OTHERS, "part"));
    if (existsSync(target)) continue;
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, content);
    taken += 1;
    size += content.length;
  }
  if (taken < files) throw new Error(`only ${taken} files of installed packages fit`);
  commitAll(folder);
  return { name: "packages", folder, gitDir: path.join(folder, ".git") };
}

const OTHERS = /(?<=^|[/.])(?:dist|build|vendor|node_modules|docs|fixtures|cache|env|deps)(?=[/.])/g;

/** An analysis would not look at it: minified, or with a map that leads back to the source. */
function isWrittenByTool(content: Buffer): boolean {
  const text = content.toString("latin1");
  return text.includes("sourceMappingURL=") || text.length / text.split("\n").length > 100;
}

const CODE = /(?<!\.min)(?<!\.d)\.(?:[cm]?[jt]s|tsx|py|go|java|rs)$/;

function* packageFiles(): Generator<string> {
  const modules = path.join(ROOT, "node_modules");
  for (const name of readdirSync(modules).toSorted()) {
    if (name.startsWith(".") || !lstatSync(path.join(modules, name)).isDirectory()) continue;
    yield* readdirSync(path.join(modules, name), { recursive: true, encoding: "utf8" })
      .filter((file) => CODE.test(file))
      .toSorted()
      .map((file) => path.join(name, file))
      .filter((file) => lstatSync(path.join(modules, file)).isFile())
      .slice(0, MOST_OF_A_PACKAGE);
  }
}

/** A repository of as many files as wanted, each a source of this project with a line of its own. It has no working copy. */
export function madeRepository(scratch: string, files: number): BenchTree {
  const name = `made-${files}`;
  const gitDir = path.join(scratch, `${name}.git`);
  mkdirSync(gitDir);
  git(gitDir, ["init", "--quiet", "--bare", "--initial-branch=main"]);
  const sources = git(ROOT, ["ls-files", "lib/**/*.ts"])
    .split("\n")
    .map((file) => ({ file, text: readFileSync(path.join(ROOT, file), "utf8") }))
    .filter(({ text }) => text.length < 3_000);
  const stream = ["commit refs/heads/main\ncommitter bench <bench@localhost> 0 +0000\ndata 4\nmade\n"];
  for (let n = 0; n < files; n += 1) {
    const { file = "", text = "" } = sources[n % sources.length] ?? {};
    const content = `// File ${n}.\n${text}`;
    const target = `copy-${Math.floor(n / sources.length)}/${file}`;
    stream.push(`M 100644 inline ${target}\ndata ${Buffer.byteLength(content)}\n${content}\n`);
  }
  git(gitDir, ["fast-import", "--quiet"], stream.join(""));
  return { name, folder: gitDir, gitDir };
}

function commitAll(folder: string): void {
  git(folder, ["init", "--quiet"]);
  git(folder, ["add", "--all", "--force", "."]);
  git(folder, ["commit", "--quiet", "-m", "bench"]);
}

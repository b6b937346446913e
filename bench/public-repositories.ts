/**
 * What an analysis says of real public repositories, beside others: shares of languages beside GitHub Linguist's, counts of
 * patterns beside another parser's or a search in the text.
 *
 *   node --conditions=react-server --import tsx bench/public-repositories.ts [--mirror <folder>] [name …]
 *
 * Fetches each pinned commit by plain git over https into a temporary folder. Where the hosts are out of reach, `--mirror` (or
 * BENCH_MIRROR) names a folder of bare repositories: `<owner>+<name>/repo`, `<owner>/<name>.git` or `<name>.git`. With `github-linguist` on the
 * PATH (Debian: ruby-github-linguist) that is run; otherwise what version 7.22.1 said of the same commits stands in for it.
 * Fails when a share is more than 0.5 points off, or a count is another.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { SCAN_LIMITS } from "../lib/analysis/scan/limits.ts";
import { scanClone } from "../lib/analysis/scan/scan-clone.ts";
import type { ScanFinding } from "../lib/analysis/scan/protocol.ts";
import type { FileVerdict, LanguagesFound } from "../lib/analysis/schemas.ts";
import type { PatternsFound } from "../lib/analysis/patterns/schemas.ts";
import { PARSE_LIMITS } from "../lib/analysis/syntax/parser.ts";
import { readBlobs } from "../lib/platform/git/blobs.ts";
import { buildEngine } from "../scripts/engine.ts";
import { ROOT } from "../scripts/install.mjs";
import { git } from "./analysis-trees.ts";
import { countIndependently } from "./independent-counts.ts";
import { REPOSITORIES, type PublicRepository } from "./pinned-repositories.ts";

const MOST_POINTS = 0.5;
/** Languages of their own in the data that we use, but not in version 7.22.1: neither side counts them here. */
const NEWER = new Set(["MDX"]);
const engine = path.join(ROOT, ".engine");
const scratch = mkdtempSync(path.join(tmpdir(), "devmentor-public-"));
const { values, positionals } = parseArgs({ allowPositionals: true, options: { mirror: { type: "string" } } });
const mirror = values.mirror ?? process.env["BENCH_MIRROR"];

/** The pinned commit as the HEAD of a bare repository of our own. */
function bring({ owner, name, commit }: PublicRepository): string {
  const gitDir = path.join(scratch, `${name}.git`);
  mkdirSync(gitDir);
  git(gitDir, ["init", "--quiet", "--bare", "--initial-branch=main"]);
  const places = mirror ? [`${owner}+${name}/repo`, `${owner}/${name}.git`, `${name}.git`] : [];
  const local = places.map((place) => path.resolve(mirror ?? "", place)).find((place) => existsSync(place));
  const source = local ? `file://${local}` : `https://github.com/${owner}/${name}`;
  git(gitDir, ["-c", "uploadpack.allowAnySHA1InWant=true", "fetch", "--quiet", "--depth=1", source, commit]);
  git(gitDir, ["update-ref", "refs/heads/main", commit]);
  return gitDir;
}

interface Scanned {
  readonly languages: LanguagesFound;
  readonly patterns: PatternsFound;
  readonly files: readonly FileVerdict[];
}

async function analyse(gitDir: string, commit: string): Promise<Scanned> {
  const found: ScanFinding[] = [];
  const clone = { gitDir, commit, ref: "main" };
  await scanClone(clone, { folder: engine, onFound: (finding) => void found.push(finding) });
  const languages = found.find((finding) => finding.type === "languages")?.found;
  const patterns = found.find((finding) => finding.type === "patterns")?.found;
  if (!languages || !patterns || "status" in patterns) throw new Error("the scan ended without a result");
  return { languages, patterns, files: found.flatMap((finding) => (finding.type === "files" ? finding.files : [])) };
}

/** Bytes by language as Linguist says now, or said when it was recorded. */
function linguistOn(gitDir: string, recorded: PublicRepository["linguist"]): { by: string; bytes: typeof recorded } {
  const version = spawnSync("github-linguist", ["--version"]);
  if (version.status !== 0) return { by: "recorded", bytes: recorded };
  const output = execFileSync("github-linguist", ["--json", gitDir], {
    env: { ...process.env, GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "safe.directory", GIT_CONFIG_VALUE_0: "*" },
  });
  const sizes = JSON.parse(output.toString()) as Record<string, { size: number }>;
  const bytes = Object.fromEntries(Object.entries(sizes).map(([language, { size }]) => [language, size]));
  return { by: version.stdout.toString().trim(), bytes };
}

function compareLanguages({ languages }: LanguagesFound, bytes: Readonly<Record<string, number>>) {
  const known = languages.filter(({ name, share }) => share !== null && !NEWER.has(name));
  const all = known.reduce((sum, { share }) => sum + (share ?? 0), 0);
  const ours = new Map(known.map(({ name, share }) => [name, (share ?? 0) / all]));
  const total = Object.values(bytes).reduce((sum, count) => sum + count, 0);
  return [...new Set([...ours.keys(), ...Object.keys(bytes)])]
    .map((language) => {
      const [our, their] = [ours.get(language) ?? 0, (bytes[language] ?? 0) / total];
      return { language, ours: our * 100, linguist: their * 100, points: Math.abs(our - their) * 100 };
    })
    .toSorted((a, b) => b.linguist - a.linguist);
}

/** The files whose patterns were counted, written out for other tools, by language. */
async function filesByLanguage(
  gitDir: string,
  { files, patterns }: Scanned,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const folder = path.join(scratch, "files");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const unread = new Set(patterns.skipped.flatMap(({ examples }) => examples));
  const languages = new Set(patterns.languages.map(({ name }) => name));
  const counted = files.filter(({ path: file, language, skipped }) => {
    const left = skipped !== null && skipped !== "documentation" && skipped !== "not_detectable";
    return language !== null && languages.has(language) && !left && !unread.has(file);
  });
  const byLanguage = new Map<string, string[]>();
  await readBlobs(
    gitDir,
    counted.map(({ path: file }) => `main:${file}`),
    { maxBlobBytes: PARSE_LIMITS.maxBytes, maxTotalBytes: SCAN_LIMITS.maxTotalBytes },
    (index, answer) => {
      const file = counted[index];
      if (!file?.language || answer.kind !== "content") return;
      const target = path.join(folder, `${index}${path.extname(file.path)}`);
      writeFileSync(target, answer.content);
      byLanguage.set(file.language, [...(byLanguage.get(file.language) ?? []), target]);
    },
  );
  return byLanguage;
}

async function check(repository: PublicRepository): Promise<string[]> {
  const { owner, name, commit, linguist } = repository;
  const wrong: string[] = [];
  const gitDir = bring(repository);
  const scanned = await analyse(gitDir, commit);
  console.log(`\n${owner}/${name} at ${commit}: ${scanned.files.length} files`);
  const { by, bytes } = linguistOn(gitDir, linguist);
  const shares = compareLanguages(scanned.languages, bytes);
  for (const { name: newer, share } of scanned.languages.languages)
    if (NEWER.has(newer))
      console.log(`  ${newer}: ${((share ?? 0) * 100).toFixed(2)} %, left out below: newer than Linguist 7.22.1`);
  for (const { language, ours, linguist: theirs, points } of shares) {
    console.log(`  ${language.padEnd(22)}${ours.toFixed(2).padStart(7)} %  ${theirs.toFixed(2).padStart(7)} % (${by})`);
    if (points > MOST_POINTS) wrong.push(`${name}: ${language} ${ours.toFixed(2)} % ≠ ${theirs.toFixed(2)} %`);
  }
  for (const [language, files] of await filesByLanguage(gitDir, scanned)) {
    const other = countIndependently(language, files);
    if (!other) continue;
    const counted = Object.entries(other.counts).map(([id, theirs]) => ({
      id,
      theirs,
      ours: scanned.patterns.patterns.find((pattern) => pattern.id === id)?.byLanguage[language] ?? 0,
    }));
    const same = counted.filter(({ ours, theirs }) => ours === theirs);
    const seen = counted.reduce((sum, { theirs }) => sum + theirs, 0);
    console.log(
      `  ${language}: ${same.length} of ${counted.length} patterns equal, ${seen} occurrences in ${files.length} files, by ${other.method}`,
    );
    for (const { id, ours, theirs } of counted)
      if (ours !== theirs) wrong.push(`${name}: ${language} ${id} ${ours} ≠ ${theirs}`);
  }
  return wrong;
}

try {
  await buildEngine(engine);
  const wrong: string[] = [];
  for (const repository of REPOSITORIES) {
    if (positionals.length > 0 && !positionals.includes(repository.name)) continue;
    wrong.push(...(await check(repository)));
  }
  console.log(wrong.length === 0 ? "\nEverything agrees." : `\nDiffers:\n  ${wrong.join("\n  ")}`);
  if (wrong.length > 0) process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

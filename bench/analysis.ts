/**
 * Seconds and peak memory of a whole analysis, for each phase, beside other tools on the same trees in the same run.
 *
 *   node --conditions=react-server --import tsx bench/analysis.ts [--no-peers] [--no-scale] [folder …]
 *
 * Without folders: this repository, and 4,400 files of 16 MB out of installed packages, which is the size that the aims speak of.
 * Then, unless `--no-scale`, made repositories of 100 to 50,000 files, to see that the cost grows linearly. Each tool runs as a process of
 * its own; its peak is VmHWM, as Linux counts it. A tool that takes longer than a minute is ended. Fails over an aim.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { scanClone } from "../lib/analysis/scan/scan-clone.ts";
import { buildEngine } from "../scripts/engine.ts";
import { ROOT } from "../scripts/install.mjs";
import { runPeers } from "./analysis-peers.ts";
import { copyOf, git, madeRepository, packagesTree, type BenchTree } from "./analysis-trees.ts";

/** The aims of the issue. */
const AIMS = {
  packages: { seconds: 8, megabytes: 350 },
  "made-100": { seconds: 0.5, megabytes: 350 },
} as const;
/** A file of 50,000 may cost so many times what one of 4,400 costs: less is noise, more is a curve. */
const LINEAR = 1.5;
const SCALE = [100, 1_000, 4_400, 10_000, 25_000, 50_000] as const;

interface Row {
  readonly tree: string;
  readonly tool: string;
  readonly files: number;
  readonly MB: number;
  readonly seconds: number | string;
  readonly "peak MB": number | string;
  readonly languages?: number;
  readonly patterns?: number;
  readonly security?: number;
  readonly "cut short"?: string;
}

const engine = path.join(ROOT, ".engine");
const scratch = mkdtempSync(path.join(tmpdir(), "devmentor-bench-"));
const round = (value: number): number => Math.round(value * 100) / 100;

async function measure({ name, gitDir }: BenchTree): Promise<Row> {
  const commit = git(gitDir, ["rev-parse", "HEAD"]);
  const seen = { files: 0, bytes: 0 };
  const began = performance.now();
  const done = await scanClone(
    { gitDir, commit, ref: "HEAD" },
    {
      folder: engine,
      onFound: (finding) => {
        if (finding.type === "clone") seen.files = finding.found.files;
        if (finding.type === "languages") seen.bytes = finding.found.bytes;
      },
    },
  );
  const seconds = round((performance.now() - began) / 1000);
  return {
    tree: name,
    tool: "DevMentor",
    files: seen.files,
    MB: round(seen.bytes / 1e6),
    seconds,
    "peak MB": Math.round(done.peakBytes / 2 ** 20),
    languages: round(done.ms.languages / 1000),
    patterns: round(done.ms.patterns / 1000),
    security: round(done.ms.security / 1000),
    ...(done.limits.length > 0 ? { "cut short": done.limits.map(({ limit }) => limit).join(" ") } : {}),
  };
}

function overAims(rows: readonly Row[]): string[] {
  const over: string[] = [];
  for (const [tree, { seconds, megabytes }] of Object.entries(AIMS)) {
    const row = rows.find((each) => each.tree === tree && each.tool === "DevMentor");
    if (!row) continue;
    if (Number(row.seconds) > seconds) over.push(`${tree}: ${row.seconds} s, aim ${seconds} s`);
    if (Number(row["peak MB"]) > megabytes) over.push(`${tree}: ${row["peak MB"]} MB, aim ${megabytes} MB`);
    if (row["cut short"]) over.push(`${tree}: cut short by ${row["cut short"]}`);
  }
  const costOf = (tree: string) => {
    const row = rows.find((each) => each.tree === tree);
    return row ? Number(row.seconds) / row.files : null;
  };
  const [small, large] = [costOf("made-4400"), costOf("made-50000")];
  if (small !== null && large !== null && large > small * LINEAR)
    over.push(`a file of 50,000 costs ${round(large / small)} times what one of 4,400 costs, aim ${LINEAR}`);
  return over;
}

try {
  const words = process.argv.slice(2);
  const folders = words.filter((word) => !word.startsWith("--")).map((word) => path.resolve(word));
  await buildEngine(engine);
  console.log(
    `${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} processors, Node ${process.version}, load before ${round(loadavg()[0] ?? 0)}`,
  );
  const trees =
    folders.length > 0
      ? folders.map((folder) => copyOf(folder, scratch))
      : [copyOf(ROOT, scratch), packagesTree(scratch, 4_400, 16_000_000)];
  const rows: Row[] = [];
  for (const tree of trees) {
    const ours = await measure(tree);
    rows.push(ours);
    if (words.includes("--no-peers")) continue;
    for await (const { tool, seconds, megabytes } of runPeers(tree.folder))
      rows.push({ tree: tree.name, tool, files: ours.files, MB: ours.MB, seconds, "peak MB": megabytes });
  }
  if (!words.includes("--no-scale"))
    for (const files of SCALE) rows.push(await measure(madeRepository(scratch, files)));
  console.log("Phases are seconds of work; they add up to more than the whole where two threads share it.");
  console.table(rows);
  const over = overAims(rows);
  for (const each of over) console.log(`over the aim: ${each}`);
  if (over.length > 0) process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describeFailures, type Failure, playwrightFailures, vitestFailures } from "./failures.ts";
import { ensureSystemPackages, ROOT } from "./install.mjs";
import { openScratch, type Scratch } from "./scratch.ts";
import { notesOfVitest, summary, tallyPlaywright, tallyVitest, type Tally, type TierOutcome, total } from "./tally.ts";

interface Tier {
  readonly name: string;
  /** System packages (scripts/install.mjs) without which it does not run. */
  readonly needs: readonly string[];
  /** Runs only where it is named. */
  readonly named?: true;
  command(report: string, filters: readonly string[]): { program: string; args: string[]; env: Record<string, string> };
  tally(report: unknown, exitCode: number | null): Tally;
  failures(report: unknown): Failure[];
}

const vitest = (name: string, needs: readonly string[] = []): Tier => ({
  name,
  needs,
  command: (report, filters) => ({
    program: "vitest",
    args: [
      "run",
      "--project",
      name,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
      ...filters,
    ],
    env: {},
  }),
  tally: tallyVitest,
  failures: vitestFailures,
});

/** In the order in which they run: the cheapest answer first. */
const TIERS: readonly Tier[] = [
  vitest("laws"),
  vitest("unit"),
  // Debian's Prometheus plays faults to the alert rules.
  vitest("ops", ["promtool", "alertmanager"]),
  // Redis is killed, slowed down and asked for its statistics there, which the one in JavaScript cannot do.
  vitest("integration", ["redis"]),
  { ...vitest("simulation", ["redis"]), named: true },
  {
    name: "e2e",
    needs: ["chromium", "redis"],
    command: (report, filters) => ({
      program: "playwright",
      args: ["test", "--config", "tests/e2e/playwright.config.ts", "--reporter=list,json", ...filters],
      env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report },
    }),
    tally: tallyPlaywright,
    failures: playwrightFailures,
  },
];

const USAGE = `npm test [-- [--tier <name>]… [<filter>…]]
  --tier   one of ${TIERS.map((tier) => tier.name).join(", ")}; several may be given;
           without it all run but those that must be named (simulation)
  filter   part of a test file's path, handed on to the tier's runner`;

/** The caller asked for something that does not exist. */
class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Runs the tiers one after the other and prints what came of them; the last line is the total.
 * @param words the command line's own
 * @returns the exit code
 * @throws UsageError
 */
export async function runTests(words: readonly string[]): Promise<number> {
  const { tiers, filters } = parse(words);
  const strict = process.env["CI"] === "true";
  const scratch = openScratch();
  const outcomes: TierOutcome[] = [];
  const failures: Failure[] = [];
  try {
    for (const tier of tiers) outcomes.push(await run(tier, filters, scratch, failures));
  } finally {
    scratch.remove();
  }
  for (const paragraph of describeFailures(failures, ROOT)) process.stdout.write(`\n${paragraph}\n`);
  process.stdout.write(`${summary(outcomes, strict)}\n`);
  return total(outcomes, strict).failed === 0 ? 0 : 1;
}

function parse(words: readonly string[]): { tiers: readonly Tier[]; filters: readonly string[] } {
  const names: string[] = [];
  const filters: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    if (word === "--tier") names.push(...(words[(index += 1)] ?? "").split(","));
    else if (word.startsWith("--tier=")) names.push(...word.slice("--tier=".length).split(","));
    else if (word.startsWith("-")) throw new UsageError(`${word} is not known.\n${USAGE}`);
    else filters.push(word);
  }
  const unknown = names.filter((name) => !TIERS.some((tier) => tier.name === name));
  if (unknown.length > 0) throw new UsageError(`There is no tier "${unknown.join('", "')}".\n${USAGE}`);
  return { tiers: TIERS.filter((tier) => (names.length === 0 ? !tier.named : names.includes(tier.name))), filters };
}

async function run(
  tier: Tier,
  filters: readonly string[],
  scratch: Scratch,
  failures: Failure[],
): Promise<TierOutcome> {
  const missing = (await ensureSystemPackages([...tier.needs])).filter((one) => !one.present);
  if (missing.length > 0) {
    const notRun = {
      why: missing.map((one) => one.why).join("; "),
      command: missing.map((one) => one.command).join(" && "),
    };
    return { tier: tier.name, passed: 0, failed: 0, skipped: 0, seconds: 0, notRun };
  }
  process.stdout.write(`\n── ${tier.name}\n`);
  const began = performance.now();
  const report = path.join(scratch.folder, `${tier.name}.json`);
  const { program, args, env } = tier.command(report, filters);
  const code = await runProgram(program, args, { ...env, TMPDIR: scratch.temporary });
  const seconds = (performance.now() - began) / 1000;
  const written = readJson(report);
  const tally = tier.tally(written, code);
  failures.push(...tier.failures(written));
  const left = scratch.takeLeftovers();
  for (const each of left) process.stdout.write(`${tier.name} left ${each} behind, which is a failure.\n`);
  return { tier: tier.name, seconds, notes: notesOfVitest(written), ...tally, failed: tally.failed + left.length };
}

/** Runs a program of node_modules/.bin under our Node; its output is ours. A signal to us is passed on and waited for. */
function runProgram(program: string, args: readonly string[], env: Record<string, string>): Promise<number | null> {
  const bin = path.join(ROOT, "node_modules", ".bin");
  const child = spawn(path.join(bin, program), args, {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      PATH: `${bin}${path.delimiter}${process.env["PATH"] ?? ""}`,
      NEXT_TELEMETRY_DISABLED: "1",
      ...env,
    },
  });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  const signals = ["SIGTERM", "SIGHUP", "SIGINT"] as const;
  for (const signal of signals) process.on(signal, pass);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      for (const signal of signals) process.off(signal, pass);
      resolve(code);
    });
  });
}

/** A report that is absent or cut off is no report. */
function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

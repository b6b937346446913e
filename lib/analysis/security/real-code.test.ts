import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import type { RepositoryFacts } from "../engine";
import type { FileRole, SourceFile } from "../source";
import { createParser, type SyntaxParser } from "../syntax/parser";
import { createSecurityAnalyser } from "./analyser";
import { securityFoundSchema, type SecurityFinding, type SecurityFound } from "./schemas";

/**
 * Real code, pinned by this repository's own lockfile. What is found is compared with a search for exact words that shares nothing
 * with the rules: another way to the same number.
 */

const root = fileURLToPath(new URL("../../..", import.meta.url));
const LANGUAGES: Readonly<Record<string, string>> = {
  ".js": "JavaScript",
  ".mjs": "JavaScript",
  ".cjs": "JavaScript",
  ".ts": "TypeScript",
  ".tsx": "TSX",
};

let parser: SyntaxParser;
beforeAll(async () => {
  parser = await createParser();
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((file) => !/(?:^|\/)node_modules\//.test(file) && statSync(path.join(folder, file)).size < 1_000_000)
    .toSorted();
}

function roleOf(file: string): FileRole {
  if (/\.min\.js$|\.map$/.test(file)) return "generated";
  if (/\.(?:test|spec)\.|(?:^|\/)(?:tests?|testing|fixtures)\//.test(file)) return "test";
  return file.endsWith(".md") ? "documentation" : "source";
}

async function analyse(folder: string): Promise<{ found: SecurityFound; texts: Map<string, string> }> {
  const paths = filesBelow(folder);
  const about: RepositoryFacts = {
    commit: "0".repeat(40),
    paths,
    languages: { files: 0, lines: 0, bytes: 0, languages: [], skipped: [], limits: [], measuredMs: 0 },
  };
  const analyser = createSecurityAnalyser(about);
  const texts = new Map<string, string>();
  for (const file of paths) {
    const content = readFileSync(path.join(folder, file));
    if (content.subarray(0, 8_000).includes(0)) continue;
    const source: SourceFile = {
      path: file,
      text: content.toString("utf8"),
      bytes: content.length,
      role: roleOf(file),
      language: LANGUAGES[path.extname(file)] ?? null,
    };
    if (source.role === "source") texts.set(file, source.text);
    await analyser.add(source, source.role === "generated" ? null : parser.parse(source));
  }
  return { found: securityFoundSchema.parse(await analyser.finish()), texts };
}

/** Places of an exact expression in code: comment lines are left out. */
function linesWith(texts: ReadonlyMap<string, string>, wanted: RegExp, inFiles = /\.[cm]?[jt]sx?$/): string[] {
  return [...texts]
    .filter(([file]) => inFiles.test(file))
    .flatMap(([file, text]) =>
      text
        .split("\n")
        .flatMap((line, at) => (wanted.test(line) && !/^\s*(?:\/\/|\*)/.test(line) ? [`${file}:${at + 1}`] : [])),
    )
    .toSorted();
}

const placesOf = (found: SecurityFound, rule: string): string[] =>
  found.findings
    .filter((finding) => finding.rule === rule)
    .map(({ path: file, line }) => `${file}:${line}`)
    .toSorted();
const isSevere = ({ severity, confidence, suppressed }: SecurityFinding) =>
  !suppressed && (severity === "critical" || severity === "high") && confidence !== "low";

describe("packages of the registry", () => {
  test("pg switches verification off in two places, and a search for the words finds the same", async () => {
    const { found, texts } = await analyse(path.join(root, "node_modules/pg"));
    const searched = linesWith(texts, /rejectUnauthorized:\s*false/);
    expect(placesOf(found, "code/tls-verification-off")).toEqual(searched);
    expect(searched).toHaveLength(2);
    expect(found.findings.filter(isSevere)).toHaveLength(2);
  });

  test("protobufjs makes functions from text, and a search for the call finds the same", async () => {
    const { found, texts } = await analyse(path.join(root, "node_modules/protobufjs"));
    const searched = linesWith(texts, /return Function\(source\)\(\)/);
    expect(placesOf(found, "code/code-injection")).toEqual(searched);
    expect(searched).toHaveLength(2);
    expect(found.findings.filter(isSevere)).toEqual([]);
  });

  test("hono sets HTML from a property in its two builds, and a search for the assignment finds the same", async () => {
    const { found, texts } = await analyse(path.join(root, "node_modules/hono"));
    const searched = linesWith(texts, /\.innerHTML = (?!["'`])/);
    expect(placesOf(found, "code/html-injection")).toEqual(searched);
    expect(searched).toHaveLength(2);
    expect(found.findings.filter(isSevere)).toEqual([]);
  }, 60_000);

  test("graphile-worker puts a name into its queries that it has escaped: nothing to report", async () => {
    const { found, texts } = await analyse(path.join(root, "node_modules/graphile-worker"));
    expect(linesWith(texts, /\$\{escapedWorkerSchema\}/).length).toBeGreaterThan(10);
    expect(placesOf(found, "code/sql-injection")).toEqual([]);
  });

  test("pino's script for benchmarks puts a command together, and a search for the call finds the same", async () => {
    const { found, texts } = await analyse(path.join(root, "node_modules/pino"));
    const searched = linesWith(texts, /execSync\(`[^`]*\$\{/);
    expect(placesOf(found, "code/command-injection")).toEqual(searched);
    expect(searched).toHaveLength(1);
    expect(found.findings.filter(isSevere)).toHaveLength(1);
  });

  test.each(["ioredis", "nodemailer", "socket.io", "lodash.merge", "commander"])(
    "%s has nothing severe, nor has a search for secrets' marks",
    async (name) => {
      const { found, texts } = await analyse(path.join(root, "node_modules", name));
      expect(texts.size).toBeGreaterThan(0);
      expect(
        linesWith(
          texts,
          /AKIA[A-Z2-7]{16}|gh[pousr]_[A-Za-z0-9]{36}|rejectUnauthorized: false|[^.\w]eval\(/,
          /\.(?:[cm]?js)$/,
        ),
      ).toEqual([]);
      expect(found.findings.filter(isSevere)).toEqual([]);
    },
    60_000,
  );
});

test("this repository has no secret and nothing severe in its product code", async () => {
  for (const room of ["app", "components", "lib", "inngest", "worker", "server", "supabase"]) {
    const { found } = await analyse(path.join(root, room));
    expect([
      room,
      found.findings.filter(
        (finding) => isSevere(finding) || (finding.category === "secret" && finding.confidence !== "low"),
      ),
    ]).toEqual([room, []]);
  }
}, 120_000);

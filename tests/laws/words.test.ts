import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { projectRoot } from "../support/run-tool.ts";

/** Built from parts, so that this file does not break its own law. */
const word = (...parts: string[]) => parts.join("");

interface Law {
  readonly name: string;
  readonly pattern: RegExp;
  /** Files the law speaks of. */
  readonly files: RegExp;
  /** Files that are allowed, each for the reason in the law's name or beside it. */
  readonly except?: RegExp;
  readonly breaks: string;
  readonly keeps: string;
}

const CODE = /\.(?:ts|tsx|mts|mjs|js|cjs)$/;
const TEXT = /\.(?:ts|tsx|mts|mjs|js|cjs|json|sql|md|yml|yaml|css|sh|toml)$|^\.ci\/|^Dockerfile/;

const LAWS: readonly Law[] = [
  {
    name: "no comment silences the linter, the compiler or the coverage",
    pattern: new RegExp(
      [word("(?:ox|es)lint-", "disable"), word("@ts-", "(?:ignore|nocheck|expect-error)"), word("v8 ", "ignore")].join(
        "|",
      ),
    ),
    files: CODE,
    breaks: word("// eslint-", "disable-next-line"),
    keeps: "// lint is on",
  },
  {
    name: "no unfinished work is marked and left",
    pattern: new RegExp(`\\b(?:${word("TO", "DO")}|${word("FIX", "ME")}|${word("X", "XX")}|${word("HA", "CK")})\\b`),
    files: TEXT,
    except: /^package-lock\.json$/,
    breaks: word("// TO", "DO: later"),
    keeps: "// a to-do list is a feature",
  },
  {
    name: "no path of one machine",
    pattern: new RegExp(
      `(?:^|["'\`\\s=(])/(?:${word("wo", "rk")}|${word("ho", "me")}|${word("ro", "ot")}|${word("Us", "ers")})/[\\w.-]+`,
    ),
    files: TEXT,
    breaks: word("cd /wo", "rk/main"),
    keeps: "import a from '@/work/plan'",
  },
  {
    name: "the service key is read by env, trusted.ts and edge functions alone, and handed out by the embedded stack",
    pattern: new RegExp(word("SUPABASE_", "SECRET_KEY")),
    files: CODE,
    except:
      /^(?:lib\/env\/|lib\/platform\/supabase\/trusted\.ts|supabase\/functions\/|devstack\/|tests\/|bench\/|scripts\/)/,
    breaks: word("env.SUPABASE_", "SECRET_KEY"),
    keeps: "env.SUPABASE_PUBLISHABLE_KEY",
  },
  {
    name: "no test is retried, asserts a duration or is put aside",
    pattern: /\bretry: [1-9]|toBeLessThan\([^)]*[mM]s\)|\b(?:test|it|describe)\.(?:skip|todo|fails|fixme)\(/,
    files: /\.(?:test|spec)\.tsx?$|^vitest\.config\.ts$/,
    except: /^tests\/laws\/words\.test\.ts$/,
    breaks: "retry: 2",
    keeps: "retries: 3 } of a durable function under test",
  },
  {
    name: "no browser test is retried",
    pattern: /\bretries: [1-9]|mode: "retry/,
    files: /^tests\/e2e\//,
    breaks: "retries: 2",
    keeps: "retries: 0",
  },
  {
    name: "no time is measured against a wall in a test",
    pattern: /waitForTimeout\(/,
    files: /\.(?:test|spec)\.tsx?$/,
    except: /^tests\/laws\/words\.test\.ts$/,
    breaks: "page.waitForTimeout(100)",
    keeps: "page.waitForURL(url)",
  },
];

/** Tracked files and new ones that git would take; planted violations are there to break laws. */
const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: projectRoot,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && !file.startsWith("tests/laws/planted/"));

describe("words", () => {
  test("there are files to read", () => {
    expect(tracked.filter((file) => CODE.test(file)).length).toBeGreaterThan(25);
  });

  test.each(LAWS)("$name", ({ pattern, files, except, breaks, keeps }) => {
    expect([pattern.test(breaks), pattern.test(keeps)]).toEqual([true, false]);
    const found = tracked
      .filter((file) => files.test(file) && !except?.test(file))
      .flatMap((file) => {
        const lines = readFileSync(path.join(projectRoot, file), "utf8").split("\n");
        return lines.flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : []));
      });
    expect(found).toEqual([]);
  });
});

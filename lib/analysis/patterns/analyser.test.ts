import { expect, test } from "vitest";
import type { FileRole, SourceFile } from "../source";
import { createParser } from "../syntax/parser";
import { createPatternsAnalyser } from "./analyser";
import { summarise } from "./rules";
import { FOUND_LIMITS, patternsFoundSchema, type PatternsFound } from "./schemas";

const parser = await createParser();

function languagesOf(...names: string[]) {
  const languages = names.map((name) => ({
    name,
    kind: name === "Markdown" ? ("prose" as const) : ("programming" as const),
    color: null,
    files: 1,
    lines: 1,
    bytes: 1,
    share: null,
  }));
  return { languages: { files: 1, lines: 1, bytes: 1, languages, skipped: [], limits: [], measuredMs: 0 } };
}

const fileOf = (path: string, language: string | null, text: string, role: FileRole = "source"): SourceFile => ({
  path,
  language,
  text,
  bytes: Buffer.byteLength(text),
  role,
});

async function analyse(files: readonly SourceFile[]): Promise<PatternsFound> {
  const analyser = createPatternsAnalyser(
    languagesOf("TypeScript", "JavaScript", "Python", "Go", "Java", "Rust", "Ruby", "COBOL", "Markdown") as never,
  );
  for (const file of files) await analyser.add(file, file.role === "generated" ? null : parser.parse(file));
  const found = await analyser.finish();
  expect(patternsFoundSchema.parse(found)).toEqual(found);
  return found;
}

const exampleOf = (found: PatternsFound, id: string) => found.patterns.find((pattern) => pattern.id === id);

test("counts, places and snippets", async () => {
  const found = await analyse([
    fileOf("src/a.ts", "TypeScript", "export async function load() {\n  try {\n    await get();\n  } catch {}\n}\n"),
    fileOf("src/b.ts", "TypeScript", "try { x(); } catch (e) {}\ntry { y(); } catch {}\n"),
    fileOf("src/b.test.ts", "TypeScript", 'test("b", () => {\n  try { x(); } catch {}\n});\n', "test"),
  ]);
  expect(exampleOf(found, "empty-catch")).toMatchObject({
    kind: "risk",
    concept: "error-handling",
    count: 4,
    inTests: 1,
    files: 3,
    shapes: 2,
    byLanguage: { TypeScript: 4 },
  });
  const examples = exampleOf(found, "empty-catch")?.examples ?? [];
  expect(examples.map(({ path, line }) => `${path}:${line}`).sort()).toEqual([
    "src/a.ts:4",
    "src/b.test.ts:2",
    "src/b.ts:1",
    "src/b.ts:2",
  ]);
  expect(examples.at(-1)?.inTest).toBe(true);
  expect(examples.find(({ path }) => path === "src/a.ts")?.snippet).toBe("} catch {}");
  expect(found.tests).toEqual({ files: 1, cases: 1, sourceFiles: 2, linesRatio: 0.444 });
  expect([found.files, found.languages]).toEqual([3, [{ name: "TypeScript", files: 3, lines: 13 }]]);
});

test("functions: distributions, hotspots outside of tests, documentation", async () => {
  const busy =
    "/** Says. */\nexport function busy(a, b) {\n  for (const x of a) if (x) for (const y of b) if (y) go();\n}\n";
  const found = await analyse([
    fileOf("a.js", "JavaScript", `${busy}export const bare = () => 1;\nclass A { #x() {} }\n`),
    fileOf("a.test.js", "JavaScript", busy.replace("busy", "tested"), "test"),
    fileOf("b.py", "Python", 'def said():\n    """Says."""\n\ndef silent():\n    pass\n\ndef _own():\n    pass\n'),
    fileOf("README.md", "Markdown", "# A\n", "documentation"),
    fileOf("docs/readme.md", "Markdown", "# B\n", "documentation"),
  ]);
  expect(found.functions.count).toBe(7);
  expect(found.functions.hotspots).toEqual([
    {
      path: "a.js",
      line: 2,
      endLine: 4,
      name: "busy",
      language: "JavaScript",
      lines: 3,
      parameters: 2,
      cyclomatic: 5,
      cognitive: 10,
    },
  ]);
  expect(found.functions.cyclomatic).toMatchObject({ p50: 1, max: 5, mean: 2.14 });
  expect(found.functions.cyclomatic.buckets.reduce((sum, bucket) => sum + bucket.functions, 0)).toBe(7);
  expect(found.documentation).toEqual({
    readme: "README.md",
    readmeBytes: 4,
    files: 2,
    publicFunctions: 4,
    documentedFunctions: 2,
    missing: [
      { path: "b.py", line: 4, name: "silent" },
      { path: "a.js", line: 5, name: "bare" },
    ],
  });
});

test("a function is as long as its code: a docstring is none of it", async () => {
  const docstring = `    """Loads.\n${"    More.\n".repeat(80)}    """\n`;
  const text = `def load(a):\n${docstring}    if a:\n        return 1\n    return 2\n\ndef f(): "Nothing."\n`;
  const { functions } = await analyse([fileOf("src/a.py", "Python", text)]);
  expect(functions.hotspots).toMatchObject([{ name: "load", line: 1, lines: 4 }]);
  expect(functions.lines).toMatchObject({ max: 4, p50: 1 });
});

test("what is not looked at is said, by reason", async () => {
  const found = await analyse([
    fileOf("vendor/a.js", "JavaScript", "f();", "vendored"),
    fileOf("dist/a.js", "JavaScript", "f();", "generated"),
    fileOf("a.cob", "COBOL", "A."),
    fileOf("a.rb", "Ruby", "puts 1"),
    fileOf("big.py", "Python", `x = ${"1".repeat(600_000)}`),
    fileOf("letter.go", "Go", "Dear reader, this is a letter; it has (no code at all!\n".repeat(20)),
    fileOf("README.md", "Markdown", "# A", "documentation"),
    fileOf("blob", null, "?"),
  ]);
  expect(found.files).toBe(0);
  expect(found.skipped.map(({ reason, files, examples }) => [reason, files, examples])).toEqual([
    ["vendored", 1, ["vendor/a.js"]],
    ["generated", 1, ["dist/a.js"]],
    ["no_rules", 2, ["a.cob", "a.rb"]],
    ["too_large", 1, ["big.py"]],
    ["syntax_errors", 1, ["letter.go"]],
  ]);
});

test("snippets are dedented, bounded, without hidden marks and without what looks like a key", async () => {
  const key = ["sk", "live", "4f9aB2c7D1e8F3a6B5"].join("_");
  const found = await analyse([
    fileOf("a.js", "JavaScript", `    console.log("${key}", "\u202e\u0007a");\n`),
    fileOf("b.js", "JavaScript", `console.log(${"1,".repeat(5_000)}1);`),
    fileOf("c.js", "JavaScript", `console.log(\n${"  1,\n".repeat(50)});`),
  ]);
  const snippets = (exampleOf(found, "print-debugging")?.examples ?? []).map(({ snippet }) => snippet).sort();
  expect(snippets.find((snippet) => snippet.includes("••••"))).toBe('console.log("••••", "a");');
  expect(snippets.join("\n")).not.toContain(key);
  for (const snippet of snippets) expect(snippet.length).toBeLessThanOrEqual(FOUND_LIMITS.snippetCharacters + 1);
  expect(snippets.some((snippet) => snippet.split("\n").length === FOUND_LIMITS.snippetLines)).toBe(true);
});

test("a repository full of long examples stays within its bound, with its counts", async () => {
  const { CATALOGUE } = await import("./catalogue");
  const { exampleLanguage } = await import("./pattern");
  const wide = `// ${"é".repeat(150)}\n`;
  const files = CATALOGUE.flatMap(({ rules }) =>
    Object.entries(rules).flatMap(([family, rule]) =>
      Array.from({ length: 6 }, (_, n) => {
        const text = `${rule.good}\n${rule.bad}\n`.replaceAll("package a\n", "");
        const go = family === "go" ? `package a\n${text}` : text;
        return fileOf(
          `${"folder/".repeat(60)}${n}`,
          exampleLanguage(family as never, rule),
          family === "python" ? go : go + wide,
        );
      }),
    ),
  );
  const found = await analyse(files);
  expect(Buffer.byteLength(JSON.stringify(found))).toBeLessThan(300_000);
  expect(found.patterns.length).toBeGreaterThanOrEqual(CATALOGUE.length - 3);
});

test("the same files in the same order give the same result", async () => {
  const files = Array.from({ length: 40 }, (_, n) =>
    fileOf(`src/${n}.py`, "Python", `def f${n}(a=[]):\n    print(a)\n`.repeat(3)),
  );
  const [one, other] = [await analyse(files), await analyse(files)];
  expect({ ...other, measuredMs: 0 }).toEqual({ ...one, measuredMs: 0 });
  // Examples come from all over the tree, not from its first files.
  expect(exampleOf(one, "mutable-default")?.examples.map(({ path }) => path)).not.toEqual(
    [0, 1, 2, 3, 4].map((n) => `src/${n}.py`),
  );
  expect(exampleOf(one, "mutable-default")?.count).toBe(120);
});

test("a few words for the live page", async () => {
  const found = await analyse([
    fileOf("a.py", "Python", "def f(a=[]):\n    return [x for x in a]\n"),
    fileOf("test_a.py", "Python", "def test_f(a=[]):\n    assert f()\n", "test"),
    fileOf("a.rb", "Ruby", "puts 1"),
  ]);
  const { counts, highlights } = summarise(found);
  expect(counts).toEqual([
    { label: "Patterns", value: 5 },
    { label: "Functions", value: 2 },
    { label: "Places worth a look", value: 1 },
    { label: "Test cases", value: 1 },
    { label: "Files not looked at", value: 1 },
  ]);
  expect(highlights).toContain("mutable default, in 2 files");
});

import { describe, expect, test } from "vitest";
import type { RepositoryFacts } from "../engine";
import type { SourceFile } from "../source";
import { createSecurityAnalyser } from "./analyser";
import { securityFoundSchema, type SecurityFound } from "./schemas";
import { drawing, randomFrom } from "./secrets/testing/labelled-set";

const draw = drawing(randomFrom(3));
const ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const githubToken = () => `gh${"p_"}${draw.text(ALNUM, 36)}`;

function fileOf(path: string, text: string, role: SourceFile["role"] = "source"): SourceFile {
  return { path, text, role, language: null, bytes: Buffer.byteLength(text) };
}

const ABOUT: RepositoryFacts = {
  commit: "0".repeat(40),
  paths: [],
  languages: { files: 0, lines: 0, bytes: 0, languages: [], skipped: [], limits: [], measuredMs: 0 },
};

async function analyse(...files: SourceFile[]): Promise<SecurityFound> {
  const analyser = createSecurityAnalyser(ABOUT);
  for (const file of files) await analyser.add(file, null);
  return securityFoundSchema.parse(await analyser.finish());
}

describe("secrets as findings", () => {
  test("a finding says where, how bad and how sure, and shows no secret", async () => {
    const token = githubToken();
    const found = await analyse(fileOf("src/a.ts", `// one\nconst t = "${token}";\n`));
    expect(found.findings).toMatchObject([
      {
        rule: "secret/github-token",
        path: "src/a.ts",
        line: 2,
        endLine: 2,
        severity: "critical",
        confidence: "high",
        cwe: "CWE-798",
        places: 1,
      },
    ]);
    expect(found.findings[0]?.snippet).toBe('const t = "ghp_••••••••";');
    expect(JSON.stringify(found)).not.toContain(token.slice(4));
    expect(found.counts).toMatchObject({ total: 1, bySeverity: { critical: 1 }, byCategory: { secret: 1 } });
  });

  test("one secret in three places is one finding, told from the place that weighs most", async () => {
    const token = githubToken();
    const text = `const t = "${token}";\n`;
    const found = await analyse(fileOf("a.test.ts", text, "test"), fileOf("b.ts", text), fileOf("c.ts", `\n${text}`));
    expect(found.findings).toMatchObject([
      {
        path: "b.ts",
        line: 1,
        places: 3,
        severity: "critical",
        alsoAt: [
          { path: "a.test.ts", line: 1 },
          { path: "c.ts", line: 2 },
        ],
      },
    ]);
    expect(found.counts).toMatchObject({ total: 1, bySeverity: { critical: 1, low: 0 } });
  });

  test("tests, examples and documentation weigh little", async () => {
    for (const role of ["test", "example", "documentation"] as const) {
      const found = await analyse(fileOf("x.ts", `const t = "${githubToken()}";\n`, role));
      expect(found.findings).toMatchObject([{ severity: "low", confidence: "low", role }]);
    }
  });

  test("vendored files are not read, and what tools wrote only for marks of issuers", async () => {
    const text = `const t = "${githubToken()}"; const password = "Xy7!${draw.text(ALNUM, 12)}";\n`;
    expect((await analyse(fileOf("x.ts", text, "vendored"))).findings).toEqual([]);
    expect((await analyse(fileOf("x.ts", text, "generated"))).findings.map(({ rule }) => rule)).toEqual([
      "secret/github-token",
    ]);
    expect((await analyse(fileOf("x.ts", text))).findings).toHaveLength(2);
  });

  test("an identity stays when lines above it move, and differs for the second of two equal ones", async () => {
    const line = `const t = "${githubToken()}";`;
    const other = `const t = "${githubToken()}";`;
    const [first] = (await analyse(fileOf("a.ts", line))).findings;
    const [moved] = (await analyse(fileOf("a.ts", `\n\n   ${line}\n`))).findings;
    expect(moved?.id).toBe(first?.id);
    const two = (await analyse(fileOf("a.ts", `${line}\n${other}\n`))).findings;
    expect(new Set(two.map(({ id }) => id)).size).toBe(2);
  });

  test("what was not looked at is said, and vulnerabilities are not counted as none", async () => {
    const found = await analyse();
    expect(found.notChecked.map(({ what }) => what)).toEqual(["history", "vulnerabilities", "secrets_live"]);
    expect(found.vulnerabilities.status).toBe("not_checked");
  });
});

describe("suppressions", () => {
  const mark = "devmentor-ignore";

  test.each([
    [
      "beside the code",
      (code: string) => `${code} // ${mark} secret/github-token: revoked in May, kept for the parser's test`,
    ],
    ["on the line above", (code: string) => `# ${mark} secret: revoked in May, kept for the parser's test\n\n${code}`],
    ["in a block comment", (code: string) => `/* ${mark} secret/github-token: revoked in May, kept here */ ${code}`],
  ])("%s", async (_where, write) => {
    const found = await analyse(fileOf("a.ts", write(`const t = "${githubToken()}";`)));
    expect(found.findings).toMatchObject([
      { suppressed: { by: "comment", reason: expect.stringMatching(/^revoked in May, kept/) } },
    ]);
    expect(found.counts).toMatchObject({ total: 0, suppressed: 1, bySeverity: { critical: 0 } });
  });

  test.each([
    ["no reason", `${mark} secret/github-token`],
    ["an empty reason", `${mark} secret/github-token:   `],
    ["no rule", `${mark}: because I say so`],
    ["a reason of one word", `${mark} secret: ok`],
  ])("with %s it suppresses nothing and is reported", async (_what, comment) => {
    const found = await analyse(fileOf("a.ts", `const t = "${githubToken()}"; // ${comment}\n`));
    expect(found.findings.map(({ rule }) => rule)).toEqual(["secret/github-token", "code/suppression-without-reason"]);
    expect(found.counts.suppressed).toBe(0);
  });

  test("another rule's comment, and one in a string, suppress nothing", async () => {
    const token = githubToken();
    const found = await analyse(
      fileOf("a.ts", `const t = "${token}"; // ${mark} code/sql-injection: it is a constant here\n`),
      fileOf("b.ts", `const u = "${githubToken()} ${mark} secret: this is not a comment";\n`),
    );
    expect(found.counts).toMatchObject({ total: 2, suppressed: 0 });
  });

  test("a reason that quotes a secret is not shown", async () => {
    const token = githubToken();
    const found = await analyse(
      fileOf("a.ts", `const t = f(); // ${mark} secret: the old one was ${token} in May\nconst x = "${token}";\n`),
    );
    expect(JSON.stringify(found)).not.toContain(token.slice(4));
  });
});

describe("bounds", () => {
  test("a file full of secrets adds fifty findings, and the result says so", async () => {
    const text = Array.from({ length: 400 }, () => `t("${githubToken()}");`).join("\n");
    const found = await analyse(fileOf("dump.ts", text));
    expect(found.findings).toHaveLength(50);
    expect(found.limits).toContainEqual({ limit: "findings_in_file", value: 50, files: 1, examples: ["dump.ts"] });
  });

  test("thousands of findings: the list is cut, the counts are not, the worst stay", async () => {
    const analyser = createSecurityAnalyser(ABOUT);
    for (let file = 0; file < 150; file += 1) {
      const text = Array.from({ length: 40 }, () => `sk("wh${"sec_"}${draw.text(ALNUM, 30)}A1");`).join("\n");
      await analyser.add(fileOf(`src/${String(file).padStart(3, "0")}.ts`, text), null);
    }
    await analyser.add(fileOf("zz/last.ts", `t("${githubToken()}")`), null);
    const found = securityFoundSchema.parse(await analyser.finish());
    expect(found.counts.total).toBe(6001);
    expect(found.findings[0]).toMatchObject({ path: "zz/last.ts", severity: "critical" });
    expect(found.findings).toHaveLength(500);
    expect(found.limits).toContainEqual({ limit: "findings", value: 500, files: 0, examples: [] });
    expect(JSON.stringify(found).length).toBeLessThan(2_000_000);
  });

  test("strange texts end no analysis", async () => {
    const found = await analyse(
      fileOf("empty.ts", ""),
      fileOf("nul.ts", `\0\ud800 password = "\0\ud800\udfff${draw.text(ALNUM, 20)}"`),
      fileOf("long.ts", `${"a".repeat(1_000_000)} const t = "${githubToken()}"; ${"b".repeat(500_000)}`),
      fileOf("-rf \n.ts", `t("${githubToken()}")`),
    );
    expect(found.findings.filter(({ rule }) => rule === "secret/github-token")).toHaveLength(2);
    for (const { snippet } of found.findings) expect(snippet.length).toBeLessThanOrEqual(400);
  });
});

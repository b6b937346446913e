import { beforeAll, expect, it } from "vitest";
import { createParser, type SyntaxParser } from "../../syntax/parser";
import { findSecrets } from "./detect";
import { doubtDocumented } from "./documented";
import { drawing, randomFrom } from "./testing/labelled-set";

let parser: SyntaxParser;
beforeAll(async () => {
  parser = await createParser();
});

const drawn = drawing(randomFrom(11));
const ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const key = drawn.text(ALNUM, 32);
const marked = `gh${"p_"}${drawn.text(ALNUM, 36)}`;

function weighed(language: string, text: string) {
  const parsed = parser.parse({ language, text, bytes: Buffer.byteLength(text) });
  if (!parsed.ok) throw new Error(`${language} not parsed (${parsed.why})`);
  return doubtDocumented(parsed.tree, findSecrets(text, "src/app")).map(({ severity, confidence }) => [
    severity,
    confidence,
  ]);
}

const DOUBTED = [["low", "low"]];
const LIKELY = [["high", "medium"]];

it.each([
  ["Python", `def ask(token):\n    """Asks.\n\n    access_token="${key}"\n    """\n    return token\n`],
  ["Python", `"""The module.\n\naccess_token = "${key}"\n"""\n`],
  ["TypeScript", `/**\n * accessToken = "${key}"\n */\nexport const ask = 1;\n`],
  ["Java", `/**\n * accessToken = "${key}"\n */\nclass A {}\n`],
  ["Rust", `/// access_token = "${key}"\nfn ask() {}\n`],
])("doubts what the documentation of %s shows: %j", (language, text) => {
  expect(weighed(language, text)).toEqual(DOUBTED);
});

it.each([
  ["Python", `access_token = "${key}"\n`],
  ["Python", `# access_token = "${key}"\nuse()\n`],
  ["Python", `"""The module."""\naccess_token = "${key}"\n`],
  ["TypeScript", `/** Asks. */\nconst accessToken = "${key}";\n`],
  ["TypeScript", `// const accessToken = "${key}";\nuse();\n`],
])("leaves a value in the code of %s, commented out or not: %j", (language, text) => {
  expect(weighed(language, text)).toEqual(LIKELY);
});

it("does not doubt a key that bears its issuer's mark, wherever it stands", () => {
  expect(weighed("Python", `def ask():\n    """Uses ${marked} to ask."""\n`)).toEqual([["critical", "high"]]);
});

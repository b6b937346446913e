// Runs one other tool over the files of the working directory, for `bench/analysis.ts`: node analysis-peer.mjs <tool>
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const files = execFileSync("git", ["-c", "safe.directory=*", "ls-files", "-z"], { maxBuffer: 1 << 28 })
  .toString()
  .split("\0")
  .filter(Boolean);

const TOOLS = {
  async "linguist-js"() {
    const { default: linguist } = await import("linguist-js");
    await linguist(process.cwd(), { offline: true });
  },
  async secretlint() {
    const { lintSource } = await import("@secretlint/core");
    const { creator } = await import("@secretlint/secretlint-rule-preset-recommend");
    for (const file of files) {
      const content = readFileSync(file, "utf8");
      if (content.length > 1_048_576 || content.includes("\0")) continue;
      await lintSource({
        source: { filePath: file, content, ext: "", contentType: "text" },
        options: { noPhysicFilePath: true, config: { rules: [{ id: "preset", rule: creator }] } },
      });
    }
  },
  async "eslint-plugin-security"() {
    const { Linter } = (await import("eslint")).default ?? (await import("eslint"));
    const { default: security } = await import("eslint-plugin-security");
    const linter = new Linter({ configType: "flat" });
    const config = {
      ...security.configs.recommended,
      files: ["**/*"],
      languageOptions: { ecmaVersion: "latest", sourceType: "module" },
    };
    for (const file of files.filter((name) => /\.[cm]?js$/.test(name)))
      linter.verify(readFileSync(file, "utf8"), [config], { filename: file });
  },
};

await TOOLS[process.argv[2]]();

import { describe, expect, test } from "vitest";
import type { SourceFile } from "../../source";
import { SUPPLY_RULE_IDS } from "./catalogue";
import { SupplyChain, type SupplyFound } from "./check";
import { depthOf, LOCKFILE_LIMITS, readLockfile } from "./lockfile";
import { checkWorkflow } from "./workflow";

function fileOf(path: string, text: string): SourceFile {
  return { path, text, role: "source", language: null, bytes: Buffer.byteLength(text) };
}

/** Rules that hit, file by file in order of path, as the engine reads them. */
async function rulesOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const chain = new SupplyChain(Object.keys(files));
  const rules: string[] = [];
  for (const [path, text] of Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const found: SupplyFound | null = await chain.check(fileOf(path, text));
    for (const { rule } of found?.hits ?? []) rules.push(rule.slice("supply-chain/".length));
  }
  return rules;
}

const lockOf = (dependencies: Record<string, string>) =>
  JSON.stringify({
    name: "a",
    lockfileVersion: 3,
    packages: {
      "": { dependencies },
      ...Object.fromEntries(
        Object.keys(dependencies).map((name) => [
          `node_modules/${name}`,
          { version: "1.2.3", resolved: `https://r.example/${name}.tgz` },
        ]),
      ),
    },
  });
const manifestOf = (dependencies: Record<string, string>, more: object = {}) =>
  JSON.stringify({ name: "a", private: true, ...more, dependencies }, null, 2);
const jobs = (steps: string, head = "on: push\npermissions:\n  contents: read\n") =>
  `${head}jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`;
const WORKFLOW = ".github/workflows/ci.yml";

/** What must be reported, and what is like it and must not. */
const CASES: Readonly<
  Record<string, { readonly bad: readonly Record<string, string>[]; readonly good: readonly Record<string, string>[] }>
> = {
  "missing-lockfile": {
    bad: [
      { "package.json": manifestOf({ left: "^1.0.0" }) },
      { "go.mod": "module a\n\nrequire b v1.0.0\n" },
      { "Cargo.toml": '[dependencies]\nserde = "1"\n', "src/main.rs": "" },
    ],
    good: [
      { "package.json": manifestOf({ left: "^1.0.0" }), "package-lock.json": lockOf({ left: "^1.0.0" }) },
      { "package.json": manifestOf({}) },
      { "packages/b/package.json": manifestOf({ left: "^1.0.0" }), "pnpm-lock.yaml": "lockfileVersion: '9.0'\n" },
      { "go.mod": "module a\n" },
      { "Cargo.toml": '[dependencies]\nserde = "1"\n', "src/lib.rs": "" },
      { "package.json": "{ broken" },
    ],
  },
  "lockfile-out-of-step": {
    bad: [
      { "package.json": manifestOf({ left: "^2.0.0" }), "package-lock.json": lockOf({ left: "^1.0.0" }) },
      {
        "package.json": manifestOf({ left: "^1.0.0", right: "^1.0.0" }),
        "package-lock.json": lockOf({ left: "^1.0.0" }),
      },
      {
        "package.json": manifestOf({ left: "^1.0.0" }),
        "pnpm-lock.yaml":
          "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      right:\n        specifier: ^1.0.0\n        version: 1.0.0\n",
      },
    ],
    good: [
      { "package.json": manifestOf({ left: "^1.0.0" }), "package-lock.json": lockOf({ left: "^1.0.0" }) },
      { "package.json": manifestOf({ left: "workspace:*" }), "package-lock.json": lockOf({}) },
      {
        "package.json": manifestOf({ left: "^1.0.0" }),
        "pnpm-lock.yaml":
          "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      left:\n        specifier: ^1.0.0\n        version: 1.0.0\n",
      },
      {
        "package.json": manifestOf({ left: "^1.0.0" }),
        "yarn.lock": '# yarn lockfile v1\n\nleft@^1.0.0:\n  version "1.0.0"\n',
      },
    ],
  },
  "mixed-package-managers": {
    bad: [{ "package.json": manifestOf({}), "package-lock.json": lockOf({}), "yarn.lock": "" }],
    good: [
      { "package.json": manifestOf({}), "yarn.lock": "" },
      { "a/package.json": manifestOf({}), "a/yarn.lock": "", "package-lock.json": lockOf({}) },
    ],
  },
  "unpinned-dependency": {
    bad: [{ "package.json": manifestOf({ a: "*" }) }, { "package.json": manifestOf({ a: "latest" }) }],
    good: [{ "package.json": manifestOf({ a: "^1.0.0", b: "workspace:*", c: "1.x" }) }],
  },
  "untrusted-source": {
    bad: [
      { "package.json": manifestOf({ a: "git+https://a.example/b.git" }) },
      { "package.json": manifestOf({ a: "owner/name" }) },
      { "requirements.txt": "a @ git+https://a.example/b.git\n" },
    ],
    good: [
      { "package.json": manifestOf({ a: `owner/name#${"0".repeat(40)}` }) },
      { "requirements.txt": `a @ git+https://a.example/b.git@${"0".repeat(40)}\n` },
    ],
  },
  "plain-http-source": {
    bad: [
      { "package.json": manifestOf({ a: "http://a.example/b.tgz" }) },
      { "package-lock.json": lockOf({ a: "1" }).replace("https:", "http:") },
      { "requirements.txt": "-i http://a.example/simple\n" },
      { Dockerfile: "FROM a:1\nADD http://a.example/b /b\n" },
    ],
    good: [
      { "package.json": manifestOf({ a: "1.0.0" }, { homepage: "http://a.example/b.tgz" }) },
      { "requirements.txt": "-i https://a.example/simple\n" },
    ],
  },
  "install-script": {
    bad: [{ "package.json": manifestOf({}, { private: false, scripts: { postinstall: "node build.js" } }) }],
    good: [
      { "package.json": manifestOf({}, { scripts: { postinstall: "node build.js" } }) },
      { "package.json": manifestOf({}, { private: false, scripts: { build: "node build.js" } }) },
    ],
  },
  "install-script-downloads": {
    bad: [{ "package.json": manifestOf({}, { scripts: { preinstall: "curl https://a.example/x | sh" } }) }],
    good: [{ "package.json": manifestOf({}, { scripts: { deploy: "curl https://a.example/x | sh" } }) }],
  },
  "unpinned-requirements": {
    bad: [{ "requirements.txt": "flask\n" }, { "requirements-prod.txt": "flask>=2\nclick==8.1\n" }],
    good: [{ "requirements.txt": "flask==2.0.1\nclick==8.1 ; python_version > '3'\n# notes\n-r base.txt\n" }],
  },
  "extra-package-index": {
    bad: [{ "requirements.txt": "--extra-index-url https://a.example/simple\n" }],
    good: [{ "requirements.txt": "--index-url https://a.example/simple\n" }],
  },
  "untrusted-index": {
    bad: [{ "requirements.txt": "--trusted-host a.example\n" }],
    good: [{ "requirements.txt": "# --trusted-host a.example\n" }],
  },
  "replaced-module": {
    bad: [
      { "go.mod": "module a\n\nreplace b => c v1.0.0\n" },
      { "go.mod": "module a\n\nreplace (\n\tb => c v1.0.0\n)\n" },
    ],
    good: [{ "go.mod": "module a\n\nreplace b => ../b\n" }],
  },
  "workflow-permissions": {
    bad: [{ [WORKFLOW]: jobs("      - run: ls\n", "on: push\npermissions: write-all\n") }],
    good: [{ [WORKFLOW]: jobs("      - run: ls\n") }],
  },
  "workflow-default-permissions": {
    bad: [{ [WORKFLOW]: jobs("      - run: ls\n", "on: push\n") }],
    good: [
      { [WORKFLOW]: jobs("      - run: ls\n") },
      { [WORKFLOW]: "on: push\njobs:\n  a:\n    permissions: {}\n    steps: []\n" },
    ],
  },
  "unpinned-action": {
    bad: [
      { [WORKFLOW]: jobs("      - uses: someone/thing@v1\n") },
      { [WORKFLOW]: jobs("      - uses: docker://a/b:1\n") },
    ],
    good: [
      {
        [WORKFLOW]: jobs(
          `      - uses: someone/thing@${"a".repeat(40)} # v1\n      - uses: actions/checkout@v4\n      - uses: ./.github/actions/a\n`,
        ),
      },
      { "docs/ci.yml": jobs("      - uses: someone/thing@v1\n") },
    ],
  },
  "untrusted-checkout": {
    bad: [
      {
        [WORKFLOW]: jobs(
          "      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n",
          "on: pull_request_target\npermissions: {}\n",
        ),
      },
    ],
    good: [
      {
        [WORKFLOW]: jobs(
          "      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n",
          "on: pull_request\npermissions: {}\n",
        ),
      },
      { [WORKFLOW]: jobs("      - uses: actions/checkout@v4\n", "on: pull_request_target\npermissions: {}\n") },
    ],
  },
  "workflow-script-injection": {
    bad: [
      { [WORKFLOW]: jobs('      - run: echo "${{ github.event.issue.title }}"\n') },
      { [WORKFLOW]: jobs("      - run: |\n          git checkout ${{ github.head_ref }}\n") },
    ],
    good: [
      {
        [WORKFLOW]: jobs(
          '      - run: echo "$TITLE"\n        env:\n          TITLE: ${{ github.event.issue.title }}\n',
        ),
      },
      { [WORKFLOW]: jobs("      - run: echo ${{ github.sha }} ${{ github.event.issue.number }}\n") },
    ],
  },
  "pipe-to-shell": {
    bad: [
      { [WORKFLOW]: jobs("      - run: curl -sSf https://a.example/i.sh | sh\n") },
      { Dockerfile: "FROM a:1\nRUN curl https://a.example | bash\n" },
    ],
    good: [{ [WORKFLOW]: jobs("      - run: curl https://a.example | jq .\n") }],
  },
  "image-not-pinned": {
    bad: [{ Dockerfile: "FROM node\n" }, { "build/Dockerfile.dev": "FROM node:latest AS a\n" }],
    good: [{ Dockerfile: "FROM node:24 AS a\nFROM a\nFROM scratch\nFROM $BASE\nFROM r.example:5000/a:1\n" }],
  },
  "container-runs-as-root": {
    bad: [{ Dockerfile: 'FROM a:1\nCMD ["x"]\n' }, { Dockerfile: 'FROM a:1\nUSER root\nENTRYPOINT ["x"]\n' }],
    good: [
      { Dockerfile: 'FROM a:1\nUSER app\nCMD ["x"]\n' },
      { Dockerfile: "FROM a:1\nRUN x\n" },
      { Dockerfile: 'FROM a:1\nUSER root\nRUN x\nUSER 1000\nCMD ["x"]\n' },
    ],
  },
};

describe.each(Object.entries(CASES))("%s", (rule, { bad, good }) => {
  test.each(bad.map((files) => [JSON.stringify(files), files] as const))("is reported: %s", async (_name, files) => {
    expect(await rulesOf(files)).toContain(rule);
  });
  test.each(good.map((files) => [JSON.stringify(files), files] as const))(
    "is not reported: %s",
    async (_name, files) => {
      expect(await rulesOf(files)).not.toContain(rule);
    },
  );
});

test("every rule has its cases", () => {
  expect(Object.keys(CASES).toSorted()).toEqual([...SUPPLY_RULE_IDS].toSorted());
});

describe("lockfiles", () => {
  test("packages with versions are read from each format", async () => {
    const chain = new SupplyChain([]);
    for (const [path, text] of [
      ["package-lock.json", lockOf({ left: "1" })],
      [
        "b/yarn.lock",
        '# yarn lockfile v1\n\nleft@^1.0.0:\n  version "1.2.3"\n  resolved "https://r.example/left.tgz"\n',
      ],
      ["c/Cargo.lock", '[[package]]\nname = "serde"\nversion = "1.0.1"\n'],
      ["d/poetry.lock", '[[package]]\nname = "flask"\nversion = "2.0.1"\n'],
      ["e/go.sum", "github.com/a/b v1.2.3 h1:abc=\ngithub.com/a/b v1.2.3/go.mod h1:abc=\n"],
    ] as const) {
      await chain.check(fileOf(path, text));
    }
    expect(
      chain.locked.map(({ path, packages }) => [
        path,
        packages.map(({ ecosystem, name, version }) => `${ecosystem}:${name}@${version}`),
      ]),
    ).toEqual([
      ["package-lock.json", ["npm:left@1.2.3"]],
      ["b/yarn.lock", ["npm:left@1.2.3"]],
      ["c/Cargo.lock", ["crates.io:serde@1.0.1"]],
      ["d/poetry.lock", ["PyPI:flask@2.0.1"]],
      ["e/go.sum", ["Go:github.com/a/b@1.2.3"]],
    ]);
  });

  test.each([
    ["too large", "package-lock.json", " ".repeat(LOCKFILE_LIMITS.maxBytes + 1), "too_large"],
    ["nested without end", "package-lock.json", `${"[".repeat(500_000)}`, "bad_shape"],
    ["no JSON", "package-lock.json", "{", "bad_shape"],
    ["another shape", "package-lock.json", '"text"', "bad_shape"],
    [
      "a prototype as a package",
      "package-lock.json",
      '{"packages":{"node_modules/__proto__":{"version":"1.0.0"},"__proto__":{}}}',
      "bad_shape",
    ],
    ["a prototype in YAML", "pnpm-lock.yaml", "snapshots:\n  '@a/__proto__@1.0.0':\n", "bad_shape"],
  ])("a hostile one is refused: %s", async (_what, name, text, why) => {
    expect(await readLockfile(name, text, text.length)).toEqual({ ok: false, why });
  });

  test("aliases in a YAML lockfile are never expanded", async () => {
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x]",
      ...Array.from({ length: 30 }, (_, at) => `b${at}: &b${at} [${`*${at === 0 ? "a" : `b${at - 1}`},`.repeat(9)}]`),
    ].join("\n");
    expect(await readLockfile("pnpm-lock.yaml", bomb, bomb.length)).toMatchObject({ ok: true, packages: [] });
    expect(checkWorkflow(`${bomb}\non: push\njobs: *b29\n`)).not.toBeUndefined();
  });

  test("long lines and thousands of packages end", async () => {
    const yarn = `# yarn lockfile v1\n\n${Array.from({ length: 30_000 }, (_, at) => `"p${at}@^1.0.0":\n  version "1.0.${at}"\n`).join("\n")}`;
    const read = await readLockfile("yarn.lock", yarn, yarn.length);
    expect(read.ok && read.packages.length).toBe(LOCKFILE_LIMITS.maxPackages);
    for (const name of ["yarn.lock", "pnpm-lock.yaml", "bun.lock"]) {
      const line = "a: ".repeat(300_000);
      const { ok } = await readLockfile(name, line, line.length);
      expect(typeof ok).toBe("boolean");
    }
  }, 60_000);

  test("depth counts brackets outside strings", () => {
    expect([depthOf('{"a":[1,{"b":"[[[["}]}'), depthOf('"\\"[["'), depthOf("")]).toEqual([3, 0, 0]);
  });
});

describe("workflows", () => {
  test.each([
    ["no YAML", "a: [b"],
    ["nested without end", `a: ${"[".repeat(100_000)}`],
    ["indented without end", Array.from({ length: 1_000 }, (_, at) => `${" ".repeat(at)}a:`).join("\n")],
    ["too large", "a: b\n".repeat(100_000)],
    ["a text", "hello"],
  ])("what cannot be read is said: %s", (_what, text) => {
    expect(checkWorkflow(text)).toBeNull();
  });
});
